use db::Timestamp;
use serde::Serialize;

use crate::{
    accounts::User,
    conversations::{Status, inbox},
    i18n::t,
    views::{
        samples,
        shell::{Count, Place, Shell},
    },
};

/// A page of threads in one source, or what a search found.
#[derive(Clone, Debug, Serialize)]
pub struct Inbox {
    pub shell: Shell,
    pub sources: Vec<Source>,
    /// The one that is shown.
    pub source: Source,
    /// What was searched for; empty: the source is shown.
    pub q: String,
    pub rows: Vec<Row>,
    /// Where the page with newer, or with older threads is.
    pub newer: Option<String>,
    pub older: Option<String>,
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
}

/// A thread as a list shows it.
#[derive(Clone, Debug, Serialize)]
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
    pub assignee: Option<String>,
    /// Whoever looks has a draft here.
    pub draft: bool,
    pub waiting_since: Option<Timestamp>,
    pub last_message_at: Timestamp,
    /// The thread that the page shows.
    pub current: bool,
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
            extract_by: row.preview_by_staff.then_some(row.preview_by),
            assignee: row.assignee_name,
            last_message_at: row.last_message_at,
            draft: false,
            current: false,
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
    pub const ALL: [(&'static str, &'static str, &'static str); 6] = [
        ("pending", "Pending", "reply"),
        ("open", "Open", "hourglass"),
        ("mine", "Mine", "user-round-check"),
        ("unassigned", "Unassigned", "circle-dashed"),
        ("all", "All", "inbox"),
        ("closed", "Closed", "circle-check"),
    ];
}

impl Inbox {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let shell = Shell::sample(Place::Inbox);
        let page = Self {
            shell: shell.clone(),
            sources: samples::sources("pending"),
            source: samples::sources("pending").swap_remove(0),
            q: String::new(),
            rows: samples::rows().into_iter().take(7).collect(),
            newer: None,
            older: Some("?source=pending&cursor=b.1.x".into()),
            first_steps: None,
        };
        let all = Self {
            sources: samples::sources("all"),
            source: samples::sources("all").swap_remove(4),
            rows: samples::rows(),
            newer: Some("?source=all&cursor=a.1.x".into()),
            ..page.clone()
        };
        let found = Self {
            q: "cups".into(),
            older: None,
            ..all.clone()
        };
        let nothing_found = Self {
            q: "kiln price".into(),
            rows: Vec::new(),
            ..found.clone()
        };
        let quiet = Self {
            shell: Shell::sample_reader(Place::Inbox),
            rows: Vec::new(),
            older: None,
            ..page.clone()
        };
        let first_steps = Self {
            shell: shell.with_catcher(),
            rows: Vec::new(),
            older: None,
            sources: samples::empty_sources("pending"),
            source: samples::empty_sources("pending").swap_remove(0),
            first_steps: Some(FirstSteps {
                contact_url: "https://post.fernhill.example/pigeon/contact".into(),
                action_url: "https://post.fernhill.example/pigeon/actions/pigeon/guest/start"
                    .into(),
                honeypot: Some("pigeon_hp".into()),
            }),
            ..page.clone()
        };
        vec![
            ("pending", page),
            ("all", all),
            ("found", found),
            ("nothing-found", nothing_found),
            ("quiet", quiet),
            ("first-steps", first_steps),
        ]
    }
}
