use super::*;

/// Everything that a guest could be told, in one text.
async fn all_a_guest_gets(app: &TestApp, links: &[&str]) -> String {
    let mut all = Vec::new();
    for link in links {
        let mut guest = app.stranger();
        all.push(guest.get(link).await.expect(200));
        let token = token_of(link);
        let json = serde_json::json!({ "token": token, "on": "1", "body": "Thanks" });
        for action in [READ, NOTIFY, REPLY] {
            all.push(guest.post_json(action, &json).await);
        }
        all.push(guest.post(REPLY, &[("token", token)]).await);
        all.push(guest.get(link).await);
    }
    let mut text = format!("{all:?}");
    for mail in app.mails_to(ANN) {
        text.push_str(&String::from_utf8_lossy(&mail.to_bytes()));
        text.push_str(&mail.text);
        text.push_str(&mail.html);
    }
    text
}

#[tokio::test]
async fn no_note_no_staff_address_and_no_staff_event_reaches_a_guest() {
    let (app, mut maya) = open_house().await;
    let mut tom = app.staff("tomasz").await;
    let shown = asks(&mut app.stranger(), ANN, "Hello").await;
    let thread = thread_of(&app, &shown).await;
    app.staff("zora").await;
    let zora = id_of_zora(&app).await;
    let on = ("threadId", thread.as_str());
    staff_does(
        &mut tom,
        "reply",
        &[on, ("body", "NOTE-SECRET"), ("isInternalNote", "1")],
    )
    .await;
    staff_does(&mut maya, "assign", &[on, ("assigneeId", &zora)]).await;
    staff_does(&mut maya, "reply", &[on, ("body", "Hi Ann")]).await;
    staff_does(&mut maya, "status", &[on, ("status", "closed")]).await;
    staff_does(
        &mut maya,
        "reply",
        &[on, ("body", "NOTE-SECRET 2"), ("isInternalNote", "1")],
    )
    .await;
    app.run_jobs().await;

    let mailed = mailed_link(&app, ANN);
    let all = all_a_guest_gets(&app, &[&shown, &mailed]).await;
    assert!(all.contains("Hi Ann") && all.contains("The conversation was closed"));
    assert!(all.contains("Write again and it opens"));
    for secret in [
        "NOTE-SECRET",
        "maya@example.com",
        "zora",
        "assigned",
        "Assigned",
        "@example.com",
    ] {
        assert!(!all.contains(secret), "{secret}");
    }
}

async fn id_of_zora(app: &TestApp) -> String {
    let mut conn = app.app.db.read().await.expect("the database is there");
    let user = pigeon::accounts::User::find_by_login_name(&mut conn, "zora").await;
    user.expect("a row")
        .expect("she has an account")
        .id
        .to_string()
}

#[tokio::test]
async fn no_mail_to_an_unproved_address_holds_anything_that_was_typed() {
    let (app, _) = open_house().await;
    let fields = [
        ("name", "TYPED-name"),
        ("email", ANN),
        ("subject", "TYPED-subject"),
        ("body", "TYPED-body http://spam.example"),
    ];
    app.stranger().post(START, &fields).await.expect(303);
    app.run_jobs().await;
    app.stranger()
        .post(REQUEST, &[("email", ANN)])
        .await
        .expect(200);
    app.run_jobs().await;
    let mails = app.mails_to(ANN);
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert_eq!(mail.subject, "Your message to pigeon.test");
        for part in [
            &mail.text,
            &mail.html,
            &String::from_utf8_lossy(&mail.to_bytes()).into_owned(),
        ] {
            assert!(
                !part.contains("TYPED") && !part.contains("spam.example"),
                "{part}"
            );
        }
    }
}

#[tokio::test]
async fn a_guest_of_one_thread_gets_nothing_of_another() {
    let (app, _) = open_house().await;
    let mine = asks(&mut app.stranger(), ANN, "ANN-SECRET").await;
    let other = asks(&mut app.stranger(), "bob@guests.example", "Hello").await;
    let thread = thread_of(&app, &mine).await;
    let mut bob = app.stranger();
    let fields = [
        ("token", token_of(&other)),
        ("threadId", &thread),
        ("body", "From Bob"),
    ];
    for action in [REPLY, READ] {
        let answer = bob.post(action, &fields).await;
        assert!(!format!("{answer:?}").contains("ANN-SECRET"));
    }
    let page = app.stranger().get(&mine).await.expect(200);
    assert!(!page.text().contains("From Bob"));
}

#[tokio::test]
async fn what_a_stranger_writes_is_shown_as_it_was_typed() {
    let (app, mut maya) = open_house().await;
    let nasty = r#"</title></textarea>"><svg onload=alert(1)><script>alert(1)</script><img src=x onerror=alert(2)>"#;
    let fields = [
        ("name", nasty),
        ("email", ANN),
        ("subject", nasty),
        ("body", nasty),
    ];
    let mut ann = app.stranger();
    let link = link_in(&ann.post(START, &fields).await);
    let thread = thread_of(&app, &link).await;
    app.run_jobs().await;
    let mut pages = vec![
        ann.get(&link).await.expect(200).text().to_owned(),
        maya.get(&format!("/pigeon/admin/threads/{thread}"))
            .await
            .expect(200)
            .text()
            .to_owned(),
        maya.get("/pigeon/admin/threads?source=all")
            .await
            .expect(200)
            .text()
            .to_owned(),
        maya.get("/pigeon/admin")
            .await
            .expect(200)
            .text()
            .to_owned(),
        app.last_mail_to("maya@example.com").html,
    ];
    pages.push(
        ann.post(START, &[("name", nasty), ("email", nasty), ("body", nasty)])
            .await
            .expect(422)
            .text()
            .to_owned(),
    );
    for page in pages {
        for markup in ["<svg onload", "<script>", "<img src"] {
            assert!(!page.contains(markup), "{markup} in {page}");
        }
    }
}

#[tokio::test]
async fn pages_of_links_tell_nothing_to_previews_and_search_engines() {
    let (app, _) = open_house().await;
    let link = asks(&mut app.stranger(), ANN, "Hello").await;
    for agent in ["Slackbot-LinkExpanding 1.0", "facebookexternalhit/1.1"] {
        let page = app
            .stranger()
            .get_with(&link, &[("user-agent", agent)])
            .await
            .expect(200);
        assert!(page.header("x-robots-tag").unwrap().contains("noindex"));
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        let head = page.text().split("</head>").next().unwrap();
        assert!(
            head.contains("<title>Your conversation · pigeon.test</title>"),
            "{head}"
        );
        assert!(!head.contains("Two cups") && !head.contains("Hello"));
        for outside in ["src=\"http", "href=\"http"] {
            assert!(!page.text().contains(outside));
        }
    }
}
