use super::*;

#[tokio::test]
async fn p13_only_a_post_marks_read_and_then_staff_see_who_read() {
    let (app, mut maya) = open_house().await;
    let link = asks(&mut app.stranger(), ANN, "Hello").await;
    let thread = thread_of(&app, &link).await;
    staff_does(
        &mut maya,
        "reply",
        &[("threadId", &thread), ("body", "Hi Ann")],
    )
    .await;
    let panel = format!("/pigeon/admin/threads/{thread}");
    let mut ann = app.stranger();
    for _ in 0..3 {
        let page = ann.get(&link).await.expect(200);
        assert!(page.text().contains("data-read"));
        ann.ask("HEAD", &link, &[], b"").await.expect(200);
    }
    assert!(
        !maya
            .get(&panel)
            .await
            .expect(200)
            .text()
            .contains("Seen by Ann")
    );

    let page = ann.get(&link).await.expect(200);
    let seen = page.field("seen").unwrap();
    let answer = ann
        .post(READ, &[("token", token_of(&link)), ("seen", &seen)])
        .await;
    assert_eq!(link_in(&answer), link);
    assert!(
        maya.get(&panel)
            .await
            .expect(200)
            .text()
            .contains("Seen by Ann")
    );
    assert!(
        !ann.get(&link)
            .await
            .expect(200)
            .text()
            .contains("data-read")
    );
}

#[tokio::test]
async fn p13_a_reply_marks_read_what_its_page_had_shown_and_no_more() {
    let (app, mut maya) = open_house().await;
    let link = asks(&mut app.stranger(), ANN, "Hello").await;
    let thread = thread_of(&app, &link).await;
    let mut ann = app.stranger();
    let seen = ann.get(&link).await.expect(200).field("seen").unwrap();
    staff_does(
        &mut maya,
        "reply",
        &[("threadId", &thread), ("body", "Unread yet")],
    )
    .await;
    let reply = [
        ("token", token_of(&link)),
        ("seen", &seen),
        ("body", "Meanwhile"),
    ];
    ann.post(REPLY, &reply).await.expect(303);
    let panel = format!("/pigeon/admin/threads/{thread}");
    assert!(
        !maya
            .get(&panel)
            .await
            .expect(200)
            .text()
            .contains("Seen by Ann")
    );
    assert!(
        ann.get(&link)
            .await
            .expect(200)
            .text()
            .contains("data-read")
    );
}

#[tokio::test]
async fn a_guest_sees_who_read_and_how_far_the_conversation_is() {
    let (app, mut maya) = open_house().await;
    let link = asks(&mut app.stranger(), ANN, "Hello").await;
    let thread = thread_of(&app, &link).await;
    let mut ann = app.stranger();
    let page = ann.get(&link).await.expect(200);
    assert!(page.text().contains("Our answer") && !page.text().contains("Seen by"));
    maya.post(READ, &[("threadId", &thread)]).await.expect(303);
    let page = ann.get(&link).await.expect(200);
    assert!(page.text().contains("Seen by maya, today 12:05"));
    staff_does(
        &mut maya,
        "reply",
        &[("threadId", &thread), ("body", "Hi Ann")],
    )
    .await;
    assert!(ann.get(&link).await.expect(200).text().contains("Answered"));
    ann.post(REPLY, &[("token", token_of(&link)), ("body", "Thanks")])
        .await
        .expect(303);
    assert!(
        ann.get(&link)
            .await
            .expect(200)
            .text()
            .contains("With us again")
    );
    staff_does(
        &mut maya,
        "status",
        &[("threadId", &thread), ("status", "closed")],
    )
    .await;
    let page = ann.get(&link).await.expect(200);
    assert!(page.text().contains("Write again and it opens"));
    ann.post(REPLY, &[("token", token_of(&link)), ("body", "One more")])
        .await
        .expect(303);
    let page = ann.get(&link).await.expect(200);
    assert!(!page.text().contains("Write again and it opens"));
    assert!(page.text().contains("The conversation was opened again"));
}

#[tokio::test]
async fn a_long_conversation_comes_in_pages() {
    let app = TestApp::with(&[("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1000")]).await;
    app.signed_in("maya", true, &[]).await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "The very first").await;
    for n in 0..60 {
        let body = format!("Message {n}.");
        ann.post(REPLY, &[("token", token_of(&link)), ("body", &body)])
            .await
            .expect(303);
    }
    let page = ann.get(&link).await.expect(200);
    assert!(page.text().contains("Message 59.") && !page.text().contains("The very first"));
    let earlier = path_in(page.text(), "?before=");
    let earlier = earlier.split('"').next().unwrap();
    let page = ann.get(&format!("{link}{earlier}")).await.expect(200);
    assert!(page.text().contains("The very first") && !page.text().contains("Message 59."));
    assert!(!page.text().contains("?before="));
}

#[tokio::test]
async fn an_empty_reply_comes_back_with_what_is_wrong() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Hello").await;
    let page = ann.post(&link, &[("body", " \n ")]).await.expect(422);
    assert!(page.text().contains("Please write a message.") && page.text().contains("Hello"));
}

#[tokio::test]
async fn who_mutes_gets_no_mail_until_they_switch_it_on_again() {
    let (app, mut maya) = open_house().await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Hello").await;
    let thread = thread_of(&app, &link).await;
    app.run_jobs().await;
    for (on, mails) in [("0", 1), ("1", 2)] {
        ann.post(NOTIFY, &[("token", token_of(&link)), ("on", on)])
            .await
            .expect(303);
        staff_does(&mut maya, "reply", &[("threadId", &thread), ("body", on)]).await;
        app.run_jobs().await;
        assert_eq!(app.mails_to(ANN).len(), mails);
    }
    ann.post(NOTIFY, &[("token", token_of(&link)), ("on", "maybe")])
        .await
        .expect(422);
}

#[tokio::test]
async fn staff_follow_a_conversation_and_leave_it_be() {
    let (app, mut maya) = open_house().await;
    let mut tom = app.staff("tomasz").await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Hello").await;
    let thread = thread_of(&app, &link).await;
    staff_does(
        &mut maya,
        "reply",
        &[("threadId", &thread), ("body", "Hi Ann")],
    )
    .await;
    for (on, told) in [("1", true), ("0", false)] {
        tom.post(NOTIFY, &[("threadId", &thread), ("on", on)])
            .await
            .expect(303);
        app.run_jobs().await;
        let before = app.mails_to("tomasz@example.com").len();
        staff_does(
            &mut maya,
            "reply",
            &[("threadId", &thread), ("body", on), ("isInternalNote", "1")],
        )
        .await;
        app.run_jobs().await;
        assert_eq!(
            app.mails_to("tomasz@example.com").len() > before,
            told,
            "{on}"
        );
    }
}
