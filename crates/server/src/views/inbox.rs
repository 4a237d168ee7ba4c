use std::time::Duration;

use db::Timestamp;
use serde::Serialize;

use crate::{
    accounts::User,
    conversations::{
        Status, inbox,
        search::{Marks, Query},
    },
    i18n::t,
    views::{
        present::Present,
        shell::{Count, Shell},
    },
};

mod sample;

/// A page of threads in one source, or what a search found.
#[derive(Clone, Debug, Serialize)]
pub struct Inbox {
    pub shell: Shell,
    pub sources: Vec<Source>,
    /// The one that is shown.
    pub source: Source,
    /// What was searched for; empty: the source is shown.
    pub q: String,
    /// What is wrong with it, and what to write instead.
    pub problem: Option<String>,
    /// Of this page's own address, and of that without the search: rows take it along.
    pub query: String,
    pub list_query: String,
    /// How many the list holds, and how many of them need a reply; unknown of what was searched.
    pub total: Option<Count>,
    pub needing: Option<Count>,
    pub bands: Vec<Band>,
    /// Where the page above this one is, and the page below.
    pub newer: Option<String>,
    pub older: Option<String>,
    /// Whom the list can be narrowed to, and how it can be sorted.
    pub assignees: Vec<Choice>,
    pub sorts: Vec<Choice>,
    /// Whether the order that was chosen is the list's: words are found newest first.
    pub is_sorted: bool,
    pub chips: Vec<Chip>,
    /// Whom the selected threads can be given to, nobody among them.
    pub people: Vec<Choice>,
    /// How many threads all pages together offer to select; none if there is one page, or if they
    /// are too many.
    pub selectable: Option<i64>,
    /// How many threads the list has, if all of it is selected.
    pub all: Option<usize>,
    /// The page's own address, with nothing selected.
    pub here: String,
    /// No thread was ever started: the page says what to do next.
    pub first_steps: Option<FirstSteps>,
}

/// A named filter at the inbox's left.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// As it stands in the address.
    pub name: &'static str,
    pub title: &'static str,
    pub icon: &'static str,
    pub count: Count,
    pub current: bool,
    /// Of its address.
    pub query: String,
}

/// A part of the list, by whose turn it is.
#[derive(Clone, Debug, Serialize)]
pub struct Band {
    pub title: &'static str,
    /// A letter of its own, for ids.
    pub name: char,
    /// Somebody waits for the team.
    pub hot: bool,
    /// How many it has in all, not only here; unknown of what was searched.
    pub count: Option<Count>,
    #[serde(serialize_with = "templates::lazily")]
    pub rows: Vec<Row>,
}

/// An entry of a filter.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub title: String,
    pub chosen: bool,
}

/// A filter that is on.
#[derive(Clone, Debug, Serialize)]
pub struct Chip {
    pub title: String,
    /// The query of the address without it.
    pub without: String,
}

/// A thread as a list shows it.
#[derive(Clone, Debug, Hash, Serialize)]
pub struct Row {
    pub id: String,
    /// In words.
    pub status: &'static str,
    pub unread: bool,
    /// The customer's name.
    pub from: String,
    pub messages: i64,
    pub subject: String,
    pub extract: String,
    /// Who of the team wrote the last message; none if the customer did.
    pub extract_by: Option<String>,
    /// A direct one is its people's own, and no list can change it.
    pub kind: &'static str,
    pub assignee: Option<String>,
    /// Whoever looks has a draft here.
    pub draft: bool,
    pub waiting_since: Option<Timestamp>,
    pub last_message_at: Timestamp,
    pub trashed_at: Option<Timestamp>,
    /// When what is in the trash is deleted for good.
    pub purged_at: Option<Timestamp>,
    /// The thread that the page shows.
    pub current: bool,
    /// Who else of the team is in it now.
    pub present: Vec<Present>,
    /// What was looked for, in `from`, `subject` and `extract`.
    pub marks: [Marks; 3],
}

/// What an owner needs who has just set Pigeon up.
#[derive(Clone, Debug, Serialize)]
pub struct FirstSteps {
    pub contact_url: String,
    /// Where a form on another site posts to.
    pub action_url: String,
    /// None while the honeypot is off.
    pub honeypot: Option<String>,
}

impl Row {
    /// As `viewer` sees it in a list.
    pub fn new(row: inbox::Row, viewer: &User) -> Self {
        Self {
            id: row.id.to_string(),
            waiting_since: row.waits_since(),
            status: title(row.status),
            unread: row.is_unread_by(viewer),
            from: row.starter_name,
            messages: row.message_count,
            subject: row.subject,
            extract: row.preview,
            kind: if row.band.is_direct() {
                "direct"
            } else {
                "support"
            },
            extract_by: row.preview_by_staff.then_some(row.preview_by),
            assignee: row.assignee_name,
            last_message_at: row.last_message_at,
            draft: false,
            trashed_at: row.trashed_at,
            purged_at: None,
            current: false,
            present: Vec::new(),
            marks: Default::default(),
        }
    }

    /// With the words that a search has found in it.
    #[must_use]
    pub fn marked(self, query: &Query) -> Self {
        let marks = [
            query.marks_in_name(&self.from),
            query.marks_in_subject(&self.subject),
            query.marks_in_text(&self.extract),
        ];
        Self { marks, ..self }
    }

    /// What is in the trash stays there for so long.
    #[must_use]
    pub fn purged_after(self, lifetime: Duration) -> Self {
        Self {
            purged_at: self.trashed_at.map(|at| at + lifetime),
            ..self
        }
    }
}

fn title(status: Status) -> &'static str {
    match status {
        Status::Pending => t("Pending"),
        Status::Open => t("Open"),
        Status::Closed => t("Closed"),
    }
}

impl Source {
    /// Their names, titles and icons, in the order in which they are shown.
    pub const ALL: [(&'static str, &'static str, &'static str); 9] = [
        ("pending", "Pending", "reply"),
        ("open", "Open", "hourglass"),
        ("mine", "Mine", "user-round-check"),
        ("unassigned", "Unassigned", "circle-dashed"),
        ("all", "All", "inbox"),
        ("support", "Support", "globe"),
        ("direct", "Direct", "messages-square"),
        ("closed", "Closed", "circle-check"),
        ("trash", "Trash", "trash-2"),
    ];
}
