//! The edges of the server: odd queries, other sites, forged addresses, panics.

use std::time::Duration;

use pigeon::web;

use crate::support::{FRIEND, Guest, TestApp, unmarked, words};

const START: &str = "/pigeon/actions/pigeon/guest/start";

#[tokio::test]
async fn r96_no_search_is_an_error() {
    let (app, mut ada) = TestApp::open().await;
    let fields = [
        ("email", "ann@example.com"),
        ("subject", "multi-agent a:b 100%"),
        ("body", "NEAR AND \"quoted\" (brackets)"),
    ];
    Guest::starts(&app, &fields).await;
    app.run_jobs().await;
    let long = "x".repeat(10_000);
    for q in [
        "\"",
        "'",
        "*",
        "a-b",
        "a:b",
        "AND",
        "NOT",
        "OR",
        "NEAR(",
        "NEAR(a b, 3)",
        "(",
        ")",
        "%",
        "_",
        "\\",
        "\0",
        "a\0b",
        "^a",
        "{a b}",
        "a*",
        "-a",
        "+a",
        "subject:a",
        "' OR 1=1--",
        "\u{202e}",
        "&",
        "|",
        "!",
        "<->",
        "🙂",
        " ",
        &long,
    ] {
        for source in ["all", "pending"] {
            let q = form_urlencoded::byte_serialize(q.as_bytes()).collect::<String>();
            let path = format!("/pigeon/admin/threads?source={source}&q={q}");
            let found = ada.get(&path).await;
            assert!(matches!(found.status, 200), "{q}: {found:?}");
        }
    }
    for q in [
        "multi-agent",
        "a:b",
        "100%",
        "NEAR",
        "AND",
        "\"quoted\"",
        "(brackets)",
    ] {
        let q = form_urlencoded::byte_serialize(q.as_bytes()).collect::<String>();
        let found = ada
            .get(&format!("/pigeon/admin/threads?source=all&q={q}"))
            .await;
        let page = unmarked(found.expect(200).text());
        assert!(page.contains("multi-agent a:b"), "{q}");
    }
}

#[tokio::test]
async fn r97_nothing_in_a_query_reaches_the_database_as_a_statement() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let before = app.dump().await;
    for odd in [
        "id;drop table threads",
        "(select 1)",
        "' OR 1=1--",
        "\" OR 1=1--",
        "-1",
        "1e9",
        "99999999999999999999",
        "b9223372036854775807.x",
        "a-9223372036854775808.01920000-0000-7000-8000-000000000000",
        "\0",
    ] {
        let odd = form_urlencoded::byte_serialize(odd.as_bytes()).collect::<String>();
        for name in [
            "sort", "limit", "cursor", "source", "status[]", "q", "before", "offset",
        ] {
            for page in [
                "/pigeon/admin/threads",
                &format!("/pigeon/admin/threads/{}", ann.thread),
                &ann.page,
            ] {
                let answer = ada.get(&format!("{page}?{name}={odd}")).await;
                assert!(
                    matches!(answer.status, 200 | 400 | 422),
                    "{page} {name}={odd}: {answer:?}"
                );
            }
            let page = format!("/pigeon/admin/threads?q=hm&{name}={odd}");
            let answer = ada.get(&page).await;
            assert!(
                matches!(answer.status, 200 | 400 | 422),
                "{page}: {answer:?}"
            );
        }
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r99_a_form_leads_on_to_this_site_or_a_named_one_only() {
    let (app, _) = TestApp::open().await;
    for (n, (redirect, leads)) in [
        ("//evil.test", None),
        ("/\\evil.test", None),
        ("https:evil.test", None),
        ("\t//evil.test", None),
        ("http://pigeon.test.evil.test", None),
        ("javascript:1", None),
        ("%2f%2fevil.test", None),
        ("/thanks?a=b", Some("/thanks?a=b")),
        ("http://pigeon.test/thanks", Some("/thanks")),
        (
            "https://friend.test/thanks",
            Some("https://friend.test/thanks"),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!("Number {n}.");
        let fields = [
            ("email", "ann@example.com"),
            ("body", body.as_str()),
            ("redirect", redirect),
        ];
        let answer = app
            .stranger()
            .does("guest/start", &fields)
            .await
            .expect(303);
        let led = answer.header("location").unwrap();
        match leads {
            Some(leads) => assert_eq!(led, leads),
            None => assert!(led.starts_with("/pigeon/t/"), "{redirect}: {led}"),
        }
    }
    // Signing in and asking for links lead on by the same rule.
    let fields = [("email", "ann@example.com"), ("redirect", "//evil.test")];
    let asked = app.stranger().does("guest/request-link", &fields).await;
    assert_eq!(asked.expect(200).header("location"), None);
}

#[tokio::test]
async fn r100_cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let app = TestApp::with(&[("PIGEON_SITE_URL", "https://pigeon.test")]).await;
    app.signed_in("ada", true, &[]).await;
    let host = [("host", "pigeon.test")];
    let contact = app
        .stranger()
        .get_with("/pigeon/contact", &host)
        .await
        .expect(200);
    let cookies = contact.headers_named("set-cookie");
    assert!(!cookies.is_empty());
    for cookie in cookies {
        for part in [
            "__Host-",
            "; Path=/",
            "; HttpOnly",
            "; SameSite=Lax",
            "; Secure",
        ] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test]
async fn r101_what_another_site_posts_is_a_guests_whoever_is_signed_in() {
    let (_app, mut ada) = TestApp::open().await;
    let fields = [
        ("email", "ann@example.com"),
        ("body", "From a friend's site."),
    ];
    for (from, taken) in [
        (FRIEND, true),
        ("https://evil.test", false),
        ("https://friend.test.evil.test", false),
    ] {
        let headers = [("sec-fetch-site", "cross-site"), ("origin", from)];
        let answer = ada.post_with(START, &fields, &headers).await;
        assert_eq!(
            answer.status,
            if taken { 303 } else { 403 },
            "{from}: {answer:?}"
        );
        assert!(answer.headers_named("set-cookie").is_empty(), "{answer:?}");
    }
    let inbox = ada.get("/pigeon/admin/threads").await.expect(200);
    let shown = words(inbox.text());
    assert!(shown.contains("1 conversation"), "{shown}");
    let thread = inbox.text().split("/pigeon/admin/threads/").nth(1).unwrap();
    let thread = thread[..36].to_owned();
    let page = words(ada.reads(&thread).await.expect(200).text());
    assert!(page.contains("ann guest, address not confirmed"), "{page}");
    // By the path of a page, the action decides too.
    let headers = [("sec-fetch-site", "cross-site"), ("origin", FRIEND)];
    let status = [
        ("action", "pigeon/admin/status"),
        ("threadId", &thread),
        ("status", "closed"),
    ];
    for path in [
        START,
        "/pigeon/contact",
        "/pigeon/actions/pigeon/admin/status",
    ] {
        let answer = ada.post_with(path, &status, &headers).await;
        assert!(matches!(answer.status, 403 | 422), "{path}: {answer:?}");
    }
    let page = words(ada.reads(&thread).await.expect(200).text());
    assert!(page.contains("Needs a reply"), "{page}");
}

#[tokio::test]
async fn r103_nobody_frames_our_pages() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let pages = [
        ann.looks().await,
        ada.reads(&ann.thread).await,
        ada.get("/pigeon/admin/settings").await,
        app.stranger().get("/pigeon/login").await,
        app.stranger().get("/pigeon/contact").await,
    ];
    for page in pages {
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn r108_a_forged_address_is_no_new_client() {
    let (app, _) = TestApp::open().await;
    for n in 0..12 {
        let forged = format!("1.2.3.{n}");
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("x-forwarded-for", forged.as_str()),
            ("x-real-ip", &forged),
            ("forwarded", &forged),
            ("cf-connecting-ip", &forged),
        ];
        let body = format!("Number {n}.");
        let fields = [("email", "ann@example.com"), ("body", body.as_str())];
        let answer = app.stranger().post_with(START, &fields, &headers).await;
        assert_eq!(answer.status, if n < 10 { 303 } else { 429 }, "{n}");
    }
}

#[tokio::test]
async fn r108_behind_a_trusted_proxy_each_network_is_one_client() {
    let pins = [
        ("PIGEON_TRUSTED_PROXIES", "127.0.0.1"),
        ("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1"),
    ];
    let (app, _) = TestApp::open_with(&pins).await;
    for (n, (from, taken)) in [
        ("192.0.2.1", true),
        ("192.0.2.1", false),
        ("192.0.2.2", true),
        // What stands further left, anybody may have written.
        ("6.6.6.6, 192.0.2.1", false),
        ("2001:db8:1:2::1", true),
        ("2001:db8:1:2:ffff::9", false),
        ("2001:db8:1:3::1", true),
        ("::ffff:192.0.2.1", false),
    ]
    .into_iter()
    .enumerate()
    {
        let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", from)];
        let body = format!("Number {n}.");
        let fields = [("email", "ann@example.com"), ("body", body.as_str())];
        let answer = app.stranger().post_with(START, &fields, &headers).await;
        assert_eq!(answer.status, if taken { 303 } else { 429 }, "{n}: {from}");
    }
}

#[tokio::test]
async fn r109_looking_around_without_an_account_leaves_no_row() {
    let (app, _) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    let mailed = app.mailed_link("ann@example.com");
    let routes = web::routes().iter();
    let mut paths: Vec<_> = routes
        .map(|route| route.path.replace(['{', '}', '*'], ""))
        .collect();
    paths.extend(["/pigeon/login?redirect=/pigeon/admin", "/nothing", &mailed].map(str::to_owned));
    let before = app.dump().await;
    for _ in 0..50 {
        let mut stranger = app.stranger();
        for path in &paths {
            stranger.get(path).await;
            app.stranger().get(path).await;
        }
        ann.looks().await.expect(200);
        // Wrong links are not looked for any more once there were too many in a minute.
        app.advance(Duration::from_mins(1));
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r111_nothing_of_the_inside_is_served() {
    let (app, mut ada) = TestApp::open().await;
    for person in [&mut app.stranger(), &mut ada] {
        for path in [
            "/metrics",
            "/pigeon/metrics",
            "/debug",
            "/debug/pprof",
            "/.git/config",
            "/.git/HEAD",
            "/.env",
            "/pigeon.db",
            "/pigeon-data/pigeon.db",
            "/pigeon.toml",
            "/server-status",
            "/setup-code",
            "/pigeon/assets/x/../../../pigeon.toml",
            "/pigeon/assets/x/%2e%2e%2fpigeon.toml",
            "/pigeon/assets/x/..%5c..%5cpigeon.toml",
            "/pigeon/assets/x//etc/passwd",
            "/Cargo.toml",
        ] {
            person.get(path).await.expect(404);
        }
        for method in ["TRACE", "CONNECT", "PROPFIND", "PUT"] {
            let answer = person.ask(method, "/pigeon/contact", &[], b"").await;
            assert!(
                matches!(answer.status, 400 | 404 | 405),
                "{method}: {answer:?}"
            );
        }
        let ready = person.get("/pigeon/health/ready").await.expect(200);
        assert!(ready.body.len() < 100, "{ready:?}");
    }
}
