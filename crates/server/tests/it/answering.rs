//! What an answer does to the conversation it stands in.

use std::time::Duration;

use crate::support::{Guest, Person, TestApp, words};

#[tokio::test]
async fn an_event_before_an_own_answer_leaves_nothing_unread() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let status = [("threadId", ann.thread.as_str()), ("status", "open")];
    ada.does("admin/status", &status).await.expect(303);
    ada.answers(&ann.thread, "Well.").await;
    let inbox = ada
        .get("/pigeon/admin/threads?source=all")
        .await
        .expect(200);
    assert!(!words(inbox.text()).contains("Unread."), "{inbox:?}");
}

#[tokio::test]
async fn send_and_close_leaves_a_closed_conversation_closed() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let close = [
        ("threadId", ann.thread.clone()),
        ("status", "closed".to_owned()),
    ];
    let close = close
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    ada.does("admin/status", &close).await.expect(303);
    app.advance(Duration::from_hours(1));
    let more = [close[0], close[1], ("body", "One thing more.")];
    ada.does("admin/reply", &more).await.expect(303);
    let shown = words(ann.looks().await.expect(200).text());
    assert!(shown.contains("One thing more."), "{shown}");
    let page = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(!page.contains("reopened"), "{page}");
    let closed = ada.get("/pigeon/admin/threads?source=closed").await;
    assert!(closed.text().contains(&ann.thread), "{closed:?}");
}

#[tokio::test]
async fn somebody_waits_from_their_first_message_without_an_answer() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let waits = async |ada: &mut Person| {
        let inbox = ada.get("/pigeon/admin/threads").await.expect(200);
        words(inbox.text()).contains("Waiting 5 h")
    };
    let id = ann.thread.clone();
    let open = [("threadId", id.as_str()), ("status", "open")];
    ada.does("admin/status", &open).await.expect(303);
    app.advance(Duration::from_hours(5));
    assert!(!waits(&mut ada).await);
    ann.replies("Hello?").await.expect(303);
    assert!(waits(&mut ada).await, "opening it by hand answered nothing");
    ada.answers(&id, "Well.").await;
    ann.replies("And?").await.expect(303);
    assert!(!waits(&mut ada).await, "what was answered is over");
}
