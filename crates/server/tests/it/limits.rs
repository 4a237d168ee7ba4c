//! How much and how often: exactly, and with everything that was typed kept.

use std::time::Duration;

use pigeon::web;

use crate::support::{Guest, TestApp, statements, words};

const START: &str = "/pigeon/actions/pigeon/guest/start";
const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn r107_of_fifty_at_once_exactly_ten_are_taken() {
    let (app, _) = TestApp::open().await;
    let posts = (0..50).map(|n| {
        let mut person = app.stranger();
        async move {
            let (email, body) = (format!("guest{n}@example.com"), format!("Number {n}."));
            let fields = [
                ("email", email.as_str()),
                ("body", body.as_str()),
                ("subject", "<Mine>"),
            ];
            let answer = person.does("guest/start", &fields).await;
            if answer.status == 429 {
                let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
                assert!((1..=300).contains(&wait), "{wait}");
                assert!(
                    answer.text().contains(&format!("{body}</textarea>")),
                    "{answer:?}"
                );
                assert_eq!(answer.field("email"), Some(email));
                assert_eq!(answer.field("subject").as_deref(), Some("<Mine>"));
                assert!(
                    words(answer.text()).contains("That was too often."),
                    "{answer:?}"
                );
            }
            answer.status
        }
    });
    let statuses = futures_util::future::join_all(posts).await;
    let with = |status| statuses.iter().filter(|other| **other == status).count();
    assert_eq!((with(303), with(429)), (10, 40), "{statuses:?}");
    assert_eq!(app.number("SELECT count(*) FROM threads").await, 10);
    assert_eq!(app.number("SELECT count(*) FROM messages").await, 10);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 20, "ten to guests, ten to the admin");
}

#[tokio::test]
async fn p18_starts_and_replies_count_together_and_nothing_else_does() {
    let pins = [
        ("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "3"),
        ("PIGEON_SETTING_RATE_LIMIT_WINDOW_SECONDS", "120"),
    ];
    let (app, mut ada) = TestApp::open_with(&pins).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    // What is refused, caught or repeated, and what is no post, does not count.
    let start = |body: &'static str| [("email", "ann@example.com"), ("body", body)];
    app.stranger()
        .does("guest/start", &start(" "))
        .await
        .expect(422);
    app.stranger()
        .does("guest/start", &start("Hm?"))
        .await
        .expect(200);
    let trapped = [start("Buy!")[0], start("Buy!")[1], ("pigeon_hp", "x")];
    app.stranger()
        .does("guest/start", &trapped)
        .await
        .expect(200);
    ann.replies(" ").await.expect(422);
    ann.does("threads/mark-read", &[]).await.expect(303);
    ann.does("threads/notify", &[("on", "1")]).await.expect(303);
    ann.does("guest/request-link", &[]).await.expect(200);
    ann.replies("Second.").await.expect(303);
    app.stranger()
        .does("guest/start", &start("Third."))
        .await
        .expect(303);

    let refused = ann.replies("Fourth.").await.expect(429);
    assert_eq!(refused.header("retry-after"), Some("120"));
    assert!(refused.text().contains("Fourth.</textarea>"), "{refused:?}");
    let said = ann
        .person
        .says("guest/start", &start("Fourth."))
        .await
        .expect(429);
    assert_eq!(said.json()["success"], false);
    assert_eq!(said.header("retry-after"), Some("120"));
    // A repeat of what was taken is answered as before.
    ann.replies("Second.").await.expect(200);
    // Staff are not limited.
    for n in 0..5 {
        ada.answers(&ann.thread, &format!("Answer {n}.")).await;
    }
    app.advance(Duration::from_secs(119));
    let refused = ann.replies("Fourth.").await.expect(429);
    assert_eq!(refused.header("retry-after"), Some("1"));
    app.advance(Duration::from_secs(1));
    ann.replies("Fourth.").await.expect(303);
}

#[tokio::test]
async fn p18_sizes_are_exact_and_named_and_nothing_is_stored() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let before = app.dump().await;
    let long = |n| "é".repeat(n);
    for (field, most) in [("name", 300), ("subject", 300), ("body", 100_000)] {
        let over = long(most + 1);
        let usual = [
            ("email", "bob@example.com"),
            ("body", "Hm?"),
            ("threadId", ann.thread.as_str()),
        ];
        let mut fields: Vec<_> = usual
            .into_iter()
            .filter(|(name, _)| *name != field)
            .collect();
        fields.push((field, over.as_str()));
        let actions = match field {
            "body" => &["guest/start", "admin/start", "admin/reply"][..],
            _ => &["guest/start", "admin/start"],
        };
        for action in actions {
            let refused = ada.does(action, &fields).await.expect(422);
            let shown = words(refused.text()).replace([',', '\u{a0}', '\u{202f}'], "");
            assert!(shown.contains(&most.to_string()), "{action} {field}");
            assert!(refused.text().contains(&over), "{action} keeps {field}");
        }
    }
    let email = format!("{}@example.com", "a".repeat(300));
    let fields = [("email", email.as_str()), ("body", "Hm?")];
    ada.does("guest/start", &fields).await.expect(422);
    assert_eq!(app.dump().await, before);
    let (name, subject, body) = (long(300), long(300), long(100_000));
    let fields = [
        ("email", "bob@example.com"),
        ("name", name.as_str()),
        ("subject", &subject),
        ("body", &body),
    ];
    app.stranger()
        .does("guest/start", &fields)
        .await
        .expect(303);
    let mut ann = ann;
    ann.replies(&body).await.expect(303);
}

#[tokio::test]
async fn p18_a_post_with_a_file_is_refused_by_name_and_keeps_its_text() {
    let (app, _) = TestApp::open().await;
    let before = app.dump().await;
    let body = "--x\r\ncontent-disposition: form-data; name=\"email\"\r\n\r\nann@example.com\r\n\
                --x\r\ncontent-disposition: form-data; name=\"body\"\r\n\r\nSee the picture.\r\n\
                --x\r\ncontent-disposition: form-data; name=\"attachments[]\"; filename=\"cat.png\"\r\n\
                content-type: image/png\r\n\r\n\u{1}\u{2}\r\n--x--\r\n";
    let headers = [
        ("content-type", "multipart/form-data; boundary=x"),
        ("sec-fetch-site", "same-origin"),
    ];
    let mut stranger = app.stranger();
    let refused = stranger
        .ask("POST", START, &headers, body.as_bytes())
        .await
        .expect(422);
    assert!(
        refused.text().contains("See the picture.</textarea>"),
        "{refused:?}"
    );
    assert!(words(refused.text()).contains("cat.png"), "{refused:?}");
    assert_eq!(app.dump().await, before);
    // A field for files that was left empty is no file.
    let body = body.replace("cat.png", "").replace("\u{1}\u{2}", "");
    stranger
        .ask("POST", START, &headers, body.as_bytes())
        .await
        .expect(303);
}

#[tokio::test]
async fn p18_a_large_post_says_the_limit() {
    let (app, _) = TestApp::open().await;
    let body = "x".repeat(1024 * 1024 + 1);
    let fields = [("email", "ann@example.com"), ("body", body.as_str())];
    let refused = app
        .stranger()
        .does("guest/start", &fields)
        .await
        .expect(413);
    assert!(words(refused.text()).contains("1 MB"), "{refused:?}");
}

#[tokio::test]
async fn r49_guessing_is_slowed_down_and_a_working_link_never_is() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let mut stranger = app.stranger();
    for n in 0..60 {
        let page = format!("/pigeon/t/{}", pigeon::secrets::token());
        assert_eq!(stranger.get(&page).await.status, 404, "{n}");
    }
    let page = format!("/pigeon/t/{}", pigeon::secrets::token());
    let refused = stranger.get(&page).await.expect(429);
    assert!(refused.header("retry-after").is_some());
    let fields = [("token", "wrong"), ("body", "My text.")];
    let kept = stranger.does("guest/reply", &fields).await.expect(429);
    assert!(kept.text().contains("My text."), "{kept:?}");
    ann.looks().await.expect(200);
    ann.replies("Still here.").await.expect(303);
    ada.reads(&ann.thread).await.expect(200);
    app.advance(MINUTE);
    stranger.get(&page).await.expect(404);
}

#[tokio::test]
async fn r49_unknown_revoked_and_expired_links_cost_and_say_the_same() {
    let (app, mut ada) = TestApp::open().await;
    let expired = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.advance(31 * 24 * 60 * MINUTE);
    let mut ada2 = app.signed_in("eve", true, &[]).await;
    ada.get("/pigeon/admin").await.expect(401);
    let revoked = Guest::asks(&app, "bob@example.com", "Hm?").await;
    let thread = [("threadId", revoked.thread.as_str())];
    ada2.does("admin/revoke-links", &thread).await.expect(303);
    let trashed = Guest::asks(&app, "cleo@example.com", "Hm?").await;
    app.force(
        "UPDATE threads SET trashed_at = last_message_at WHERE starter_email = 'cleo@example.com'",
    )
    .await;
    let left = Guest::asks(&app, "dora@example.com", "Hm?").await;
    app.force("UPDATE participants SET left_at = created_at WHERE email = 'dora@example.com'")
        .await;
    let unknown = format!("/pigeon/t/{}", pigeon::secrets::token());
    let mut all = Vec::new();
    for page in [
        &unknown,
        &expired.page,
        &revoked.page,
        &trashed.page,
        &left.page,
    ] {
        let mut person = app.stranger();
        db::testing::record_statements();
        let answer = person.get(page).await.expect(404);
        let made = statements();
        let headers = [
            "x-robots-tag",
            "cache-control",
            "referrer-policy",
            "retry-after",
        ];
        let headers = headers.map(|name| answer.header(name).map(str::to_owned));
        let body = answer.lasting_text();
        let token = page.rsplit('/').next().unwrap();
        db::testing::record_statements();
        let fields = [("token", token), ("body", "My text.")];
        let posted = person.does("guest/reply", &fields).await.expect(404);
        let posting = statements();
        let posted = words(posted.text());
        assert!(posted.contains("My text."), "{posted}");
        all.push((body, headers, made, posting, posted));
    }
    assert!(!all[0].2.is_empty() && !all[0].3.is_empty());
    for other in &all {
        assert_eq!(other, &all[0]);
    }
}

#[tokio::test]
async fn every_form_of_guests_has_the_trap_and_what_falls_in_is_told_that_all_went_well() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let pages = [
        app.stranger().get("/pigeon/contact").await.expect(200),
        app.stranger().get("/pigeon/t/unknown").await.expect(404),
        ann.looks().await.expect(200),
    ];
    for page in pages {
        assert!(
            page.field("pigeon_hp").is_some() || page.text().contains("name=\"pigeon_hp\""),
            "{page:?}"
        );
    }
    let before = app.dump().await;
    let trap = ("pigeon_hp", "http://spam.test");
    for (action, fields) in [
        (
            "guest/start",
            &[("email", "bob@example.com"), ("body", "Buy!"), trap][..],
        ),
        ("guest/request-link", &[("email", "ann@example.com"), trap]),
        ("guest/reply", &[("body", "Buy!"), trap]),
    ] {
        for answer in [
            ann.does(action, fields).await,
            app.stranger().does(action, fields).await,
        ] {
            assert_eq!(answer.status, 200, "{action}: {answer:?}");
            assert!(!answer.text().contains("/pigeon/t/"), "{answer:?}");
        }
        assert_eq!(
            app.stranger().says(action, fields).await.expect(200).json()["success"],
            true
        );
    }
    assert_eq!(app.dump().await, before);
    let posted = [
        "pigeon/guest/start",
        "pigeon/guest/reply",
        "pigeon/guest/request-link",
    ];
    assert!(
        posted
            .iter()
            .all(|action| web::actions::find(action).is_some())
    );

    // Under another name, or switched off, it is what the owner says.
    let renamed = [("honeypotField", "website")];
    ada.does("admin/settings", &renamed).await.expect(303);
    let page = app.stranger().get("/pigeon/contact").await.expect(200);
    assert!(page.text().contains("name=\"website\""), "{page:?}");
    let off = [("enableHoneypot", "0")];
    ada.does("admin/settings", &off).await.expect(303);
    let page = app.stranger().get("/pigeon/contact").await.expect(200);
    assert!(!page.text().contains("name=\"website\""), "{page:?}");
    let fields = [
        ("email", "bob@example.com"),
        ("body", "Not spam."),
        ("website", "x"),
    ];
    app.stranger()
        .does("guest/start", &fields)
        .await
        .expect(303);
}
