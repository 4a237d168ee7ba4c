//! Taking back what was done: each conversation gets its former value, unless somebody changed it
//! since.

use std::time::Duration;

use pigeon::accounts::Permission::{AssignThreads, ManageThreads};

use crate::support::{Answer, Guest, Person, TestApp, id_of, id_of_user, told, words};

const HOUR: Duration = Duration::from_hours(1);

fn message(answer: &Answer) -> String {
    answer.json()["message"].as_str().unwrap().to_owned()
}

/// Everything about the conversations but their events and numbers.
async fn state(app: &TestApp) -> Vec<(String, Option<i64>, bool, Option<i64>)> {
    let mut conn = app.app.db.read().await.unwrap();
    let query = conn.query(
        "SELECT status, closed_at, assignee_id IS NULL, trashed_at FROM threads
         ORDER BY starter_email",
    );
    query.fetch_all().await.unwrap()
}

async fn three(app: &TestApp) -> [Guest; 3] {
    [
        Guest::asks(app, "ann@example.com", "Hm?").await,
        Guest::asks(app, "bob@example.com", "Hm?").await,
        Guest::asks(app, "cleo@example.com", "Hm?").await,
    ]
}

#[tokio::test]
async fn each_gets_back_what_it_was_and_the_time_of_closing_too() {
    let (app, mut ada) = TestApp::open().await;
    let guests = three(&app).await;
    let ids = guests.each_ref().map(|guest| guest.thread.as_str());
    ada.answers(ids[1], "Well.").await;
    let me = id_of(&mut ada).await;
    ada.does_to(&ids[1..2], "admin/assign", &[("assigneeId", &me)])
        .await
        .expect(200);
    ada.does_to(&ids[2..], "admin/status", &[("status", "closed")])
        .await
        .expect(200);
    app.advance(HOUR);
    let before = state(&app).await;
    for (action, field) in [
        ("admin/status", ("status", "closed")),
        ("admin/status", ("status", "open")),
        ("admin/status", ("status", "pending")),
        ("admin/assign", ("assigneeId", me.as_str())),
        ("admin/assign", ("assigneeId", "")),
        ("admin/trash", ("x", "")),
    ] {
        let done = ada.does_to(&ids, action, &[field]).await.expect(200);
        assert_ne!(state(&app).await, before, "{action} {field:?}");
        app.advance(HOUR);
        let undone = message(&ada.undoes(&done).await.expect(200));
        assert!(undone.starts_with("Undone: "), "{undone}");
        assert!(!undone.contains("since"), "{undone}");
        assert_eq!(state(&app).await, before, "{action} {field:?}");
    }
    // What is restored goes back into the trash, with the time from which it was there.
    ada.does_to(&ids, "admin/trash", &[]).await.expect(200);
    let before = state(&app).await;
    app.advance(HOUR);
    let done = ada.does_to(&ids, "admin/restore", &[]).await.expect(200);
    ada.undoes(&done).await.expect(200);
    assert_eq!(state(&app).await, before);
}

#[tokio::test]
async fn undoing_is_told_in_each_conversation() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let me = id_of(&mut ada).await;
    for (action, field) in [
        ("admin/status", ("status", "closed")),
        ("admin/assign", ("assigneeId", me.as_str())),
        ("admin/trash", ("x", "")),
    ] {
        let done = ada.does_to(&[&ann.thread], action, &[field]).await;
        ada.undoes(&done.expect(200)).await.expect(200);
    }
    let page = ada.reads(&ann.thread).await.expect(200);
    let shown = words(page.text());
    for event in [
        "closed this",
        "reopened this",
        "took this over",
        "assigned this to nobody",
        "moved this to the trash",
        "restored this from the trash",
    ] {
        assert_eq!(shown.matches(event).count(), 1, "{event}: {shown}");
    }
}

#[tokio::test]
async fn what_somebody_changed_since_stays_and_is_counted() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let mut guests = three(&app).await;
    let ids = guests.each_ref().map(|guest| guest.thread.clone());
    let ids = ids.each_ref().map(String::as_str);
    let closed = [("status", "closed")];
    let done = ada.does_to(&ids, "admin/status", &closed).await.expect(200);
    // One is reopened and closed again by somebody else: that it is closed is no longer her deed.
    for status in ["open", "closed"] {
        maya.does_to(&ids[..1], "admin/status", &[("status", status)])
            .await
            .expect(200);
    }
    // To another the guest writes: it waits for an answer.
    guests[1].replies("One more thing.").await.expect(303);
    // A note and an assignment are no change of what is undone.
    maya.notes(ids[2], "Ask again on Monday.").await;
    let me = id_of(&mut ada).await;
    ada.does_to(&ids[2..], "admin/assign", &[("assigneeId", &me)])
        .await
        .expect(200);
    assert_eq!(
        message(&ada.undoes(&done).await.expect(200)),
        "Undone: the conversation is as it was before. 2 have changed since, and stay as they are."
    );
    let status: Vec<_> = state(&app).await.into_iter().map(|row| row.0).collect();
    assert_eq!(status, ["closed", "pending", "pending"]);

    let done = ada.does_to(&ids[..1], "admin/trash", &[]).await.expect(200);
    maya.does_to(&ids[..1], "admin/restore", &[])
        .await
        .expect(200);
    assert_eq!(
        message(&ada.undoes(&done).await.expect(200)),
        "Nothing could be undone: somebody has changed it since."
    );
}

#[tokio::test]
async fn an_answer_after_it_was_set_to_open_keeps_it_open() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let done = ada
        .does_to(&[&ann.thread], "admin/status", &[("status", "open")])
        .await
        .expect(200);
    ann.replies("Hello?").await.expect(303);
    maya.answers(&ann.thread, "Yes.").await;
    ada.undoes(&done).await.expect(200);
    assert_eq!(state(&app).await[0].0, "open");
}

#[tokio::test]
async fn undoing_belongs_to_whoever_did_it() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let done = maya
        .does_to(&[&ann.thread], "admin/trash", &[])
        .await
        .expect(200);
    let before = app.dump().await;
    ada.undoes(&done).await.expect(404);
    let none = "01920000-0000-7000-8000-000000000000";
    for undo in [none, "x", "' OR 1=1--"] {
        maya.says("admin/undo", &[("undo", undo)]).await.expect(404);
    }
    maya.says("admin/undo", &[]).await.expect(422);
    assert_eq!(app.dump().await, before);
    maya.undoes(&done).await.expect(200);
}

#[tokio::test]
async fn it_is_kept_for_a_day_over_a_restart_and_forgotten_after_a_month() {
    let (app, mut ada) = TestApp::open().await;
    let guests = three(&app).await;
    app.run_jobs().await;
    let mut done = Vec::new();
    for guest in &guests {
        let closed = [("status", "closed")];
        let one = ada.does_to(&[&guest.thread], "admin/status", &closed).await;
        done.push(one.expect(200));
    }
    app.advance(23 * HOUR + Duration::from_mins(59));
    // A program that was started after it knows of it.
    let again = app.node_beside().await;
    ada.address = again.address;
    ada.undoes(&done[0]).await.expect(200);
    app.advance(Duration::from_mins(2));
    let refused = message(&ada.undoes(&done[1]).await.expect(409));
    assert!(refused.contains("more than a day ago"), "{refused}");
    // The page offers it no more, either.
    let undo = done[1].json()["undo"].as_str().unwrap().to_owned();
    let page = format!("/pigeon/admin/threads?undo={undo}");
    let page = ada.get(&page).await.expect(200);
    assert!(page.field("undo").is_none());

    app.run_jobs().await;
    assert_eq!(app.number("SELECT count(*) FROM undos").await, 3);
    app.advance(30 * 24 * HOUR);
    app.run_jobs().await;
    assert_eq!(app.number("SELECT count(*) FROM undos").await, 0);
    assert_eq!(app.number("SELECT count(*) FROM undo_items").await, 0);
}

#[tokio::test]
async fn undoing_twice_undoes_once() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let done = ada.does_to(&[&ann.thread], "admin/trash", &[]).await;
    let done = done.expect(200);
    let (mut once, mut twice) = (ada.clone(), ada.clone());
    let (one, two) = tokio::join!(once.undoes(&done), twice.undoes(&done));
    assert_eq!(message(&one.expect(200)), message(&two.expect(200)));
    let restored = "SELECT count(*) FROM messages WHERE body LIKE '%restored%'";
    assert_eq!(app.number(restored).await, 1);
}

#[tokio::test]
async fn whoever_undoes_while_another_changes_it_leaves_one_of_both() {
    let (app, ada) = TestApp::open().await;
    let maya = app.staff("maya").await;
    let guests = three(&app).await;
    let ids = guests.each_ref().map(|guest| guest.thread.as_str());
    for _ in 0..5 {
        let (mut ada, mut maya) = (ada.clone(), maya.clone());
        let pending = [("status", "pending")];
        ada.does_to(&ids, "admin/status", &pending)
            .await
            .expect(200);
        let closed = [("status", "closed")];
        let done = ada.does_to(&ids, "admin/status", &closed).await.expect(200);
        let open = [("status", "open")];
        let (undone, opened) =
            tokio::join!(ada.undoes(&done), maya.does_to(&ids, "admin/status", &open));
        let (undone, opened) = (message(&undone.expect(200)), message(&opened.expect(200)));
        assert_eq!(opened, "3 conversations set to open.");
        let first = "Undone: 3 conversations are as they were before.";
        let second = "Nothing could be undone: somebody has changed it since.";
        assert!([first, second].contains(&undone.as_str()), "{undone}");
        assert!(state(&app).await.iter().all(|row| row.0 == "open"));
    }
}

#[tokio::test]
async fn r29_whoever_lost_the_right_undoes_nothing() {
    let (app, _) = TestApp::open().await;
    let may = [ManageThreads, AssignThreads];
    let mut maya = app.signed_in("maya", false, &may).await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let me = id_of(&mut maya).await;
    let thread = [ann.thread.as_str()];
    let closed = [("status", "closed")];
    let closed = maya.does_to(&thread, "admin/status", &closed).await;
    let closed = closed.expect(200);
    let to_me = [("assigneeId", me.as_str())];
    let taken = maya.does_to(&thread, "admin/assign", &to_me);
    let taken = taken.await.expect(200);

    app.force("DELETE FROM user_permissions WHERE permission = 'pigeon:assignThreads'")
        .await;
    let before = app.dump().await;
    maya.undoes(&taken).await.expect(403);
    app.force("DELETE FROM user_permissions WHERE permission = 'pigeon:manageThreads'")
        .await;
    let after = app.dump().await;
    maya.undoes(&closed).await.expect(403);
    for action in ["admin/trash", "admin/restore", "admin/purge"] {
        maya.does_to(&thread, action, &[]).await.expect(403);
    }
    maya.does_to_all("source=all", 1, "admin/trash", &[])
        .await
        .expect(403);
    assert_eq!(app.dump().await, after);
    assert_ne!(before, after, "only the right went");
}

#[tokio::test]
async fn nobody_gets_back_what_they_can_answer_no_more() {
    let (app, mut ada) = TestApp::open().await;
    app.staff("maya").await;
    let maya = id_of_user(&app, "maya").await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let thread = [ann.thread.as_str()];
    ada.does_to(&thread, "admin/assign", &[("assigneeId", &maya)])
        .await
        .expect(200);
    let done = ada.does_to(&thread, "admin/assign", &[("assigneeId", "")]);
    let done = done.await.expect(200);
    app.force("UPDATE users SET disabled_at = created_at WHERE email_key = 'maya@example.com'")
        .await;
    assert_eq!(
        message(&ada.undoes(&done).await.expect(200)),
        "Nothing could be undone: somebody has changed it since."
    );
    assert!(state(&app).await[0].2, "nobody has it");
}

#[tokio::test]
async fn an_undone_assignment_leaves_nobody_subscribed_who_was_not_before() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    app.staff("tom").await;
    let mut guests = three(&app).await;
    let ids = guests.each_ref().map(|guest| guest.thread.clone());
    let ids = ids.each_ref().map(String::as_str);
    // One she follows already.
    maya.does("threads/notify", &[("threadId", ids[0]), ("on", "1")])
        .await
        .expect(303);
    // All of them are somebody's, so that not everybody is alerted.
    let to = id_of_user(&app, "tom").await;
    ada.does_to(&ids, "admin/assign", &[("assigneeId", &to)])
        .await
        .expect(200);
    told(&app).await;
    let to = id_of_user(&app, "maya").await;
    let to = [("assigneeId", to.as_str())];
    let done = ada.does_to(&ids, "admin/assign", &to);
    let done = done.await.expect(200);
    // One she answers before it is undone.
    maya.answers(ids[1], "I look into it.").await;
    ada.undoes(&done).await.expect(200);
    told(&app).await;
    for (guest, hears) in guests.iter_mut().zip([true, true, false]) {
        guest.replies("And?").await.expect(303);
        let told = told(&app).await;
        assert_eq!(told.contains(&"maya".to_owned()), hears, "{told:?}");
        assert!(told.contains(&"tom".to_owned()));
    }
}

#[tokio::test]
async fn p13_marking_read_is_undone_only_where_nobody_has_looked_since() {
    let (app, _) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    app.advance(HOUR);
    let mut guests = three(&app).await;
    let ids = guests.each_ref().map(|guest| guest.thread.clone());
    let ids = ids.each_ref().map(String::as_str);
    let unread = async |person: &mut Person| {
        let page = person.get("/pigeon/admin/threads?source=all").await;
        words(page.expect(200).text()).matches("Unread.").count()
    };
    let done = maya.does_to(&ids, "threads/mark-read", &[]).await;
    let done = done.expect(200);
    assert_eq!(unread(&mut maya).await, 0);
    // To one the guest writes again, and she looks at it.
    guests[0].replies("Hello?").await.expect(303);
    maya.does("threads/mark-read", &[("threadId", ids[0])])
        .await
        .expect(303);
    let receipts = "SELECT count(*) FROM reads";
    let before = app.number(receipts).await;
    assert_eq!(
        message(&maya.undoes(&done).await.expect(200)),
        "Undone: 2 conversations are as they were before. One has changed since, and stays as it is."
    );
    assert_eq!(unread(&mut maya).await, 2);
    assert_eq!(app.number(receipts).await, before, "receipts never go back");
    assert!(words(guests[0].looks().await.text()).contains("Seen"));
}

#[tokio::test]
async fn what_was_done_on_a_conversations_own_page_can_be_undone_there() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let me = id_of(&mut ada).await;
    let page = format!("/pigeon/admin/threads/{}?source=all", ann.thread);
    for (action, field, said) in [
        (
            "admin/status",
            ("status", "open"),
            "Conversation set to open.",
        ),
        (
            "admin/assign",
            ("assigneeId", me.as_str()),
            "Conversation assigned to ada.",
        ),
        ("admin/trash", ("x", ""), "Conversation moved to the trash."),
        ("admin/restore", ("x", ""), "Conversation restored."),
    ] {
        let fields = [
            ("threadId", ann.thread.as_str()),
            field,
            ("redirect", &page),
        ];
        let done = ada.does(action, &fields).await.expect(303);
        let shown = ada.follow(&done).await.expect(200);
        assert!(words(shown.text()).contains(said), "{said}: {shown:?}");
        assert!(shown.field("undo").is_some(), "{said}");
    }
    assert_eq!(app.number("SELECT count(*) FROM undos").await, 4);
}
