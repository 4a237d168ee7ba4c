//! A reply that was written without knowing of a newer message is not sent, and not lost.

use std::time::Duration;

use crate::support::{Answer, Guest, Person, TestApp, words};

const LATER: &str = "Dear Ann, it left today.";

/// Maya and Ada have the conversation open; Maya is faster.
async fn overtaken(app: &TestApp, ada: &mut Person, status: &str) -> (Guest, Answer) {
    let mut maya = app.staff("maya").await;
    let ann = Guest::asks(app, "ann@example.com", "Hm?").await;
    let seen = ada.reads(&ann.thread).await.field("seen").unwrap();
    app.advance(Duration::from_mins(1));
    maya.answers(&ann.thread, "It comes on Friday.").await;
    let fields = [
        ("threadId", ann.thread.as_str()),
        ("body", LATER),
        ("seen", seen.as_str()),
        ("undoSeconds", "10"),
        ("status", status),
    ];
    let refused = ada.does("admin/reply", &fields).await.expect(409);
    (ann, refused)
}

#[tokio::test]
async fn check16_the_second_is_told_who_answered_and_may_send_theirs_too() {
    let (app, mut ada) = TestApp::open().await;
    let (mut ann, refused) = overtaken(&app, &mut ada, "").await;
    let shown = words(refused.text());
    for said in [
        "maya answered while you were writing. Your text is not sent.",
        "maya : It comes on Friday.",
        "Show",
        "Send mine too",
        "Keep as draft",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(refused.text().contains(&format!("{LATER}</textarea>")));
    let new = refused.text().split("href=\"#m-").nth(1).unwrap();
    let new = new.split('"').next().unwrap();
    assert!(
        refused.text().contains(&format!("id=\"m-{new}\"")),
        "it shows"
    );
    assert!(!ann.looks().await.text().contains(LATER));

    let seen = refused.field("seen").unwrap();
    let anyway = [
        ("threadId", ann.thread.as_str()),
        ("body", LATER),
        ("seen", seen.as_str()),
        ("anyway", "1"),
    ];
    ada.does("admin/reply", &anyway).await.expect(303);
    assert!(ann.looks().await.text().contains(LATER));
}

#[tokio::test]
async fn send_mine_too_still_closes_what_was_to_be_closed() {
    let (app, mut ada) = TestApp::open().await;
    let (ann, refused) = overtaken(&app, &mut ada, "closed").await;
    assert!(words(refused.text()).contains("Send mine too, and close"));
    assert!(refused.text().contains("name=\"anyway\" value=\"closed\""));
    let anyway = [
        ("threadId", ann.thread.as_str()),
        ("body", LATER),
        ("anyway", "closed"),
    ];
    ada.does("admin/reply", &anyway).await.expect(303);
    let closed = ada.get("/pigeon/admin/threads?source=closed").await;
    assert!(closed.text().contains(&ann.thread), "{closed:?}");
}

#[tokio::test]
async fn a_script_is_told_what_is_new() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let seen = ada.reads(&ann.thread).await.field("seen").unwrap();
    ann.replies("Never mind, it came.").await.expect(303);
    app.staff("maya").await.notes(&ann.thread, "Good.").await;
    let fields = [
        ("threadId", ann.thread.as_str()),
        ("body", LATER),
        ("seen", seen.as_str()),
    ];
    let refused = ada.says("admin/reply", &fields).await.expect(409).json();
    let said = refused["message"].as_str().unwrap();
    assert!(
        said.starts_with("2 messages came while you were writing."),
        "{said}"
    );
    let newer = refused["newer"].as_array().unwrap();
    let newer: Vec<_> = newer
        .iter()
        .map(|one| {
            let of = |name: &str| one[name].as_str().unwrap().to_owned();
            (of("kind"), of("author"), of("text"))
        })
        .collect();
    let is = |kind: &str, author: &str, text: &str| (kind.into(), author.into(), text.into());
    assert_eq!(
        newer,
        [
            is("message", "ann", "Never mind, it came."),
            is("note", "maya", "Good."),
        ]
    );
}

#[tokio::test]
async fn kept_as_a_draft_it_is_not_sent_and_not_lost() {
    let (app, mut ada) = TestApp::open().await;
    let (mut ann, refused) = overtaken(&app, &mut ada, "").await;
    assert!(
        refused
            .text()
            .contains("formaction=\"/pigeon/actions/pigeon/admin/draft\"")
    );
    let keep = [("threadId", ann.thread.as_str()), ("body", LATER)];
    ada.does("admin/draft", &keep).await.expect(303);
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(page.text().contains(&format!("{LATER}</textarea>")));
    assert!(!ann.looks().await.text().contains(LATER));
}

#[tokio::test]
async fn ones_own_messages_overtake_nobody() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let seen = ada.reads(&ann.thread).await.field("seen").unwrap();
    for body in ["One.", "Two."] {
        let fields = [
            ("threadId", ann.thread.as_str()),
            ("body", body),
            ("seen", seen.as_str()),
        ];
        ada.does("admin/reply", &fields).await.expect(303);
    }
}
