//! The control panel, as people with different rights see and use it.

mod asking;
mod conversation;
mod dashboard;
mod export;
mod found;
mod inbox;
mod lists;
mod mail;
mod new;
mod pages;
mod profile;
mod reading;
mod rights;
mod settings;

use pigeon::conversations::{NewThread, Started, Token, notify::Office, start_by_guest};

use crate::support::{Answer, Person, TestApp};

/// A guest asks something; nobody has answered yet.
async fn asks(app: &TestApp, name: &str, subject: &str, body: &str) -> (Started, Token) {
    let new = NewThread::parse(name, "ben@guests.example", subject, body).expect("a right form");
    let office = Office::new(&app.app.config, &app.app.settings());
    let mut tx = app.app.db.begin().await.expect("the database is there");
    let now = app.app.clock.now();
    let started = start_by_guest(&mut tx, &office, new, false, now).await;
    let started = started.expect("it starts");
    tx.commit().await.expect("the database is there");
    started
}

/// The guest goes on, by the private link.
async fn goes_on(app: &TestApp, started: &Started, body: &str) {
    use pigeon::conversations::{Draft, Origin, Participant, Seen, post};
    let office = Office::new(&app.app.config, &app.app.settings());
    let now = app.app.clock.now();
    let mut tx = app.app.db.begin().await.expect("the database is there");
    let guest = Participant::get(&mut tx, started.guest).await;
    let mut guest = guest.expect("a row").expect("they take part");
    let draft = Draft::parse(body).expect("a text");
    let seen = Seen::Everything;
    let posted = post(&mut tx, &office, &mut guest, Origin::Link, draft, seen, now).await;
    posted.expect("it is posted");
    tx.commit().await.expect("the database is there");
}

fn page_of(started: &Started) -> String {
    format!("/pigeon/admin/threads/{}", started.thread.id)
}

/// Posts a form of the page at `page`, with its hidden fields.
async fn acts(person: &mut Person, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = person.get(page).await.expect(200);
    let (csrf, key) = (shown.field("csrf").unwrap(), shown.field("key").unwrap());
    let hidden = [("csrf", csrf.as_str()), ("key", key.as_str())];
    let fields = [&hidden[..], fields].concat();
    person
        .post(&format!("/pigeon/actions/{action}"), &fields)
        .await
}

/// The page's words, one space between, without its markup, to look for words that markup parts.
fn words(answer: &Answer) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in answer.text().chars() {
        match c {
            '<' => {
                in_tag = true;
                text.push(' ');
            }
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
