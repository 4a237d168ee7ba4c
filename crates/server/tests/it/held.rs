//! A message leaves some seconds after it was sent, unless its writer takes it back.

mod leaving;
pub mod races;
mod returned;
pub mod secret;

use std::time::Duration;

use crate::support::{Answer, Guest, Person, TestApp, words};

const LETTER: &str = "Dear Ann, it left today.";
const SECOND: Duration = Duration::from_secs(1);
const HOLD: Duration = Duration::from_secs(10);

impl Person {
    /// Sends a reply that is held for ten seconds.
    async fn holds(&mut self, thread: &str, body: &str) -> String {
        let seen = self.reads(thread).await.field("seen").unwrap_or_default();
        let fields = [
            ("threadId", thread),
            ("body", body),
            ("seen", &seen),
            ("undoSeconds", "10"),
        ];
        let answer = self.says("admin/reply", &fields).await.expect(200).json();
        answer["held"]["id"].as_str().unwrap().to_owned()
    }

    async fn does_with(&mut self, action: &str, thread: &str, held: &str) -> Answer {
        let fields = [("threadId", thread), ("heldId", held)];
        self.does(action, &fields).await
    }
}

/// A conversation of Ann's, to be answered by Ada.
async fn asked() -> (TestApp, Person, Guest) {
    let (app, ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ann.proves(&app).await;
    app.run_jobs().await;
    (app, ada, ann)
}

async fn messages(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM messages WHERE kind = 'message'")
        .await
}

async fn held(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM drafts WHERE leave_at IS NOT NULL")
        .await
}

async fn drafts(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM drafts WHERE leave_at IS NULL")
        .await
}

/// Whether the text stands in the composer.
fn is_back(page: &Answer, text: &str) -> bool {
    page.text().contains(&format!("\n{text}</textarea>"))
}

async fn inbox(person: &mut Person, source: &str) -> String {
    let path = format!("/pigeon/admin/threads?source={source}");
    words(person.get(&path).await.expect(200).text())
}
