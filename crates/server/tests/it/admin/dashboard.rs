use std::time::Duration;

use pigeon::accounts::Permission;

use super::words;
use crate::support::{Guest, TestApp, id_of};

const HOME: &str = "/pigeon/admin";

#[tokio::test]
async fn the_week_tells_what_came_in_what_was_answered_and_how_soon() {
    let (app, mut ada) = TestApp::open().await;
    // Sunday 15 November: eight days before the last look, and not in the week.
    let mut old = Guest::asks(&app, "old@example.com", "Long ago?").await;
    app.advance(Duration::from_hours(7 * 24));
    old.replies("Still there?").await.expect(303);
    for (n, minutes) in [(1, 10), (2, 100), (3, 700)] {
        let guest = Guest::asks(&app, &format!("g{n}@example.com"), "Hm?").await;
        app.advance(Duration::from_mins(minutes));
        ada.answers(&guest.thread, "Well.").await;
    }
    ada.notes(&old.thread, "No answer, and not counted.").await;
    let page = ada.get(HOME).await.expect(200);
    let text = words(&page);
    assert!(
        text.contains("Messages in 4 Answered 3 First answer, median 1 h 40 min"),
        "{text}"
    );
    let row = "Fri 4 2";
    assert!(text.contains(row), "{text}");
    assert!(
        text.contains("Sat 0 1"),
        "the third answer came after midnight: {text}"
    );

    // What others do is seen within a minute.
    Guest::asks(&app, "g4@example.com", "Hm?").await;
    app.advance(Duration::from_secs(61));
    let text = words(&ada.get(HOME).await.expect(200));
    assert!(text.contains("Messages in 5"), "{text}");
}

#[tokio::test]
async fn home_shows_what_is_mine_and_who_has_what() {
    let (app, mut ada) = TestApp::open().await;
    let may = [Permission::ManageThreads, Permission::AssignThreads];
    let mut maya = app.signed_in("maya", false, &may).await;
    let mut threads = Vec::new();
    for n in 1..=3 {
        let fields = [
            ("email", &*format!("g{n}@example.com")),
            ("subject", &*format!("Question {n}")),
            ("body", "Hm?"),
        ];
        threads.push(Guest::starts(&app, &fields).await.thread);
    }
    let maya_id = id_of(&mut maya).await;
    for thread in &threads[..2] {
        let fields = [("threadId", thread.as_str()), ("assigneeId", &maya_id)];
        ada.does("admin/assign", &fields).await.expect(303);
    }
    maya.answers(&threads[0], "Well.").await;
    let text = words(&maya.get(HOME).await.expect(200));
    assert!(
        text.contains("You 2 open , 1 needs a reply")
            || text.contains("You 2 open, 1 needs a reply"),
        "{text}"
    );
    assert!(
        text.contains("Nobody yet 1 open, 1 needs a reply"),
        "{text}"
    );
    assert!(text.contains("ada 0 open"), "{text}");
    let (_, yours) = text.split_once("Yours").unwrap();
    let (yours, _) = yours.split_once("Who has what").unwrap();
    assert!(
        yours.contains("Question 1") && yours.contains("Question 2"),
        "{yours}"
    );
    assert!(!yours.contains("Question 3"), "{yours}");
    let text = words(&ada.get(HOME).await.expect(200));
    assert!(text.contains("Nothing is assigned to you."), "{text}");
}

#[tokio::test]
async fn a_hosts_dashboard_hears_when_its_widget_is_to_be_fetched_again() {
    let (app, _) = TestApp::open().await;
    let mut rea = app
        .signed_in("rea", false, &[Permission::AccessPlugin])
        .await;
    app.settle(&rea).await;
    let mut events = rea.listens("/pigeon/events?topics=inbox").await;
    for count in 1..=2 {
        Guest::asks(&app, &format!("g{count}@example.com"), "Hm?").await;
        assert_eq!(events.hears().await.as_deref(), Some("inbox"));
        let json = rea.get("/pigeon/admin/widget.json").await.expect(200);
        assert_eq!(json.json()["count"], count);
    }
}

#[tokio::test]
async fn the_widget_comes_by_itself_as_html_and_as_json() {
    let (app, mut ada) = TestApp::open().await;
    let fields = [
        ("email", "ann@example.com"),
        ("name", "<Ann>"),
        ("subject", "A <cup>"),
        ("body", "Hm?"),
    ];
    let ann = Guest::starts(&app, &fields).await;
    let fragment = ada.get("/pigeon/admin/widget").await.expect(200);
    let html = fragment.text();
    assert!(html.trim_start().starts_with("<section"), "{html}");
    assert!(!html.contains("<html") && !html.contains("<cup>"), "{html}");
    assert!(
        html.contains("<span class=\"pigeon-badge\">1</span>"),
        "{html}"
    );
    assert!(html.contains(&format!("/pigeon/admin/threads/{}", ann.thread)));

    let answer = ada.get("/pigeon/admin/widget.json").await.expect(200);
    let json = answer.json();
    assert_eq!(json["count"], 1);
    assert_eq!(json["badge"], "1");
    let thread = &json["threads"][0];
    assert_eq!(thread["title"], "A <cup>");
    assert_eq!(thread["from"], "<Ann>");
    assert_eq!(thread["threadStatus"], "pending");
    assert_eq!(thread["waitingSince"], "2026-11-20T12:05:00Z");
    let url = format!("http://pigeon.test/pigeon/admin/threads/{}", ann.thread);
    assert_eq!(thread["url"], url);

    // It counts what the badge counts: not what others are assigned to.
    let mut maya = app.staff("maya").await;
    let ada_id = id_of(&mut ada).await;
    let fields = [("threadId", ann.thread.as_str()), ("assigneeId", &ada_id)];
    ada.does("admin/assign", &fields).await.expect(303);
    let json = maya.get("/pigeon/admin/widget.json").await.expect(200);
    assert_eq!(json.json()["count"], 0);
    assert_eq!(json.json()["threads"].as_array().unwrap().len(), 0);
}
