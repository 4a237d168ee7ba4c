//! Who of the team is where: seen by the team, forgotten when pages fall silent.

use std::time::Duration;

use crate::support::{Guest, Person, TestApp, words};

async fn does(person: &mut Person, guest: &Guest, doing: &str) {
    let fields = [("threadId", guest.thread.as_str()), ("doing", doing)];
    person.does("admin/presence", &fields).await.expect(303);
}

async fn shown(person: &mut Person, guest: &Guest) -> Vec<String> {
    let page = format!("/pigeon/admin/threads/{}", guest.thread);
    let page = person.get(&page).await.expect(200);
    let parts = page.text().split("aria-label=\"").skip(1);
    let labels = parts.filter_map(|part| part.split('"').next());
    let present = labels.filter(|label| label.starts_with("tom is"));
    present.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_team_sees_who_is_there_and_who_is_writing_on_every_node() {
    let (app, mut ada) = TestApp::open().await;
    let other = app.node_beside().await;
    let mut tom = app.staff("tom").await;
    tom.address = other.address;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let topic = format!("here-{}", ann.thread);
    app.settle(&ada).await;
    let mut stream = ada.listens(&format!("/pigeon/events?topics={topic}")).await;
    for (doing, label) in [
        ("here", "tom is here"),
        ("note", "tom is writing a note"),
        ("reply", "tom is writing a reply"),
    ] {
        does(&mut tom, &ann, doing).await;
        let heard = stream.hears().await.expect("the stream goes on");
        assert!([topic.as_str(), "all"].contains(&heard.as_str()));
        // In the head, in the list beside it.
        assert_eq!(shown(&mut ada, &ann).await, [label; 2]);
        assert!(shown(&mut tom, &ann).await.is_empty(), "not oneself");
        let list = ada.get("/pigeon/admin/threads?source=all").await;
        assert!(list.text().contains(label), "{}", list.text());
    }
    let page = ada
        .get(&format!("/pigeon/admin/threads/{}", ann.thread))
        .await;
    assert!(words(page.text()).contains("tom is writing a reply"));
    does(&mut tom, &ann, "gone").await;
    assert!(shown(&mut ada, &ann).await.is_empty());
}

#[tokio::test]
async fn whoever_falls_silent_is_gone_after_45_seconds() {
    let (app, mut ada) = TestApp::open().await;
    let mut tom = app.staff("tom").await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let topic = format!("here-{}", ann.thread);
    does(&mut tom, &ann, "here").await;
    app.advance(Duration::from_secs(20));
    does(&mut tom, &ann, "here").await;
    app.advance(Duration::from_secs(44));
    assert_eq!(shown(&mut ada, &ann).await, ["tom is here"; 2]);
    app.settle(&ada).await;
    let mut stream = ada.listens(&format!("/pigeon/events?topics={topic}")).await;
    app.advance(Duration::from_secs(1));
    assert!(shown(&mut ada, &ann).await.is_empty());
    // And pages that are open are told, by whoever notices first.
    while stream.hears().await.expect("the stream goes on") != topic {}
    assert_eq!(app.number("SELECT count(*) FROM presence").await, 0);
}

#[tokio::test]
async fn a_page_stays_open_beyond_the_trash_and_is_left_after_its_conversation_is_deleted() {
    let (app, mut ada) = TestApp::open().await;
    let mut tom = app.staff("tom").await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    for deed in ["admin/trash", "admin/purge"] {
        does(&mut tom, &ann, "here").await;
        let thread = ("threadId", ann.thread.as_str());
        tom.does("threads/mark-read", &[thread]).await.expect(303);
        let done = ada.does_to(&[&ann.thread], deed, &[]).await;
        done.expect(200);
    }
    app.run_jobs().await;
    let page = format!("/pigeon/admin/threads/{}", ann.thread);
    tom.get(&page).await.expect(404);
    does(&mut tom, &ann, "gone").await;
    assert_eq!(app.number("SELECT count(*) FROM presence").await, 0);
}

#[tokio::test]
async fn renewing_is_no_news() {
    let (app, ada) = TestApp::open().await;
    let mut tom = app.staff("tom").await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.settle(&ada).await;
    let stream = ada
        .listens(&format!("/pigeon/events?topics=here-{}", ann.thread))
        .await;
    let mut witness = ada.listens("/pigeon/events?topics=inbox").await;
    for _ in 0..3 {
        does(&mut tom, &ann, "here").await;
        app.announce(&["inbox"]).await;
        witness.hears().await;
    }
    app.app.streams.close();
    assert_eq!(stream.hears_out().await.len(), 1);
}

#[tokio::test]
async fn r36_presence_leaves_no_trace_for_guests() {
    let (app, _) = TestApp::open().await;
    let mut tom = app.staff("tom").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let before = ann.looks().await.text().to_owned();
    does(&mut tom, &ann, "reply").await;
    let after = ann.looks().await.text().to_owned();
    assert_eq!(words(&before), words(&after));
    let events = "SELECT count(*) FROM messages WHERE kind = 'event'";
    assert_eq!(app.number(events).await, 0);
}

#[tokio::test]
async fn what_is_no_doing_is_refused() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let thread = ("threadId", ann.thread.as_str());
    for doing in ["", "sleeping", "HERE"] {
        let fields = [thread, ("doing", doing)];
        ada.does("admin/presence", &fields).await.expect(422);
    }
    assert_eq!(app.number("SELECT count(*) FROM presence").await, 0);
}
