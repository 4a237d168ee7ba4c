//! The private link: what it opens, for how long, and what it gives away.

use std::time::Duration;

use crate::support::{Guest, TestApp, elements, link_in, words};

const DAY: Duration = Duration::from_hours(24);
const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn r42_a_token_page_tells_no_other_site_its_address() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "See https://elsewhere.test/page").await;
    ada.answers(&ann.thread, "Or https://another.test/").await;
    let page = ann.looks().await.expect(200);
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let mut links = 0;
    for element in elements(page.text()) {
        for name in ["src", "action", "formaction"] {
            let source = element.attribute(name);
            assert!(
                source.is_none_or(|source| source.starts_with('/')),
                "{element:?}"
            );
        }
        let Some(href) = element.attribute("href") else {
            continue;
        };
        if element.name == "a" && href.starts_with("https://") {
            let rel = element.attribute("rel").unwrap_or_default();
            assert!(
                rel.contains("noopener") && rel.contains("nofollow"),
                "{element:?}"
            );
            links += 1;
        } else {
            assert!(href.starts_with(['/', '#', '?']), "{element:?}");
        }
    }
    assert_eq!(links, 2);
}

#[tokio::test]
async fn r43_no_token_is_stored_in_clear() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let shown = ann.token().to_owned();
    let mut secrets = vec![shown];
    let ask = [("email", "ann@example.com")];
    app.stranger().does("guest/request-link", &ask).await;
    ada.does("account/forgot", &[("loginName", "ada@example.com")])
        .await;
    // What waits in the queue holds none either.
    let queued = app.dump().await;
    ann.proves(&app).await;
    ada.answers(&ann.thread, "Well.").await;
    ann.replies("Thanks.").await.expect(303);
    app.run_jobs().await;
    for mail in app.mails() {
        secrets.extend(link_in(&mail).map(|link| link.rsplit('/').next().unwrap().to_owned()));
        let reset = mail.text.split("/pigeon/reset/").nth(1);
        secrets.extend(reset.map(|rest| rest.split_whitespace().next().unwrap().to_owned()));
    }
    assert!(secrets.len() >= 4, "{}", secrets.len());
    secrets.push(ada.cookie("pigeon").unwrap().to_owned());
    secrets.push(ann.person.cookie("pigeon-device").unwrap().to_owned());
    let dump = app.dump().await;
    for secret in secrets {
        let bytes = secret.bytes().map(|byte| format!("{byte:02x}"));
        let hex: String = bytes.collect();
        for dump in [&dump, &queued] {
            assert!(!dump.contains(&secret));
            assert!(!dump.to_ascii_lowercase().contains(&hex));
        }
    }
}

#[tokio::test]
async fn r44_looking_at_a_link_changes_nothing_and_uses_nothing_up() {
    let proxies = [("PIGEON_TRUSTED_PROXIES", "127.0.0.1")];
    let (app, _) = TestApp::open_with(&proxies).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    let mailed = app.mailed_link("ann@example.com");
    let before = app.dump().await;
    for link in [&mailed, &ann.page] {
        let mut scanner = app.stranger();
        scanner.ask("HEAD", link, &[], b"").await.expect(200);
        for ip in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
            let from = [("x-forwarded-for", ip), ("sec-purpose", "prefetch")];
            scanner.get_with(link, &from).await.expect(200);
        }
    }
    assert_eq!(app.dump().await, before);
    ann.page = mailed;
    ann.looks().await.expect(200);
}

#[tokio::test]
async fn r45_a_preview_of_a_pasted_link_shows_nothing() {
    let (app, _) = TestApp::open().await;
    let ann = [
        ("name", "Annabel"),
        ("email", "ann@example.com"),
        ("subject", "My diagnosis"),
        ("body", "It is bad."),
    ];
    let mut ann = Guest::starts(&app, &ann).await;
    for agent in [
        "Slackbot-LinkExpanding 1.0",
        "facebookexternalhit/1.1",
        "Mozilla/5.0",
    ] {
        let page = ann
            .person
            .get_with(&ann.page, &[("user-agent", agent)])
            .await;
        let page = page.expect(200);
        assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
        let head = page.text().split("</head>").next().unwrap();
        for private in [
            "diagnosis",
            "It is bad",
            "Annabel",
            "ann@example.com",
            "og:",
            "twitter:",
        ] {
            assert!(!head.contains(private), "{head}");
        }
        assert!(head.contains("noindex"), "{head}");
    }
    let expired = app.stranger().get("/pigeon/t/unknown").await.expect(404);
    assert_eq!(expired.header("x-robots-tag"), Some("noindex, nofollow"));
}

#[tokio::test]
async fn r46_what_comes_by_a_link_says_so_and_revoking_ends_every_link() {
    let (app, mut ada) = TestApp::open().await;
    let ann = [
        ("name", "Ana"),
        ("email", "ann@example.com"),
        ("body", "Hm?"),
    ];
    let mut ann = Guest::starts(&app, &ann).await;
    app.run_jobs().await;
    // A friend to whom the mail was forwarded.
    let mut friend = ann.clone();
    friend.person = app.stranger();
    friend.page = app.mailed_link("ann@example.com");
    friend.replies("I write for her.").await.expect(303);
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(
        words(page.text()).contains("through Ana’s private link"),
        "{page:?}"
    );

    let thread = [("threadId", ann.thread.as_str())];
    ada.does("admin/revoke-links", &thread).await.expect(303);
    let before = app.dump().await;
    for guest in [&mut ann, &mut friend] {
        guest.looks().await.expect(404);
        let kept = guest.replies("Still there?").await.expect(404);
        assert!(kept.text().contains("Still there?</textarea>"), "{kept:?}");
        guest
            .does("threads/notify", &[("on", "0")])
            .await
            .expect(404);
        guest
            .does("threads/mark-read", &[("x", "")])
            .await
            .expect(404);
        guest.does("guest/confirm", &[]).await.expect(404);
        guest.does("guest/request-link", &[]).await.expect(404);
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r46_revoking_ends_the_way_back_by_the_first_form() {
    let (app, mut ada) = TestApp::open().await;
    let mut person = app.stranger();
    let form = person.get("/pigeon/contact").await.expect(200);
    let (csrf, key) = (form.field("csrf").unwrap(), form.field("key").unwrap());
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", key.as_str()),
        ("email", "ann@example.com"),
        ("body", "Hm?"),
    ];
    let first = person.does("guest/start", &fields).await.expect(303);
    let again = person.does("guest/start", &fields).await.expect(303);
    person.follow(&again).await.expect(200);
    let inbox = ada.get("/pigeon/admin/threads").await.expect(200);
    let id = inbox.text().split("id=\"c-").nth(1).unwrap();
    let id = id.split('"').next().unwrap().to_owned();
    let revoke = [("threadId", id.as_str())];
    ada.does("admin/revoke-links", &revoke).await.expect(303);
    person.follow(&first).await.expect(404);
    let kept = person.does("guest/start", &fields).await.expect(200);
    assert!(
        words(kept.text()).contains("We have your message"),
        "{kept:?}"
    );
}

#[tokio::test]
async fn r47_a_link_works_until_its_days_after_the_last_activity_are_over() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    assert_eq!(ann.token().len(), 43, "256 bits");
    app.advance(10 * DAY);
    ada.answers(&ann.thread, "Well.").await;
    app.advance(29 * DAY + 23 * 60 * MINUTE + 59 * MINUTE);
    ann.looks().await.expect(200);
    app.advance(MINUTE + MINUTE);
    ann.looks().await.expect(404);
    let kept = ann.replies("My long text.").await.expect(404);
    assert!(kept.text().contains("My long text.</textarea>"), "{kept:?}");
    assert!(
        words(kept.text()).contains("E-mail me a new link"),
        "{kept:?}"
    );

    // Notes and events are no activity, and a longer lifetime counts at once.
    let mut ada = app.signed_in("eve", true, &[]).await;
    ada.notes(&ann.thread, "Only for us.").await;
    ann.looks().await.expect(404);
    let longer = [("guestTokenLifetimeDays", "31")];
    ada.does("admin/settings", &longer).await.expect(303);
    ann.looks().await.expect(200);
    app.advance(DAY);
    ann.looks().await.expect(404);
}

#[tokio::test]
async fn r47_a_setting_that_is_shortened_counts_at_once() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.advance(2 * DAY);
    ann.looks().await.expect(200);
    let shorter = [("guestTokenLifetimeDays", "1")];
    ada.does("admin/settings", &shorter).await.expect(303);
    ann.looks().await.expect(404);
}

#[tokio::test]
async fn r48_newer_links_lock_nobody_out() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let mut links = vec![ann.page.clone()];
    for n in 0..20 {
        let looks = (0..20).map(|_| {
            let mut ann = ann.clone();
            async move { ann.looks().await.expect(200) }
        });
        let answering = async {
            ada.answers(&ann.thread, &format!("Answer {n}.")).await;
            app.run_jobs().await;
        };
        tokio::join!(futures_util::future::join_all(looks), answering);
        links.push(app.mailed_link("ann@example.com"));
    }
    links.dedup();
    assert_eq!(links.len(), 21);
    for link in &links {
        ann.person.get(link).await.expect(200);
    }
}

#[tokio::test]
async fn r50_nothing_after_a_link_makes_it_a_file_for_caches() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "A private matter.").await;
    let mut stranger = app.stranger();
    for page in [&ann.page, &format!("/pigeon/admin/threads/{}", ann.thread)] {
        for tail in [
            "/x.css",
            ";.js",
            "%2Fx.png",
            "/",
            "//",
            "%00.css",
            "/..%2f.css",
            ".css",
            "%3f.css",
        ] {
            for person in [&mut stranger, &mut ada] {
                let answer = person.get(&format!("{page}{tail}")).await;
                assert!(matches!(answer.status, 401 | 404), "{tail}: {answer:?}");
                assert!(!answer.text().contains("A private matter."), "{tail}");
                assert_eq!(answer.header("cache-control"), Some("no-store"));
            }
        }
    }
    for answer in [stranger.get(&ann.page).await, ada.reads(&ann.thread).await] {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.headers_named("vary").contains(&"Cookie"));
    }
}

#[tokio::test]
async fn r51_nobody_chooses_their_own_token_thread_or_session() {
    let (app, mut ada) = TestApp::open().await;
    let bob = Guest::asks(&app, "bob@example.com", "Another's.").await;
    let chosen = "A".repeat(43);
    for (token, thread) in [(chosen.as_str(), "x"), (bob.token(), bob.thread.as_str())] {
        let fields = [
            ("email", "ann@example.com"),
            ("body", token),
            ("token", token),
            ("threadId", thread),
            ("id", thread),
        ];
        let mut browser = app.stranger();
        for name in ["pigeon", "__Host-pigeon", "__Host-session"] {
            browser.keep_cookie(name, &chosen);
        }
        let answer = browser.does("guest/start", &fields).await.expect(303);
        let page = answer.header("location").unwrap();
        assert!(!page.contains(token), "{page}");
        let cookies = answer.headers_named("set-cookie").join(" ");
        assert!(!cookies.contains(&chosen), "{cookies}");
    }
    app.stranger()
        .get(&format!("/pigeon/t/{chosen}"))
        .await
        .expect(404);
    let page = ada.reads(&bob.thread).await.expect(200);
    assert_eq!(page.text().matches("<article").count(), 1, "{page:?}");
}

#[tokio::test]
async fn r52_a_link_marks_no_other_thread_read() {
    let (app, _) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    let own = ann.thread.clone();
    for action in ["threads/mark-read", "threads/notify"] {
        let foreign = [("threadId", bob.thread.as_str()), ("on", "1")];
        ann.does(action, &foreign).await.expect(404);
        let own = [("threadId", own.as_str()), ("on", "1")];
        ann.does(action, &own).await.expect(303);
    }
}

#[tokio::test]
async fn r52_nobody_forges_that_another_has_read() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let mut bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    ada.answers(&ann.thread, "Well.").await;
    let foreign = [("threadId", ann.thread.as_str())];
    let participant = [("participantId", "1"), ("userId", "1"), foreign[0]];
    bob.does("threads/mark-read", &foreign).await;
    bob.does("threads/mark-read", &participant).await;
    app.stranger()
        .does("threads/mark-read", &foreign)
        .await
        .expect(401);
    app.user("ulla")
        .await
        .does("threads/mark-read", &foreign)
        .await
        .expect(403);
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(!words(page.text()).contains("Seen by"), "{page:?}");

    // The mark never goes back: an older page that is left open says what it showed.
    let older = ann.looks().await.field("seen").unwrap();
    app.advance(MINUTE);
    ann.does("threads/mark-read", &[]).await.expect(303);
    let seen = words(ada.reads(&ann.thread).await.text());
    assert!(seen.contains("Seen by ann, today 12:06"), "{seen}");
    ada.answers(&ann.thread, "And well.").await;
    app.advance(MINUTE);
    ann.does("threads/mark-read", &[]).await.expect(303);
    app.advance(MINUTE);
    ann.does("threads/mark-read", &[("seen", &older)])
        .await
        .expect(303);
    let seen = words(ada.reads(&ann.thread).await.text());
    assert!(
        seen.contains("And well. Seen by ann, today 12:07"),
        "{seen}"
    );
    let moves = app.number("SELECT count(*) FROM reads WHERE seq > 1").await;
    assert!(moves >= 2, "{moves}");
}
