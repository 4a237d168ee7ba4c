use super::*;

/// It is a draft again, its writer is told so on every page, and why; nobody was mailed.
async fn assert_back(app: &TestApp, ada: &mut Person, ann: &Guest, why: &str) {
    assert_eq!(
        (messages(app).await, held(app).await, drafts(app).await),
        (1, 0, 1)
    );
    let shown = inbox(ada, "all").await;
    let said = format!("Not sent to ann: Support request . {why} Your text is a draft again.");
    assert!(shown.contains(&said), "{said}: {shown}");
    app.force("UPDATE threads SET trashed_at = NULL").await;
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(is_back(&page, LETTER), "{page:?}");
    assert!(words(page.text()).contains(&format!("This was not sent. {why}")));
    // Whoever goes on writing has been told.
    let keep = [("threadId", ann.thread.as_str()), ("body", LETTER)];
    ada.does("admin/draft", &keep).await.expect(303);
    assert!(!inbox(ada, "all").await.contains("Not sent"));
}

#[tokio::test]
async fn in_a_thread_that_was_trashed_it_is_a_draft_again() {
    let (app, mut ada, ann) = asked().await;
    ada.holds(&ann.thread, LETTER).await;
    app.force("UPDATE threads SET trashed_at = 1").await;
    app.advance(HOLD);
    let before = app.mails().len();
    app.run_jobs().await;
    assert_eq!(app.mails().len(), before);
    assert_back(&app, &mut ada, &ann, "The conversation is in the trash.").await;
}

#[tokio::test]
async fn r29_a_writer_who_was_disabled_sends_nothing_more() {
    let (app, mut ada, ann) = asked().await;
    ada.holds(&ann.thread, LETTER).await;
    app.force("UPDATE users SET disabled_at = 1").await;
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!((messages(&app).await, held(&app).await), (1, 0));
    app.force("UPDATE users SET disabled_at = NULL").await;
    let why = "Your account could not answer at that time.";
    assert_back(&app, &mut ada, &ann, why).await;
}

#[tokio::test]
async fn r29_a_writer_who_lost_the_right_sends_nothing_more() {
    let (app, _, ann) = asked().await;
    let mut maya = app.staff("maya").await;
    maya.holds(&ann.thread, LETTER).await;
    app.force("DELETE FROM user_permissions").await;
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!((messages(&app).await, drafts(&app).await), (1, 1));
    let send = [("threadId", ann.thread.as_str()), ("body", "x")];
    maya.does("admin/reply", &send).await.expect(403);
}

#[tokio::test]
async fn what_could_not_leave_for_a_day_waits_for_its_writer() {
    const DAY: Duration = Duration::from_hours(24);
    let (app, mut ada, ann) = asked().await;
    ada.holds(&ann.thread, LETTER).await;
    // No worker ran; or somebody dropped the job, and only the sweep finds it.
    app.advance(DAY + HOLD + SECOND);
    let why = "Nothing could leave for a day, so it waits for you to decide.";
    app.run_jobs().await;
    assert_back(&app, &mut ada, &ann, why).await;
    let id = ada.holds(&ann.thread, LETTER).await;
    app.force("DELETE FROM jobs WHERE kind = 'leave'").await;
    app.advance(DAY * 2);
    app.run_jobs().await;
    let late = ada.does_with("admin/unsend", &ann.thread, &id).await;
    late.expect(409);
    assert_back(&app, &mut ada, &ann, why).await;
}

#[tokio::test]
async fn a_restart_loses_nothing_and_any_node_lets_it_go() {
    let (mut app, mut ada, mut ann) = asked().await;
    ada.holds(&ann.thread, LETTER).await;
    let other = app.node_beside().await;
    app.ask_to_end();
    app.ended().await;
    other.advance(HOLD);
    other.run_jobs().await;
    ann.person.address = other.address;
    assert!(ann.looks().await.text().contains(LETTER));
    assert_eq!(held(&other).await, 0);
}

#[tokio::test]
async fn what_comes_back_stands_before_what_was_typed_since() {
    let (app, mut ada, ann) = asked().await;
    let first = ada.holds(&ann.thread, "First this.").await;
    let second = ada.holds(&ann.thread, "Then that.").await;
    let keep = [("threadId", ann.thread.as_str()), ("body", "And now")];
    ada.does("admin/draft", &keep).await.expect(303);
    for id in [&second, &first] {
        ada.does_with("admin/unsend", &ann.thread, id)
            .await
            .expect(303);
    }
    let page = ada.reads(&ann.thread).await.expect(200);
    let all = "First this.\n\nThen that.\n\nAnd now";
    assert!(is_back(&page, all), "{page:?}");
    assert_eq!(drafts(&app).await, 1);
}

#[tokio::test]
async fn what_comes_back_is_whole_and_says_so_where_it_is_too_long_for_one_message() {
    let (app, mut ada, ann) = asked().await;
    let (letter, since) = ("é".repeat(60_000), "x".repeat(60_000));
    let id = ada.holds(&ann.thread, &letter).await;
    let keep = [("threadId", ann.thread.as_str()), ("body", since.as_str())];
    ada.does("admin/draft", &keep).await.expect(303);
    let said = "together 20002 characters too long for one message";
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(!words(page.text()).contains("too long"));
    ada.does_with("admin/unsend", &ann.thread, &id)
        .await
        .expect(303);
    let page = ada.reads(&ann.thread).await.expect(200);
    let all = format!("{letter}\n\n{since}");
    assert!(is_back(&page, &all) && words(page.text()).contains(said));

    // Sent all the same, it comes back once more, and nothing is cut.
    let send = [("threadId", ann.thread.as_str()), ("body", all.as_str())];
    let page = ada.does("admin/reply", &send).await.expect(422);
    assert!(is_back(&page, &all));
    let page = words(page.text());
    assert!(
        page.contains("This is longer than 100000 characters."),
        "{page}"
    );
    assert_eq!((messages(&app).await, drafts(&app).await), (1, 1));

    // In two, it is sent.
    for part in [&letter, &since] {
        let send = [("threadId", ann.thread.as_str()), ("body", part.as_str())];
        ada.does("admin/reply", &send).await.expect(303);
    }
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(!words(page.text()).contains("too long"));
}
