//! Who comes through which door. A door that has no row here fails this test, so that nobody
//! opens one without saying for whom.

mod lost;

use std::collections::BTreeMap;

use pigeon::web::{self, Route};

use crate::support::{Actor, Actors, Answer, TestApp};

/// For each actor what they meet: `.` something for them, `s` the sign-in page (401), `x` a
/// refusal (403), `e` nothing (404). In the order: stranger, guest, guest of another thread, user,
/// reader (`accessPlugin`), staff, staff who assign, admin.
const PAGES: &[(&str, &str)] = &[
    ("/", "........"),
    ("/pigeon", "........"),
    ("/pigeon/assets/{version}/{*name}", "........"),
    ("/pigeon/login", "........"),
    ("/pigeon/logout", "........"),
    ("/pigeon/forgot", "........"),
    ("/pigeon/reset/{token}", "eeeeeeee"),
    ("/pigeon/setup", "........"),
    ("/pigeon/health/live", "........"),
    ("/pigeon/health/ready", "........"),
    ("/pigeon/metrics", "eeeeeeee"),
    ("/pigeon/contact", "........"),
    ("/pigeon/contact/kept", "........"),
    ("/pigeon/t/{token}", "e..eeeee"),
    ("/pigeon/t/{token}/events", "e..eeeee"),
    ("/pigeon/events", "sss....."),
    ("/pigeon/expired", "........"),
    ("/pigeon/link-sent", "........"),
    ("/pigeon/u/{token}", "eeeeeeee"),
    ("/pigeon/admin", "sssx...."),
    ("/pigeon/admin/widget", "sssx...."),
    ("/pigeon/admin/widget.json", "sssx...."),
    ("/pigeon/admin/threads", "sssx...."),
    ("/pigeon/admin/threads/export.csv", "sssx...."),
    ("/pigeon/admin/threads/export.json", "sssx...."),
    ("/pigeon/admin/threads/export.xml", "sssx...."),
    ("/pigeon/admin/threads/{id}", "sssx...."),
    ("/pigeon/admin/new", "sssxx..."),
    ("/pigeon/admin/profile", "sssx...."),
    ("/pigeon/admin/saved-replies", "sssxx..."),
    ("/pigeon/admin/saved-replies/{id}", "sssxxeee"),
    ("/pigeon/admin/staff.json", "sssxx..."),
    ("/pigeon/admin/settings", "sssxxxx."),
    ("/pigeon/admin/queue", "sssxxxx."),
    // No catcher: the tests have a mailer of their own.
    ("/pigeon/admin/mail", "sssxxxxe"),
    ("/pigeon/admin/mail/{id}", "sssxxxxe"),
    ("/pigeon/admin/mail/{id}/html", "sssxxxxe"),
];

const ACTIONS: &[(&str, &str)] = &[
    ("pigeon/guest/start", "........"),
    ("pigeon/guest/reply", "e..eeeee"),
    ("pigeon/guest/request-link", "e..eeeee"),
    // A link that was only shown in the browser proves nothing.
    ("pigeon/guest/confirm", "exxeeeee"),
    ("pigeon/unsubscribe", "eeeeeeee"),
    ("pigeon/threads/notify", "s.eex..."),
    ("pigeon/account/sign-in", "........"),
    ("pigeon/account/sign-out", "........"),
    ("pigeon/account/forgot", "........"),
    ("pigeon/account/reset", "eeeeeeee"),
    ("pigeon/account/setup", "sssxxxxx"),
    ("pigeon/admin/reply", "sssxx..."),
    ("pigeon/admin/draft", "sssxx..."),
    ("pigeon/admin/unsend", "sssxx..."),
    ("pigeon/admin/send-now", "sssxx..."),
    ("pigeon/admin/start", "sssxx..."),
    ("pigeon/admin/presence", "sssxx..."),
    ("pigeon/admin/status", "sssxx..."),
    ("pigeon/admin/assign", "sssxxx.."),
    ("pigeon/admin/revoke-links", "sssxx..."),
    ("pigeon/admin/participants", "sssxx..."),
    ("pigeon/admin/follow", "sssxx..."),
    ("pigeon/admin/subject", "sssxx..."),
    // There is no such mail.
    ("pigeon/admin/mail-retry", "sssxxeee"),
    ("pigeon/admin/trash", "sssxx..."),
    ("pigeon/admin/restore", "sssxx..."),
    ("pigeon/admin/purge", "sssxx..."),
    ("pigeon/admin/undo", "sssxx..."),
    ("pigeon/admin/profile", "sssx...."),
    // There is no such job.
    ("pigeon/admin/queue-retry", "sssxxxxe"),
    ("pigeon/admin/queue-discard", "sssxxxxe"),
    ("pigeon/admin/saved-replies", "sssxx..."),
    ("pigeon/admin/saved-replies/delete", "sssxxeee"),
    ("pigeon/admin/settings", "sssxxxx."),
    ("pigeon/admin/test-mail", "sssxxxx."),
    ("pigeon/threads/mark-read", "s.exx..."),
];

#[tokio::test]
async fn every_page_is_for_whom_its_row_says() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let rows: BTreeMap<_, _> = PAGES.iter().copied().collect();
    for route in web::routes() {
        let row = rows.get(route.path);
        let row = row.unwrap_or_else(|| panic!("{} has no row: who may see it?", route.path));
        let mut met = String::new();
        for actor in &actors.all {
            let path = path_of(route, actor, &actors);
            met.push(outcome(&actor.person.clone().get(&path).await));
        }
        assert_eq!(met, *row, "{}", route.path);
    }
    assert_eq!(PAGES.len(), web::routes().len(), "a row without a page");
}

#[tokio::test]
async fn every_action_is_for_whom_its_row_says() {
    let rows: BTreeMap<_, _> = ACTIONS.iter().copied().collect();
    for action in web::actions::actions() {
        // Signing out ends a session: the next action needs people anew.
        let app = TestApp::start().await;
        let actors = Actors::of(&app).await;
        let row = rows.get(action.name);
        let row = row.unwrap_or_else(|| panic!("{} has no row: who may do it?", action.name));
        let mut met = String::new();
        for actor in &actors.all {
            met.push(outcome(&act(action.name, actor, &actors).await));
        }
        assert_eq!(met, *row, "{}", action.name);
    }
    assert_eq!(
        ACTIONS.len(),
        web::actions::actions().len(),
        "a row without an action"
    );
}

#[tokio::test]
async fn looking_at_pages_writes_nothing() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let before = counts(&app).await;
    for _ in 0..5 {
        for route in web::routes() {
            for actor in &actors.all {
                let path = path_of(route, actor, &actors);
                let mut person = actor.person.clone();
                person.get(&path).await;
                person.ask("HEAD", &path, &[], b"").await;
            }
        }
    }
    assert_eq!(counts(&app).await, before);
}

fn outcome(answer: &Answer) -> char {
    match answer.status {
        401 => 's',
        403 => 'x',
        404 => 'e',
        _ => '.',
    }
}

/// What meets an actor who posts the form of an action about the thread.
async fn act(action: &str, actor: &Actor, actors: &Actors) -> Answer {
    let path = format!("/pigeon/actions/{action}");
    let thread = actors.thread.id.to_string();
    let mut fields = vec![("threadId", thread.as_str())];
    fields.extend(actor.token.as_deref().map(|token| ("token", token)));
    actor.person.clone().post(&path, &fields).await
}

/// The page's path as this actor would know it.
fn path_of(route: &Route, actor: &Actor, actors: &Actors) -> String {
    let token = actor.token.as_deref().unwrap_or("no-such-token");
    let thread = actors.thread.id.to_string();
    let parts = route.path.split('/').map(|part| match part {
        "{token}" => token,
        "{id}" => &thread,
        "{version}" => "some",
        "{*name}" => "pigeon.css",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// How many rows each table has.
async fn counts(app: &TestApp) -> Vec<i64> {
    const TABLES: [&str; 18] = [
        "SELECT count(*) FROM users",
        "SELECT count(*) FROM sessions",
        "SELECT count(*) FROM password_links",
        "SELECT count(*) FROM threads",
        "SELECT count(*) FROM participants",
        "SELECT count(*) FROM messages",
        "SELECT count(*) FROM drafts",
        "SELECT count(*) FROM reads",
        "SELECT count(*) FROM links",
        "SELECT count(*) FROM post_keys",
        "SELECT count(*) FROM limits",
        "SELECT count(*) FROM caught_mails",
        "SELECT count(*) FROM jobs",
        "SELECT count(*) FROM deliveries",
        "SELECT count(*) FROM settings",
        "SELECT count(*) FROM presence",
        "SELECT count(*) FROM undos",
        "SELECT count(*) FROM undo_items",
    ];
    let mut conn = app.app.db.read().await.expect("the database is there");
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(conn.query(table).fetch_scalar().await.expect("a count"));
    }
    counts
}
