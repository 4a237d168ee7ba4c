//! Who comes through which door. A door that has no row here fails this test, so that nobody
//! opens one without saying for whom.

mod lost;

use std::collections::BTreeMap;

use pigeon::web::{self, Route};

use crate::support::{Actor, Actors, Answer, TestApp, away, reset_link};

/// For each actor what they meet: `.` something for them, `s` the sign-in page (401), `x` a
/// refusal (403), `e` nothing (404). Anything else, such as a form that is not taken or a fault of
/// ours, is never right here. In the order: stranger, guest, guest of another thread, user, reader
/// (`accessPlugin`), staff, staff who assign, admin, keeper (`manageSettings`).
const PAGES: &[(&str, &str)] = &[
    ("/", "........."),
    ("/pigeon", "........."),
    ("/pigeon/assets/{version}/{*name}", "........."),
    ("/pigeon/login", "........."),
    ("/pigeon/logout", "........."),
    ("/pigeon/forgot", "........."),
    ("/pigeon/reset/{token}", "........."),
    ("/pigeon/setup", "........."),
    ("/pigeon/health/live", "........."),
    ("/pigeon/health/ready", "........."),
    ("/pigeon/metrics", "eeeeeeeee"),
    ("/pigeon/contact", "........."),
    ("/pigeon/contact/kept", "........."),
    ("/pigeon/t/{token}", "e..eeeeee"),
    ("/pigeon/t/{token}/events", "e..eeeeee"),
    ("/pigeon/events", "sss......"),
    ("/pigeon/expired", "........."),
    ("/pigeon/link-sent", "........."),
    ("/pigeon/u/{token}", "........."),
    ("/pigeon/admin", "sssx....x"),
    ("/pigeon/admin/widget", "sssx....x"),
    ("/pigeon/admin/widget.json", "sssx....x"),
    ("/pigeon/admin/threads", "sssx....x"),
    ("/pigeon/admin/threads/export.csv", "sssx....x"),
    ("/pigeon/admin/threads/export.json", "sssx....x"),
    ("/pigeon/admin/threads/export.xml", "sssx....x"),
    ("/pigeon/admin/threads/{id}", "sssx....x"),
    ("/pigeon/admin/new", "sssxx...x"),
    ("/pigeon/admin/profile", "sssx....."),
    ("/pigeon/admin/saved-replies", "sssxx...x"),
    ("/pigeon/admin/saved-replies/{id}", "sssxx...x"),
    ("/pigeon/admin/staff.json", "sssxx...x"),
    ("/pigeon/admin/settings", "sssxxxx.."),
    ("/pigeon/admin/queue", "sssxxxx.."),
    ("/pigeon/admin/mail", "sssxxxx.x"),
    ("/pigeon/admin/mail/{id}", "sssxxxx.x"),
    ("/pigeon/admin/mail/{id}/html", "sssxxxx.x"),
];

const ACTIONS: &[(&str, &str)] = &[
    ("pigeon/guest/start", "........."),
    ("pigeon/guest/reply", "e..eeeeee"),
    ("pigeon/guest/request-link", "........."),
    ("pigeon/guest/confirm", "e..eeeeee"),
    ("pigeon/unsubscribe", "........."),
    ("pigeon/threads/notify", "s.eex...e"),
    ("pigeon/account/sign-in", "........."),
    ("pigeon/account/sign-out", "........."),
    ("pigeon/account/forgot", "........."),
    // Not from within another account: it is the admin's password.
    ("pigeon/account/reset", "...xxxx.x"),
    // It is set up already.
    ("pigeon/account/setup", "sssxxxxxx"),
    ("pigeon/admin/reply", "sssxx...x"),
    ("pigeon/admin/draft", "sssxx...x"),
    ("pigeon/admin/unsend", "sssxx...x"),
    ("pigeon/admin/send-now", "sssxx...x"),
    ("pigeon/admin/start", "sssxx...x"),
    ("pigeon/admin/presence", "sssxx...x"),
    ("pigeon/admin/status", "sssxx...x"),
    ("pigeon/admin/assign", "sssxxx..x"),
    ("pigeon/admin/revoke-links", "sssxx...x"),
    ("pigeon/admin/participants", "sssxx...x"),
    ("pigeon/admin/follow", "sssxx...x"),
    ("pigeon/admin/subject", "sssxx...x"),
    ("pigeon/admin/mail-retry", "sssxx...x"),
    ("pigeon/admin/trash", "sssxx...x"),
    ("pigeon/admin/restore", "sssxx...x"),
    ("pigeon/admin/purge", "sssxx...x"),
    ("pigeon/admin/undo", "sssxx...x"),
    ("pigeon/admin/profile", "sssx....."),
    ("pigeon/admin/queue-retry", "sssxxxx.."),
    ("pigeon/admin/queue-discard", "sssxxxx.."),
    ("pigeon/admin/saved-replies", "sssxx...x"),
    ("pigeon/admin/saved-replies/delete", "sssxx...x"),
    ("pigeon/admin/settings", "sssxxxx.."),
    ("pigeon/admin/test-mail", "sssxxxx.."),
    ("pigeon/threads/mark-read", "s.exx...x"),
];

/// Forms that change nothing for whoever may send them, here.
const IDLE: [(&str, &str); 3] = [
    ("pigeon/account/sign-out", "stranger"),
    ("pigeon/account/sign-out", "guest"),
    ("pigeon/account/sign-out", "other-guest"),
];

#[tokio::test]
async fn every_page_is_for_whom_its_row_says() {
    let app = TestApp::catching().await;
    let actors = Actors::of(&app).await;
    app.run_jobs().await;
    let rows: BTreeMap<_, _> = PAGES.iter().copied().collect();
    for route in web::routes() {
        let row = rows.get(route.path);
        let row = row.unwrap_or_else(|| panic!("{} has no row: who may see it?", route.path));
        let mut met = String::new();
        for actor in &actors.all {
            let path = path_of(&app, route, actor, &actors).await;
            met.push(outcome(&actor.person.clone().get(&path).await));
        }
        assert_eq!(met, *row, "{}", route.path);
    }
    assert_eq!(PAGES.len(), web::routes().len(), "a row without a page");
}

#[tokio::test]
async fn every_action_is_for_whom_its_row_says_and_who_is_refused_changes_nothing() {
    let rows: BTreeMap<_, _> = ACTIONS.iter().copied().collect();
    let mut wrong = Vec::new();
    for action in web::actions::actions() {
        // Signing out ends a session: the next action needs people anew.
        let app = TestApp::with(&[("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1000")]).await;
        let actors = Actors::of(&app).await;
        let row = rows.get(action.name);
        let row = row.unwrap_or_else(|| panic!("{} has no row: who may do it?", action.name));
        for (actor, expected) in actors.all.iter().zip(row.chars()) {
            let form = actors.form(&app, action.name, actor).await;
            let before = app.dump().await;
            let answer = form.posted_by(&mut actor.person.clone()).await;
            let is_changed = app.dump().await != before;
            let met = outcome(&answer);
            let is_idle = IDLE.contains(&(action.name, actor.name));
            if met != expected || is_changed != (met == '.' && !is_idle) {
                let (action, actor, status) = (action.name, actor.name, answer.status);
                wrong.push(format!(
                    "{action} by {actor}: {status}, changed: {is_changed}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(
        ACTIONS.len(),
        web::actions::actions().len(),
        "a row without an action"
    );
}

#[tokio::test]
async fn looking_at_pages_writes_nothing() {
    let app = TestApp::catching().await;
    let actors = Actors::of(&app).await;
    app.run_jobs().await;
    let mut paths = Vec::new();
    for route in web::routes() {
        for actor in &actors.all {
            let path = path_of(&app, route, actor, &actors).await;
            paths.push((actor, path));
        }
    }
    let before = app.dump().await;
    for _ in 0..3 {
        for (actor, path) in &paths {
            let mut person = actor.person.clone();
            person.get(path).await;
            person.ask("HEAD", path, &[], b"").await;
        }
    }
    assert_eq!(app.dump().await, before);
}

/// What somebody met; `?` for an answer that is none of these.
fn outcome(answer: &Answer) -> char {
    match answer.status {
        200..=399 => '.',
        401 => 's',
        403 => 'x',
        404 => 'e',
        _ => '?',
    }
}

/// The page's path as this actor would know it; where only a mail tells of it, as its reader would.
async fn path_of(app: &TestApp, route: &Route, actor: &Actor, actors: &Actors) -> String {
    let token = match route.path {
        "/pigeon/reset/{token}" => reset_link(app, "admin").await,
        "/pigeon/u/{token}" => away(app, "ann@example.com").await,
        _ => actor.token.clone().unwrap_or("no-such-token".to_owned()),
    };
    let id = match route.path {
        "/pigeon/admin/saved-replies/{id}" => actors.saved_reply().await,
        "/pigeon/admin/mail/{id}" | "/pigeon/admin/mail/{id}/html" => {
            let list = actors.all[7].person.clone().get("/pigeon/admin/mail").await;
            let (_, id) = list
                .text()
                .split_once("/pigeon/admin/mail/")
                .expect("a mail");
            id.chars().take_while(|c| *c != '"').collect()
        }
        _ => actors.thread.id.to_string(),
    };
    let parts = route.path.split('/').map(|part| match part {
        "{token}" => &token,
        "{id}" => &id,
        "{version}" => "some",
        "{*name}" => "pigeon.css",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}
