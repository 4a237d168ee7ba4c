//! A form counts only if it comes from a page of ours: nobody's session is used from elsewhere.

use pigeon::web::{self, origin::Door};

use crate::support::{Actors, FRIEND, SITE, TestApp};

#[tokio::test]
async fn no_action_is_taken_from_another_site_with_the_victims_cookie() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let mut victim = actors.all[7].person.clone();
    for action in web::actions::actions() {
        if action.door == Door::Mail {
            continue;
        }
        let path = format!("/pigeon/actions/{}", action.name);
        for headers in [
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://evil.test"),
            ][..],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "http://sub.pigeon.test"),
            ],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://evil.test")],
            &[("origin", "http://pigeon.test.evil.test")],
            &[("origin", "null")],
            &[],
        ] {
            for path in [path.as_str(), "/pigeon"] {
                let fields = [("action", action.name), ("body", "forged")];
                let answer = victim.post_with(path, &fields, headers).await.expect(403);
                assert!(answer.headers_named("set-cookie").is_empty(), "{answer:?}");
                let json = [headers, &[("accept", "application/json")]].concat();
                let answer = victim.post_with(path, &fields, &json).await.expect(403);
                assert_eq!(answer.json()["success"], false);
                assert_eq!(answer.header("access-control-allow-origin"), None);
            }
        }
    }
}

#[tokio::test]
async fn a_named_site_posts_nothing_but_guest_forms() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let mut victim = actors.all[7].person.clone();
    let headers = [
        ("sec-fetch-site", "cross-site"),
        ("origin", FRIEND),
        ("accept", "application/json"),
    ];
    for action in web::actions::actions() {
        let path = format!("/pigeon/actions/{}", action.name);
        let answer = victim.post_with(&path, &[], &headers).await;
        let preflight = [
            ("origin", FRIEND),
            ("access-control-request-method", "POST"),
        ];
        let asked = victim.ask("OPTIONS", &path, &preflight, b"").await;
        match action.door {
            Door::Guest => {
                assert_ne!(answer.status, 403, "{}: {answer:?}", action.name);
                for answer in [&answer, &asked] {
                    let allowed = answer.header("access-control-allow-origin");
                    assert_eq!(allowed, Some(FRIEND), "{answer:?}");
                    assert!(answer.headers_named("vary").contains(&"Origin"));
                    assert_eq!(answer.header("access-control-allow-credentials"), None);
                    assert!(answer.headers_named("set-cookie").is_empty());
                }
            }
            Door::Own | Door::OwnWithToken => {
                assert_eq!(answer.status, 403, "{}: {answer:?}", action.name);
                assert_eq!(answer.header("access-control-allow-origin"), None);
                assert_eq!(asked.status, 405);
            }
            Door::Mail => {}
        }
    }
}

#[tokio::test]
async fn our_own_pages_are_known_by_header_or_by_token() {
    let app = TestApp::start().await;
    let mut keeper = Actors::of(&app).await.all[7].person.clone();
    let page = keeper.get("/pigeon/admin/settings").await.expect(200);
    let csrf = page.field("csrf").unwrap();
    assert!(page.field("key").is_some_and(|key| key.len() >= 32));
    let path = "/pigeon/admin/settings";
    let fields = [
        ("action", "pigeon/admin/settings"),
        ("siteName", "Fernhill"),
    ];
    for headers in [
        &[("sec-fetch-site", "same-origin")][..],
        &[("origin", SITE)],
        &[("x-csrf-token", csrf.as_str())],
        &[("origin", "null"), ("x-csrf-token", csrf.as_str())],
    ] {
        keeper.post_with(path, &fields, headers).await.expect(303);
    }
    for (token, status) in [
        (csrf.as_str(), 303),
        ("wrong", 403),
        ("", 403),
        (&csrf[1..], 403),
    ] {
        let fields = [fields[0], fields[1], ("csrf", token)];
        keeper.post_with(path, &fields, &[]).await.expect(status);
    }
    // Another browser's token is none of this one's.
    let mut other = keeper.clone();
    other.keep_cookie("pigeon-form", &"x".repeat(43));
    other
        .post_with(path, &fields, &[("x-csrf-token", &csrf)])
        .await
        .expect(403);
}

#[tokio::test]
async fn r100_a_named_sites_script_reads_early_refusals_too() {
    let (app, _) = TestApp::open().await;
    let start = "/pigeon/actions/pigeon/guest/start";
    let long = "x".repeat(2 << 20);
    for (kind, body, status) in [
        ("application/json", "{", 400),
        ("text/csv", "a,b", 415),
        ("application/json", long.as_str(), 413),
    ] {
        let headers = [
            ("content-type", kind),
            ("origin", FRIEND),
            ("accept", "application/json"),
        ];
        let answer = app
            .stranger()
            .ask("POST", start, &headers, body.as_bytes())
            .await
            .expect(status);
        assert_eq!(
            answer.headers_named("access-control-allow-origin"),
            [FRIEND]
        );
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        let foreign = [headers[0], ("origin", "https://evil.test"), headers[2]];
        let answer = app
            .stranger()
            .ask("POST", start, &foreign, body.as_bytes())
            .await;
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}
