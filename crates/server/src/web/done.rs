use db::Timestamp;
use serde::Serialize;

use crate::{
    accounts::User,
    conversations::{Kind, Thread},
    ids::{DraftId, UndoId},
    web::{Fields, cookies::SetCookie},
};

/// What came of an action.
#[derive(Debug)]
pub struct Done {
    /// For whoever asked.
    pub message: String,
    pub thread: Option<ThreadSummary>,
    /// What was sent, and has not left yet.
    pub held: Option<HeldSummary>,
    pub then: Then,
    /// Takes it back; the next page offers that.
    pub undo: Option<UndoId>,
    pub cookies: Vec<SetCookie>,
}

/// What the browser shows next.
#[derive(Debug)]
pub enum Then {
    /// That page, by 303; the form's own `redirect` goes before it.
    LeadTo(String),
    /// That page at once, with what was sent, and nothing that a script could be led to.
    Show(String),
    /// That page at once, for `user`, with what was typed before they signed in.
    FillIn {
        page: String,
        fields: Fields,
        user: Box<User>,
    },
}

/// A thread, as scripts see it.
#[derive(Clone, Debug, Serialize)]
pub struct ThreadSummary {
    pub id: String,
    pub title: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(rename = "threadStatus")]
    pub status: String,
}

/// A message that is held, as scripts see it.
#[derive(Clone, Debug, Serialize)]
pub struct HeldSummary {
    pub id: String,
    /// RFC 3339.
    #[serde(rename = "leavesAt")]
    pub leaves_at: String,
}

impl HeldSummary {
    pub fn new(id: DraftId, leaves_at: Timestamp) -> Self {
        let at = jiff::Timestamp::from_microsecond(leaves_at.as_micros());
        Self {
            id: id.to_string(),
            leaves_at: at.unwrap_or_default().to_string(),
        }
    }
}

impl ThreadSummary {
    pub fn of(thread: &Thread) -> Self {
        Self {
            id: thread.id.to_string(),
            title: thread.subject.clone(),
            kind: match thread.kind {
                Kind::Support => "support",
                Kind::Direct => "direct",
            }
            .to_owned(),
            status: thread.status.as_str().to_owned(),
        }
    }
}

impl Done {
    pub fn lead_to(page: impl Into<String>, message: impl Into<String>) -> Self {
        Self::then(Then::LeadTo(page.into()), message)
    }

    pub fn show(page: impl Into<String>, message: impl Into<String>) -> Self {
        Self::then(Then::Show(page.into()), message)
    }

    pub fn then(then: Then, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            thread: None,
            held: None,
            then,
            undo: None,
            cookies: Vec::new(),
        }
    }

    #[must_use]
    pub fn with_thread(mut self, thread: ThreadSummary) -> Self {
        self.thread = Some(thread);
        self
    }

    #[must_use]
    pub fn with_held(mut self, held: HeldSummary) -> Self {
        self.held = Some(held);
        self
    }

    #[must_use]
    pub fn with_undo(self, undo: UndoId) -> Self {
        Self {
            undo: Some(undo),
            ..self
        }
    }

    #[must_use]
    pub fn with_cookie(mut self, cookie: SetCookie) -> Self {
        self.cookies.push(cookie);
        self
    }
}
