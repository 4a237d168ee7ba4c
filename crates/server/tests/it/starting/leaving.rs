use super::*;
use crate::support::{id_of, words};

#[tokio::test]
async fn check15_a_conversation_that_is_held_begins_at_its_time_and_not_before() {
    let (app, mut ada) = TestApp::open().await;
    // Sent without a script; the browser is closed at once.
    let fields = typed(&[("undoSeconds", "10")]);
    let sent = ada.does("admin/start", &fields).await.expect(303);
    let page = ada.follow(&sent).await.expect(200);
    let shown = words(page.text());
    for said in [
        "Your \"lid\"",
        "to Ben Okafor, ben@guests.example",
        "your lid is on its way .",
        "Leaves at 12:05:10 Undo Send now",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let list = ada.get("/pigeon/admin/threads").await.expect(200);
    let strip = "To Ben: Your \"lid\" Leaves at 12:05:10 Undo";
    assert!(words(list.text()).contains(strip), "{list:?}");

    for _ in 0..10 {
        app.run_jobs().await;
        assert_eq!((threads(&app).await, held(&app).await), (0, 1));
        assert!(app.mails().is_empty());
        app.advance(SECOND);
    }
    app.run_jobs().await;
    assert_eq!((threads(&app).await, held(&app).await), (1, 0));
    let mails = app.mails_to("ben@guests.example");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Dear Ben,"), "{}", mails[0].text);
    // Where it was held, it is found.
    let left = ada.follow(&sent).await.expect(303);
    let page = ada.follow(&left).await.expect(200);
    let shown = words(page.text());
    assert!(
        shown.contains("ada to Ben ") && shown.contains("Answered"),
        "{shown}"
    );
    assert!(!shown.contains("Leaves"), "{shown}");
}

#[tokio::test]
async fn check15_undo_brings_back_all_that_was_typed_and_no_mail_leaves() {
    let (app, mut ada) = TestApp::open().await;
    app.staff("maya").await;
    let maya = crate::support::id_of_user(&app, "maya").await;
    let id = ada.begins(&[("assigneeId", &maya)]).await;
    let page = ada.get(&page_of(&id)).await.expect(200);
    assert!(words(page.text()).contains("assigned to maya"), "{page:?}");
    app.advance(SECOND * 8);
    let undone = ada.does_with_start("admin/unsend", &id).await.expect(303);
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!((threads(&app).await, app.mails().len()), (0, 0));
    // There, and by the way that leads to any new conversation.
    for page in [
        ada.follow(&undone).await,
        ada.get("/pigeon/admin/new").await,
    ] {
        let page = page.expect(200);
        assert_filled_in(&page);
        let chosen = format!("<option value=\"{maya}\" selected>");
        assert!(page.text().contains(&chosen), "{page:?}");
        assert_eq!(page.field("draftId").as_deref(), Some(&*id));
    }
    // It is sent after all, and nothing is left of the draft.
    ada.begins(&[("assigneeId", &maya), ("draftId", &id)]).await;
    assert_eq!((held(&app).await, drafts(&app).await), (1, 0));
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!((threads(&app).await, held(&app).await), (1, 0));
    assert_eq!(app.mails_to("maya@example.com").len(), 1, "it is assigned");
    assert_eq!(drafts(&app).await, 0);
}

#[tokio::test]
async fn p2_the_same_form_begins_one_conversation_held_or_left_and_another_after_undo() {
    let (app, mut ada) = TestApp::open().await;
    let fields = typed(&[
        ("undoSeconds", "10"),
        ("key", "a-one-time-key-that-one-page-was-given"),
    ]);
    let first = ada.says("admin/start", &fields).await.expect(200).json();
    let again = ada.says("admin/start", &fields).await.expect(200).json();
    assert_eq!(first["held"], again["held"]);
    assert_eq!(first["held"]["leavesAt"], "2026-11-20T12:05:10Z");
    assert_eq!(held(&app).await, 1, "a double click holds one");
    let id = first["held"]["id"].as_str().unwrap();
    ada.does_with_start("admin/unsend", id).await.expect(303);
    ada.says("admin/start", &fields).await.expect(200);
    assert_eq!(held(&app).await, 1);
    app.advance(HOLD);
    app.run_jobs().await;
    let left = ada.says("admin/start", &fields).await.expect(200).json();
    assert!(left["thread"]["id"].is_string(), "{left}");
    assert_eq!((threads(&app).await, held(&app).await), (1, 0));
    // Without a key it is the words that say it, however they are sent.
    ada.begins(&[]).await;
    ada.does("admin/start", &FORM).await.expect(303);
    assert_eq!((threads(&app).await, held(&app).await), (1, 1));
}

#[tokio::test]
async fn send_now_waits_no_longer_and_leads_to_the_conversation() {
    let (app, mut ada) = TestApp::open().await;
    let id = ada.begins(&[]).await;
    let sent = ada.does_with_start("admin/send-now", &id).await.expect(303);
    let page = ada.follow(&sent).await.expect(200);
    assert!(words(page.text()).contains("ada to Ben "), "{page:?}");
    // Whoever is too late is told so, and shown the way.
    for action in ["admin/unsend", "admin/send-now"] {
        let late = ada.does_with_start(action, &id).await.expect(409);
        let shown = words(late.text());
        assert!(
            shown.contains("this message is not held any more"),
            "{shown}"
        );
        let way = format!("href=\"{}\"", sent.header("location").unwrap());
        assert!(late.text().contains(&way), "{late:?}");
    }
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!(threads(&app).await, 1);
    assert_eq!(app.mails_to("ben@guests.example").len(), 1);
}

#[tokio::test]
async fn the_form_asks_for_what_its_writer_has_chosen_and_without_that_it_begins_at_once() {
    let (app, mut ada) = TestApp::open().await;
    let page = ada.get("/pigeon/admin/new").await.expect(200);
    assert_eq!(page.field("undoSeconds").as_deref(), Some("10"));
    app.force("UPDATE users SET undo_seconds = 0").await;
    let page = ada.get("/pigeon/admin/new").await.expect(200);
    assert_eq!(page.field("undoSeconds"), None);
    for (seconds, status, at_once) in [
        ("", 303, 1),
        ("0", 303, 1),
        ("30", 303, 0),
        ("31", 422, 0),
        ("-1", 422, 0),
        ("ten", 422, 0),
    ] {
        let before = threads(&app).await;
        let body = format!("For {seconds} seconds.");
        let fields = [
            ("email", "ben@guests.example"),
            ("body", &*body),
            ("undoSeconds", seconds),
        ];
        let answer = ada.does("admin/start", &fields).await.expect(status);
        assert_eq!(threads(&app).await - before, at_once, "{seconds}");
        assert_eq!(answer.text().contains(&body), status == 422, "it is kept");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_before_it_is_held() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let id = id_of(&mut ada).await;
    let assigned = typed(&[("undoSeconds", "10"), ("assigneeId", &id)]);
    maya.does("admin/start", &assigned).await.expect(403);
    let nobody = typed(&[("undoSeconds", "10"), ("assigneeId", "nobody")]);
    let refused = ada.does("admin/start", &nobody).await.expect(422);
    assert_filled_in(&refused);
    let fields = [("email", "ben"), ("body", " "), ("undoSeconds", "10")];
    ada.does("admin/start", &fields).await.expect(422);
    assert_eq!(held(&app).await, 0);
}

#[tokio::test]
async fn of_several_drafts_the_newest_stands_in_the_form_and_the_others_are_named() {
    let (app, mut ada) = TestApp::open().await;
    let mut ids = Vec::new();
    for email in ["ann@guests.example", "ben@guests.example"] {
        let fields = [("email", email), ("body", LETTER), ("undoSeconds", "30")];
        let sent = ada.says("admin/start", &fields).await.expect(200).json();
        ids.push(sent["held"]["id"].as_str().unwrap().to_owned());
        app.advance(SECOND);
    }
    for id in &ids {
        ada.does_with_start("admin/unsend", id).await.expect(303);
    }
    let page = ada.get("/pigeon/admin/new").await.expect(200);
    assert_eq!(page.field("email").as_deref(), Some("ben@guests.example"));
    // Nobody typed a name or a subject, and nobody finds one in the form.
    assert_eq!(page.field("name").as_deref(), Some(""));
    assert_eq!(page.field("subject").as_deref(), Some(""));
    let other = "To ann@guests.example: Support request";
    assert!(words(page.text()).contains(other), "{page:?}");
    let page = ada.get(&page_of(&ids[0])).await.expect(200);
    assert_eq!(page.field("email").as_deref(), Some("ann@guests.example"));
    let empty = ada.get(&page_of("none")).await.expect(200);
    assert_eq!(empty.field("email").as_deref(), Some(""));
    assert_eq!(empty.field("draftId"), None);
}

#[tokio::test]
async fn a_draft_is_changed_and_deleted() {
    let (app, mut ada) = TestApp::open().await;
    let id = ada.begins(&[]).await;
    ada.does_with_start("admin/unsend", &id).await.expect(303);
    let mut changed = typed(&[("draftId", &id)]);
    changed[1].1 = "Benedict";
    let kept = ada.does("admin/draft", &changed).await.expect(303);
    let page = ada.follow(&kept).await.expect(200);
    assert_eq!(page.field("name").as_deref(), Some("Benedict"));
    // It need not be whole to be kept.
    let half = [("draftId", &*id), ("email", "ben@"), ("body", "")];
    ada.does("admin/draft", &half).await.expect(303);
    assert_eq!(drafts(&app).await, 1);
    let delete = [("draftId", &*id), ("body", LETTER), ("discard", "1")];
    ada.does("admin/draft", &delete).await.expect(303);
    assert_eq!(drafts(&app).await, 0);
    // What is gone is not kept again, and what was typed is not lost.
    let late = ada.does("admin/draft", &changed).await.expect(409);
    assert!(late.text().contains("value=\"Benedict\""), "{late:?}");
    // Emptied, it is none any more.
    let id = ada.begins(&[]).await;
    ada.does_with_start("admin/unsend", &id).await.expect(303);
    let empty = [("draftId", &*id), ("body", " ")];
    ada.does("admin/draft", &empty).await.expect(303);
    assert_eq!(drafts(&app).await, 0);
}
