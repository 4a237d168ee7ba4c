//! A form gives what its page asks for, and nothing else.

use pigeon::web;

use crate::support::{Actors, Guest, TestApp, words};

#[tokio::test]
async fn r26_a_form_sets_nothing_but_its_own_fields() {
    let (app, mut ada) = TestApp::open().await;
    let page = ada.get("/pigeon/admin/new").await.expect(200);
    let me = page.text().split("<option value=\"").nth(2).unwrap();
    let me = me.split('"').next().unwrap().to_owned();
    let extra = [
        ("email", "ann@example.com"),
        ("body", "Hm?"),
        ("status", "closed"),
        ("type", "direct"),
        ("kind", "direct"),
        ("assigneeId", &me),
        ("userId", &me),
        ("authorId", &me),
        ("role", "admin"),
        ("isInternalNote", "1"),
        ("proved", "1"),
        ("by_staff", "1"),
        ("createdAt", "2001-01-01"),
        ("trashed_at", "1"),
    ];
    let mut ann = Guest::starts(&app, &extra).await;
    let thread = ann.thread.clone();
    let replied = ann.does("guest/reply", &extra[1..]).await.expect(303);
    assert!(replied.header("location").unwrap().starts_with(&ann.page));
    let page = ada.reads(&thread).await.expect(200);
    let shown = words(page.text());
    assert!(shown.contains("Needs a reply"), "{shown}");
    assert!(shown.contains("guest, address not confirmed"), "{shown}");
    assert!(!shown.contains("Internal note, only"), "{shown}");
    assert!(!shown.contains("2001"), "{shown}");
    assert_eq!(
        app.number(
            "SELECT count(*) FROM threads WHERE kind = 'support' AND status = 'pending'
             AND assignee_id IS NULL AND trashed_at IS NULL"
        )
        .await,
        1
    );
    assert_eq!(
        app.number(
            "SELECT count(*) FROM messages WHERE kind = 'message' AND NOT (by_staff = (1 = 1))"
        )
        .await,
        2
    );
    assert_eq!(app.number("SELECT count(*) FROM participants").await, 1);
}

#[tokio::test]
async fn r27_a_field_takes_one_text() {
    let (app, _) = TestApp::open().await;
    let mut stranger = app.stranger();
    let before = app.dump().await;
    let body = ("body", "Hm?");
    let ann = ("email", "ann@example.com");
    for fields in [
        vec![
            body,
            ("email[]", "a@example.com"),
            ("email[]", "b@example.com"),
        ],
        vec![body, ("email[]", "a@example.com")],
        vec![body, ("email[0]", "a@example.com")],
        vec![body, ("email[$ne]", "")],
        vec![body, ann, ("email", "b@example.com")],
        vec![body, ann, ("email[]", "b@example.com")],
        vec![body, ("email", "a@example.com,b@example.com")],
        vec![body, ("email", "a@example.com b@example.com")],
        vec![body, ("email", "a@example.com\nb@example.com")],
        vec![ann, body, ("body", "Twice?")],
        vec![ann, ("body[]", "Hm?")],
        vec![ann, body, ("name[]", "a")],
        vec![ann, body, ("name", "a\0b")],
    ] {
        stranger.does("guest/start", &fields).await.expect(422);
        stranger.says("guest/start", &fields).await.expect(422);
    }
    for json in [
        serde_json::json!({ "email": { "$ne": "" }, "body": "Hm?" }),
        serde_json::json!({ "email": ["a@example.com"], "body": "Hm?" }),
        serde_json::json!({ "email": ["a@example.com", "b@example.com"], "body": "Hm?" }),
        serde_json::json!({ "email": null, "body": "Hm?" }),
        serde_json::json!({ "email": "a@example.com", "body": { "a": 1 } }),
    ] {
        let path = "/pigeon/actions/pigeon/guest/start";
        let answer = stranger.post_json(path, &json).await;
        assert!(matches!(answer.status, 400 | 422), "{json}: {answer:?}");
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r28_an_empty_or_odd_secret_matches_nothing() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let mut stranger = app.stranger();
    let before = app.dump().await;
    let unknown = stranger.get(&format!("/pigeon/t/{}", "A".repeat(43))).await;
    let expired = words(unknown.expect(404).text());
    let (zeros, long) = ("0".repeat(64), "x".repeat(1_000_000));
    for odd in ["", " ", "null", "undefined", "0", "%", "*", &zeros, &long] {
        if odd.len() < 10_000 {
            let path = odd.replace('%', "%25").replace(' ', "%20");
            let page = stranger.get(&format!("/pigeon/t/{path}")).await.expect(404);
            if !odd.is_empty() {
                assert_eq!(words(page.text()), expired, "{odd:?}");
            }
            for page in ["reset", "u"] {
                let page = format!("/pigeon/{page}/{path}");
                stranger.get(&page).await.expect(404);
            }
            let mut odd_session = app.stranger();
            odd_session.keep_cookie("pigeon", &path);
            odd_session.get("/pigeon/admin").await.expect(401);
            let mut odd_device = ann.clone();
            odd_device.person = app.stranger();
            odd_device.person.keep_cookie("pigeon-device", &path);
            odd_device.looks().await.expect(200);
        }
        let fields = [
            ("token", odd),
            ("body", "Hm?"),
            ("password", "a long password"),
        ];
        for action in ["guest/reply", "guest/confirm"] {
            let page = stranger.does(action, &fields).await;
            if odd.len() < 10_000 {
                let shown = words(page.expect(404).text());
                assert!(
                    shown.contains("This link does not work any more"),
                    "{shown}"
                );
            } else {
                assert!(matches!(page.status, 404 | 422), "{page:?}");
            }
        }
        let reset = stranger.does("account/reset", &fields).await;
        assert!(matches!(reset.status, 404 | 422), "{reset:?}");
    }
    // A NUL is no token either, nor is anything that is not text.
    for odd in ["%00", "%ff", "%E2%80%A8"] {
        stranger.get(&format!("/pigeon/t/{odd}")).await.expect(404);
        ada.get(&format!("/pigeon/admin/threads/{odd}"))
            .await
            .expect(404);
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r30_no_get_or_head_of_an_action_changes_anything() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let before = app.dump().await;
    let thread = actors.thread.id.to_string();
    let token = actors.all[1].token.as_deref().unwrap();
    let query = format!(
        "threadId={thread}&token={token}&body=Hm&email=ann@example.com&status=closed&on=0\
         &siteName=x&assigneeId=&_method=POST&action="
    );
    for action in web::actions::actions() {
        for actor in &actors.all {
            let mut person = actor.person.clone();
            let overrides = [
                ("x-http-method-override", "POST"),
                ("sec-fetch-site", "same-origin"),
            ];
            for method in ["GET", "HEAD"] {
                for prefix in ["/pigeon/actions/", "/actions/"] {
                    let path = format!("{prefix}{0}?{query}{0}", action.name);
                    let answer = person.ask(method, &path, &overrides, b"").await;
                    answer.expect(405);
                }
                for page in [
                    "/pigeon/contact",
                    "/pigeon/admin",
                    &format!("/pigeon/t/{token}"),
                ] {
                    let path = format!("{page}?{query}{}", action.name);
                    person.ask(method, &path, &overrides, b"").await;
                }
            }
        }
    }
    assert_eq!(app.dump().await, before);
}
