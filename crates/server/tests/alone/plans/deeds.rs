//! Everything that is done to conversations: by one person to one or to many, taken back, and by
//! jobs.

use std::time::Duration;

use pigeon::{conversations::presence, web::actions};

use crate::support::{Actors, Guest, Person, TestApp, id_of_user};

/// Each action by everybody, what is done at one stroke and taken back, and what jobs do of it.
pub async fn do_everything(app: &TestApp, actors: &Actors) {
    for action in actions::actions() {
        if ENDS_SESSIONS.contains(&action.name) {
            continue;
        }
        for actor in &actors.all {
            let form = actors.form(app, action.name, actor).await;
            form.posted_by(&mut actor.person.clone()).await;
        }
    }
    let mut admin = actors.all[7].person.clone();
    take_back_each(app, &mut admin).await;
    hold_and_leave(app, &mut admin).await;
    begin_later(app, &mut admin).await;
    mention(app, &mut admin).await;
    app.run_jobs().await;
    decide_on_mail(app, &mut admin).await;
    be_there(app, &mut admin).await;
    app.run_jobs().await;
    // Sweeps, and what they find.
    app.advance(Duration::from_hours(40 * 24));
    app.run_jobs().await;
    for name in ENDS_SESSIONS {
        let form = actors.form(app, name, &actors.all[7]).await;
        form.posted_by(&mut admin).await;
    }
}

const ENDS_SESSIONS: [&str; 3] = [
    "pigeon/account/sign-in",
    "pigeon/account/sign-out",
    "pigeon/account/reset",
];

/// Each deed on several, and on a whole list, and back.
async fn take_back_each(app: &TestApp, admin: &mut Person) {
    let ann = Guest::asks_anew(app).await.thread;
    let bob = Guest::asks_anew(app).await.thread;
    let two = [ann.as_str(), bob.as_str()];
    let me = id_of_user(app, "admin").await;
    let deeds: [(&str, &[(&str, &str)]); 6] = [
        ("threads/mark-read", &[]),
        ("admin/status", &[("status", "closed")]),
        ("admin/assign", &[("assigneeId", &me)]),
        ("admin/assign", &[("assigneeId", "")]),
        ("admin/trash", &[]),
        ("admin/restore", &[]),
    ];
    for (action, fields) in deeds {
        if action == "admin/restore" {
            admin.does_to(&two, "admin/trash", &[]).await.expect(200);
        }
        let done = admin.does_to(&two, action, fields).await.expect(200);
        if done.json()["undo"].is_string() {
            admin.undoes(&done).await.expect(200);
        }
    }
    let list = admin
        .get("/pigeon/admin/threads?source=unassigned&all=1")
        .await;
    let count = list.field("count").expect("a number").parse();
    let count = count.expect("a number");
    let done = admin
        .does_to_all(
            "source=unassigned",
            count,
            "admin/assign",
            &[("assigneeId", &me)],
        )
        .await
        .expect(200);
    admin.undoes(&done).await.expect(200);
    admin.does_to(&two, "admin/trash", &[]).await.expect(200);
    admin.does_to(&two, "admin/purge", &[]).await.expect(200);
    app.run_jobs().await;
}

/// A draft, and messages that are held: one leaves, one is late.
async fn hold_and_leave(app: &TestApp, admin: &mut Person) {
    let ann = Guest::asks_anew(app).await.thread;
    let thread = ("threadId", ann.as_str());
    for body in ["Well", ""] {
        let draft = [thread, ("body", body)];
        admin.does("admin/draft", &draft).await.expect(303);
    }
    let held = [thread, ("body", "Well."), ("undoSeconds", "10")];
    admin.does("admin/reply", &held).await.expect(303);
    admin.reads(&ann).await.expect(200);
    app.advance(Duration::from_secs(11));
    app.run_jobs().await;
    admin.does("admin/reply", &held).await.expect(303);
    let trash = [thread];
    admin.does("admin/trash", &trash).await.expect(303);
    app.advance(Duration::from_secs(11));
    app.run_jobs().await;
}

/// New conversations that are held: one leaves, one is taken back, changed and deleted, one is late.
async fn begin_later(app: &TestApp, admin: &mut Person) {
    let mut ids = Vec::new();
    for body in ["It leaves.", "It is taken back."] {
        let held = admin.says("admin/start", &begun(body)).await.expect(200);
        ids.push(
            held.json()["held"]["id"]
                .as_str()
                .expect("it is held")
                .to_owned(),
        );
    }
    let undone = &*ids[1];
    admin
        .get(&format!("/pigeon/admin/new?draft={undone}"))
        .await;
    let held = [("heldId", undone)];
    admin.does("admin/unsend", &held).await.expect(303);
    admin.get("/pigeon/admin/new").await.expect(200);
    for (field, value) in [("body", "Well."), ("discard", "1")] {
        let draft = [("draftId", undone), (field, value)];
        admin.does("admin/draft", &draft).await.expect(303);
    }
    app.advance(Duration::from_secs(11));
    app.run_jobs().await;
    let late = begun("It is late.");
    admin.does("admin/start", &late).await.expect(303);
    app.force("DELETE FROM jobs WHERE kind = 'leave' -- a test says so")
        .await;
}

fn begun(body: &str) -> [(&str, &str); 3] {
    let email = ("email", "ben@guests.example");
    [email, ("body", body), ("undoSeconds", "10")]
}

async fn mention(app: &TestApp, admin: &mut Person) {
    let ann = Guest::asks_anew(app).await.thread;
    admin.notes(&ann, "Look, @staff and @assigner.").await;
    admin.reads(&ann).await.expect(200);
}

/// All that failed is tried again, or given up; and what is too old.
async fn decide_on_mail(app: &TestApp, admin: &mut Person) {
    for all in ["failed", "stale"] {
        Guest::asks_anew(app).await;
        app.force(
            "UPDATE jobs SET parked_at = created_at, last_error = 'a test says so', attempt = 1
             WHERE parked_at IS NULL AND kind = 'mail'",
        )
        .await;
        for action in ["admin/queue-retry", "admin/queue-discard"] {
            admin.does(action, &[("all", all)]).await.expect(303);
        }
    }
    app.run_jobs().await;
}

async fn be_there(app: &TestApp, admin: &mut Person) {
    let ann = Guest::asks_anew(app).await.thread;
    let thread = ("threadId", ann.as_str());
    for doing in ["here", "reply", "gone", "note"] {
        let there = [thread, ("doing", doing)];
        let said = admin.says("admin/presence", &there).await;
        assert!(said.status < 300, "{said:?}");
    }
    app.advance(Duration::from_mins(5));
    let now = app.app.clock.now();
    presence::sweep(&app.app.db, now)
        .await
        .expect("it is there");
}
