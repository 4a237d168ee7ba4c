use serde::Serialize;

use crate::{
    error::Problems,
    views::{
        conversation::{Choice, Held, Other},
        samples::minutes_ago,
        shell::{Place, Shell},
    },
};

/// The form with which staff write first.
#[derive(Clone, Debug, Serialize)]
pub struct NewConversation {
    pub shell: Shell,
    pub email: String,
    pub name: String,
    pub subject: String,
    pub body: String,
    pub assignees: Vec<Choice>,
    pub problems: Problems,
    /// For how many seconds it is held.
    pub hold: i64,
    /// The draft that stands in the form.
    pub draft: Option<String>,
    /// Why it did not leave.
    pub returned: Option<&'static str>,
    /// Drafts that do not stand in the form.
    pub others: Vec<Kept>,
    /// The page of what has left meanwhile.
    pub sent: Option<String>,
    /// What is not closed with the same address.
    pub open: Vec<Other>,
}

/// A draft, by what is known of it.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    pub id: String,
    pub to: String,
    pub subject: String,
}

/// A conversation that begins in some seconds.
#[derive(Clone, Debug, Serialize)]
pub struct LeavingStart {
    pub shell: Shell,
    pub to: String,
    pub email: String,
    pub subject: String,
    pub assignee: Option<String>,
    pub letter: Held,
    /// What is not closed with the same address.
    pub open: Vec<Other>,
}

impl LeavingStart {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let assigned = Self {
            shell: Shell::sample(Place::Inbox),
            to: "Jonas Weber".into(),
            email: "jonas@example.com".into(),
            subject: "Your order for the café".into(),
            assignee: Some("Maya Lindqvist".into()),
            letter: Held {
                id: "01920000-0000-7000-8000-000000000404".into(),
                body: "Dear Jonas, your twelve bowls are fired.".into(),
                leaves_at: minutes_ago(0),
                leaves_in: 8,
                closes: false,
            },
            open: open(),
        };
        let plain = Self {
            shell: Shell::sample(Place::Inbox).with_unsent(),
            assignee: None,
            open: Vec::new(),
            ..assigned.clone()
        };
        vec![("assigned", assigned), ("plain", plain)]
    }
}

impl NewConversation {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let empty = Self {
            shell: Shell::sample(Place::Inbox),
            email: String::new(),
            name: String::new(),
            subject: String::new(),
            body: String::new(),
            assignees: ["Maya Lindqvist", "Tom Adeyemi"]
                .into_iter()
                .zip(1..)
                .map(|(name, n)| Choice {
                    id: n.to_string(),
                    name: name.into(),
                    me: n == 1,
                    current: n == 1,
                })
                .collect(),
            problems: Problems::default(),
            hold: 10,
            draft: None,
            returned: None,
            others: Vec::new(),
            sent: None,
            open: Vec::new(),
        };
        let returned = Self {
            email: "jonas@example.com".into(),
            name: "Jonas Weber".into(),
            body: "Dear Jonas, your twelve bowls are fired.".into(),
            draft: Some("01920000-0000-7000-8000-000000000404".into()),
            returned: Some("Your account could not answer at that time."),
            others: vec![Kept {
                id: "01920000-0000-7000-8000-000000000405".into(),
                to: "sam@example.com".into(),
                subject: "Glaze on the blue bowl".into(),
            }],
            open: open(),
            ..empty.clone()
        };
        let too_late = Self {
            sent: Some("/pigeon/admin/threads/01920000-0000-7000-8000-000000000101".into()),
            ..empty.clone()
        };
        let mut problems = Problems::default();
        problems.add("email", "“ada” is no e-mail address.");
        problems.add("body", "Write something first.");
        let refused = Self {
            email: "ada".into(),
            name: "Ada".into(),
            assignees: Vec::new(),
            problems,
            ..empty.clone()
        };
        vec![
            ("empty", empty),
            ("refused", refused),
            ("returned", returned),
            ("too-late", too_late),
        ]
    }
}

fn open() -> Vec<Other> {
    let other = |n: u8, subject: &str| Other {
        id: format!("01920000-0000-7000-8000-00000000030{n}"),
        subject: subject.into(),
        at: minutes_ago(90),
    };
    vec![
        other(1, "Do the bowls stack?"),
        other(2, "Can I change the address?"),
    ]
}
