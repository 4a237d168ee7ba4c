use super::*;

#[tokio::test]
async fn check15_a_message_that_is_held_leaves_at_its_time_and_not_before() {
    let (app, mut ada, mut ann) = asked().await;
    let before = app.mails_to("ann@example.com").len();
    let fields = [
        ("threadId", ann.thread.as_str()),
        ("body", LETTER),
        ("undoSeconds", "10"),
    ];
    // Sent without a script; the browser is closed at once.
    ada.does("admin/reply", &fields).await.expect(303);
    let page = ada.reads(&ann.thread).await.expect(200);
    let shown = words(page.text());
    assert!(shown.contains(LETTER), "{shown}");
    assert!(
        shown.contains("Leaves at 12:05:10 Undo Send now"),
        "{shown}"
    );
    assert!(
        inbox(&mut ada, "pending").await.contains("To ann: "),
        "{shown}"
    );

    for _ in 0..10 {
        app.run_jobs().await;
        assert_eq!((messages(&app).await, held(&app).await), (1, 1));
        assert!(!ann.looks().await.text().contains(LETTER));
        app.advance(SECOND);
    }
    app.run_jobs().await;
    assert_eq!((messages(&app).await, held(&app).await), (2, 0));
    let mails = app.mails_to("ann@example.com");
    assert_eq!(mails.len(), before + 1);
    assert!(mails[before].text.contains(LETTER));
    assert!(ann.looks().await.text().contains(LETTER));
    let shown = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(
        shown.contains("Answered") && !shown.contains("Leaves"),
        "{shown}"
    );
}

#[tokio::test]
async fn check15_undo_brings_the_text_back_and_no_mail_leaves() {
    let (app, mut ada, mut ann) = asked().await;
    let before = app.mails().len();
    let id = ada.holds(&ann.thread, LETTER).await;
    app.advance(SECOND * 8);
    let undone = ada.does_with("admin/unsend", &ann.thread, &id).await;
    let page = undone.expect(303);
    assert!(
        page.header("location")
            .unwrap()
            .ends_with("?write=reply#write")
    );
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!((messages(&app).await, app.mails().len()), (1, before));
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(is_back(&page, LETTER), "{page:?}");
    // The same text is sent after all.
    ada.holds(&ann.thread, LETTER).await;
    app.advance(HOLD);
    app.run_jobs().await;
    assert!(ann.looks().await.text().contains(LETTER));
    assert_eq!(drafts(&app).await, 0);
}

#[tokio::test]
async fn the_very_same_form_may_be_sent_again_after_undo() {
    let (app, mut ada, ann) = asked().await;
    let fields = [
        ("threadId", ann.thread.as_str()),
        ("body", LETTER),
        ("key", "a-one-time-key-that-one-page-was-given"),
        ("undoSeconds", "10"),
    ];
    let first = ada.says("admin/reply", &fields).await.expect(200).json();
    ada.says("admin/reply", &fields).await.expect(200);
    assert_eq!(held(&app).await, 1, "a double click holds one");
    let id = first["held"]["id"].as_str().unwrap();
    assert_eq!(first["held"]["leavesAt"], "2026-11-20T12:05:10Z");
    ada.does_with("admin/unsend", &ann.thread, id)
        .await
        .expect(303);
    ada.says("admin/reply", &fields).await.expect(200);
    assert_eq!(held(&app).await, 1);
}

#[tokio::test]
async fn send_now_waits_no_longer() {
    let (app, mut ada, mut ann) = asked().await;
    let id = ada.holds(&ann.thread, LETTER).await;
    let sent = ada.does_with("admin/send-now", &ann.thread, &id).await;
    sent.expect(303);
    assert!(ann.looks().await.text().contains(LETTER));
    // Whoever is too late is told so.
    for action in ["admin/unsend", "admin/send-now"] {
        let late = ada.does_with(action, &ann.thread, &id).await.expect(409);
        let shown = words(late.text());
        assert!(
            shown.contains("this message is not held any more"),
            "{shown}"
        );
    }
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!(messages(&app).await, 2);
}

#[tokio::test]
async fn send_and_close_closes_when_it_leaves() {
    let (app, mut ada, ann) = asked().await;
    let fields = [
        ("threadId", ann.thread.as_str()),
        ("body", LETTER),
        ("status", "closed"),
        ("undoSeconds", "10"),
    ];
    ada.does("admin/reply", &fields).await.expect(303);
    let shown = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(shown.contains("and closes the conversation"), "{shown}");
    assert!(!inbox(&mut ada, "closed").await.contains("1 conversation"));
    app.advance(HOLD);
    app.run_jobs().await;
    assert!(inbox(&mut ada, "closed").await.contains("1 conversation"));
    let shown = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(shown.contains("ada closed this"), "{shown}");
}

#[tokio::test]
async fn who_answers_and_then_closes_has_closed_it() {
    let (app, mut ada, mut ann) = asked().await;
    let close = [("threadId", ann.thread.as_str()), ("status", "closed")];
    ada.does("admin/status", &close).await.expect(303);
    app.advance(SECOND);
    // An answer to what was closed before opens it, as ever.
    ada.holds(&ann.thread, "One thing more.").await;
    app.advance(HOLD);
    app.run_jobs().await;
    assert!(inbox(&mut ada, "open").await.contains("1 conversation"));
    ada.holds(&ann.thread, LETTER).await;
    app.advance(SECOND);
    ada.does("admin/status", &close).await.expect(303);
    app.advance(HOLD);
    app.run_jobs().await;
    assert!(ann.looks().await.text().contains(LETTER));
    assert!(inbox(&mut ada, "closed").await.contains("1 conversation"));
}

#[tokio::test]
async fn what_comes_while_it_is_held_does_not_stop_it_and_stays_unread() {
    let (app, mut ada, mut ann) = asked().await;
    let mut maya = app.staff("maya").await;
    ada.holds(&ann.thread, LETTER).await;
    app.advance(SECOND);
    ann.replies("Are you there?").await.expect(303);
    maya.answers(&ann.thread, "We are.").await;
    app.advance(HOLD);
    app.run_jobs().await;
    let page = ann.looks().await.expect(200);
    let at = |text| page.text().find(text).expect("it is there");
    assert!(
        at("We are.") < at(LETTER),
        "in the order in which they came"
    );
    assert!(inbox(&mut ada, "open").await.contains("Unread."));
}

#[tokio::test]
async fn two_of_one_writer_leave_in_order_and_leave_nothing_unread() {
    let (app, mut ada, mut ann) = asked().await;
    ada.holds(&ann.thread, "First this.").await;
    app.advance(SECOND);
    ada.holds(&ann.thread, "Then that.").await;
    app.advance(HOLD);
    app.run_jobs().await;
    let page = ann.looks().await.expect(200);
    let at = |text| page.text().find(text).expect("it is there");
    assert!(at("First this.") < at("Then that."));
    assert!(!inbox(&mut ada, "open").await.contains("Unread."));
}

#[tokio::test]
async fn a_note_is_not_held_and_nor_is_what_asks_for_no_time() {
    let (app, mut ada, ann) = asked().await;
    let note = [
        ("threadId", ann.thread.as_str()),
        ("body", "Hush."),
        ("isInternalNote", "1"),
        ("undoSeconds", "10"),
    ];
    ada.does("admin/reply", &note).await.expect(303);
    assert_eq!(
        app.number("SELECT count(*) FROM messages WHERE kind = 'note'")
            .await,
        1
    );
    for (seconds, status, at_once) in [
        ("", 303, 1),
        ("0", 303, 1),
        ("30", 303, 0),
        ("31", 422, 0),
        ("-1", 422, 0),
        ("1.5", 422, 0),
        ("ten", 422, 0),
    ] {
        let before = messages(&app).await;
        let body = format!("For {seconds} seconds.");
        let fields = [
            ("threadId", ann.thread.as_str()),
            ("body", body.as_str()),
            ("undoSeconds", seconds),
        ];
        let answer = ada.does("admin/reply", &fields).await.expect(status);
        assert_eq!(messages(&app).await - before, at_once, "{seconds}");
        assert_eq!(answer.text().contains(&body), status == 422, "it is kept");
    }
}

#[tokio::test]
async fn the_composer_asks_for_what_its_writer_has_chosen() {
    let (app, mut ada, ann) = asked().await;
    let page = ada.reads(&ann.thread).await.expect(200);
    assert_eq!(page.field("undoSeconds").unwrap(), "10");
    app.force("UPDATE users SET undo_seconds = 30").await;
    let page = ada.reads(&ann.thread).await.expect(200);
    assert_eq!(page.field("undoSeconds").unwrap(), "30");
    app.force("UPDATE users SET undo_seconds = 0").await;
    let page = ada.reads(&ann.thread).await.expect(200);
    assert_eq!(page.field("undoSeconds"), None);
}

#[tokio::test]
async fn after_closing_what_its_reader_has_chosen_opens() {
    let (app, mut ada) = TestApp::open().await;
    let mut threads = Vec::new();
    for name in ["ann", "bob", "cleo"] {
        let guest = Guest::asks(&app, &format!("{name}@example.com"), "Hm?").await;
        threads.push(guest.thread);
        app.advance(SECOND);
    }
    let [ann, bob, cleo] = [&*threads[0], &*threads[1], &*threads[2]];
    let page = |thread: &str| format!("/pigeon/admin/threads/{thread}?source=pending");
    let list = "/pigeon/admin/threads?source=pending".to_owned();
    // Newest first: below Bob's stands Ann's, below Ann's nothing, so Cleo's above is next.
    for (chosen, closes, leads) in [
        ("stay", bob, page(bob)),
        ("list", ann, list.clone()),
        ("next", bob, page(ann)),
        ("next", ann, page(cleo)),
        ("next", cleo, list),
    ] {
        if chosen == "stay" {
            app.force("UPDATE users SET after_closing = 'stay'").await;
        } else if chosen == "list" {
            app.force("UPDATE users SET after_closing = 'list'").await;
        } else {
            app.force("UPDATE users SET after_closing = 'next'").await;
        }
        let fields = [
            ("threadId", closes),
            ("source", "pending"),
            ("status", "closed"),
        ];
        let answer = ada.does("admin/status", &fields).await.expect(303);
        let to = answer.header("location").unwrap();
        let (to, _) = to.split_once("&undo=").expect("it can be undone there");
        assert_eq!(to, leads, "{chosen}");
        if chosen != "next" {
            app.force("UPDATE threads SET status = 'pending', closed_at = NULL")
                .await;
        }
    }
    // Send and close leads the same way, and what is held is taken back there.
    app.force("UPDATE threads SET status = 'pending', closed_at = NULL")
        .await;
    let fields = [
        ("threadId", bob),
        ("source", "pending"),
        ("status", "closed"),
        ("body", LETTER),
        ("undoSeconds", "10"),
    ];
    let answer = ada.does("admin/reply", &fields).await.expect(303);
    assert_eq!(answer.header("location").unwrap(), page(ann));
    let next = ada.follow(&answer).await.expect(200);
    let shown = words(next.text());
    assert!(shown.contains("To bob: Support request"), "{shown}");
    assert!(next.field("heldId").is_some(), "it can be taken back there");
    // One that only answers stays.
    let fields = [("threadId", ann), ("source", "pending"), ("body", LETTER)];
    let answer = ada.does("admin/reply", &fields).await.expect(303);
    assert_eq!(answer.header("location").unwrap(), page(ann) + "#last");
}
