//! A conversation that staff begin is held as a message is: until it leaves, it is nowhere.

mod beside;
mod leaving;
mod races;
mod returned;
mod secret;

use std::time::Duration;

use crate::support::{Answer, Person, TestApp};

const SECOND: Duration = Duration::from_secs(1);
const HOLD: Duration = Duration::from_secs(10);
const LETTER: &str = "Dear Ben,\n\nyour lid is *on its way*.";
/// All that can be typed, but for whom it is for.
const FORM: [(&str, &str); 4] = [
    ("email", "ben@guests.example"),
    ("name", "Ben Okafor"),
    ("subject", "Your \"lid\""),
    ("body", LETTER),
];

/// What is typed, with `more`.
fn typed<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    [&FORM[..], more].concat()
}

impl Person {
    /// Sends a new conversation that is held for ten seconds; gives its id.
    async fn begins(&mut self, more: &[(&str, &str)]) -> String {
        let fields = [&typed(more)[..], &[("undoSeconds", "10")]].concat();
        let answer = self.says("admin/start", &fields).await.expect(200).json();
        assert!(answer.get("thread").is_none(), "{answer}");
        answer["held"]["id"].as_str().unwrap().to_owned()
    }

    async fn does_with_start(&mut self, action: &str, held: &str) -> Answer {
        self.does(action, &[("heldId", held)]).await
    }
}

fn page_of(id: &str) -> String {
    format!("/pigeon/admin/new?draft={id}")
}

async fn threads(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM threads").await
}

async fn held(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM start_drafts WHERE leave_at IS NOT NULL")
        .await
}

async fn drafts(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM start_drafts WHERE leave_at IS NULL")
        .await
}

/// All that was typed stands in the form.
#[track_caller]
fn assert_filled_in(page: &Answer) {
    for (name, value) in FORM {
        if name != "body" {
            assert_eq!(page.field(name).as_deref(), Some(value), "{page:?}");
        }
    }
    assert!(
        page.text().contains(&format!("\n{LETTER}</textarea>")),
        "{page:?}"
    );
}
