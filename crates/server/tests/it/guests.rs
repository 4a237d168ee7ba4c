//! Visitors who ask, and guests who come back by their private link.

mod again;
mod limits;
mod links;
mod privacy;
mod proof;
mod reading;
mod starting;
mod unsubscribing;

use crate::support::{Answer, Person, TestApp};

const START: &str = "/pigeon/actions/pigeon/guest/start";
const REPLY: &str = "/pigeon/actions/pigeon/guest/reply";
const REQUEST: &str = "/pigeon/actions/pigeon/guest/request-link";
const CONFIRM: &str = "/pigeon/actions/pigeon/guest/confirm";
const READ: &str = "/pigeon/actions/pigeon/threads/mark-read";
const NOTIFY: &str = "/pigeon/actions/pigeon/threads/notify";

const ANN: &str = "ann@guests.example";

/// Pigeon, set up, with somebody on the team.
async fn open_house() -> (TestApp, Person) {
    let app = TestApp::start().await;
    let maya = app.signed_in("maya", true, &[]).await;
    (app, maya)
}

/// The form, as the contact page has it.
fn form<'f>(email: &'f str, body: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("name", "Ann"),
        ("email", email),
        ("subject", "Two cups missing"),
        ("body", body),
    ]
}

/// Asks by the contact form, with a key as its page has one; gives the path of the private link.
async fn asks(person: &mut Person, email: &str, body: &str) -> String {
    let page = person.get("/pigeon/contact").await.expect(200);
    let (csrf, key) = (
        page.field("csrf").expect("a form has it"),
        page.field("key").expect("a form has it"),
    );
    let mut fields = form(email, body);
    fields.extend([("csrf", csrf.as_str()), ("key", key.as_str())]);
    link_in(&person.post(START, &fields).await)
}

/// The path of the private link that an answer leads to.
#[track_caller]
fn link_in(answer: &Answer) -> String {
    let answer = answer.clone().expect(303);
    let target = answer.header("location").expect("it leads somewhere");
    assert!(target.starts_with("/pigeon/t/"), "{target}");
    target.split('#').next().unwrap_or_default().to_owned()
}

fn token_of(link: &str) -> &str {
    link.trim_start_matches("/pigeon/t/")
}

/// The path of the private link in the newest mail to `address`.
fn mailed_link(app: &TestApp, address: &str) -> String {
    path_in(&app.last_mail_to(address).text, "/pigeon/t/")
}

fn path_in(text: &str, start: &str) -> String {
    let at = text.find(start).expect("the mail has such a link");
    let rest = &text[at..];
    rest.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The thread of a link, as the team knows it.
async fn thread_of(app: &TestApp, link: &str) -> String {
    let mut guest = app.stranger();
    let answer = guest
        .post_json(READ, &serde_json::json!({ "token": token_of(link) }))
        .await
        .expect(200);
    answer.json()["thread"]["id"]
        .as_str()
        .expect("a thread has an id")
        .to_owned()
}

/// Somebody on the team answers, or does something else with the thread.
async fn staff_does(staff: &mut Person, action: &str, fields: &[(&str, &str)]) {
    let path = format!("/pigeon/actions/pigeon/admin/{action}");
    staff.post(&path, fields).await.expect(303);
}

/// How many rows there are.
async fn count(app: &TestApp, query: &'static str) -> i64 {
    let mut conn = app.app.db.read().await.expect("the database is there");
    conn.query(query).fetch_scalar().await.expect("a count")
}

async fn messages(app: &TestApp) -> i64 {
    count(app, "SELECT count(*) FROM messages WHERE kind = 'message'").await
}
