use db::Timestamp;
use serde::Serialize;

use crate::{
    error::Problems,
    views::{
        samples::minutes_ago,
        shell::{Place, Shell},
    },
};

/// The team's saved replies, and a form for a new one.
#[derive(Clone, Debug, Serialize)]
pub struct SavedReplies {
    pub shell: Shell,
    pub replies: Vec<SavedReply>,
    /// The conversation to insert one in, if the page was opened from it.
    pub insert: Option<Insert>,
    pub form: Form,
    pub problems: Problems,
}

/// One of them, to change or delete.
#[derive(Clone, Debug, Serialize)]
pub struct SavedReplyPage {
    pub shell: Shell,
    pub id: String,
    pub title: String,
    pub form: Form,
    /// When it was last changed, in the form that came.
    pub seen: String,
    /// Why nothing was changed.
    pub problem: Option<String>,
    pub problems: Problems,
}

#[derive(Clone, Debug, Serialize)]
pub struct SavedReply {
    pub id: String,
    pub title: String,
    pub body: String,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, Serialize)]
pub struct Insert {
    pub thread: String,
    pub subject: String,
}

/// What stands in the fields.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Form {
    pub title: String,
    pub body: String,
}

impl SavedReplies {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let reply = |n: u8, title: &str, body: &str| SavedReply {
            id: format!("01920000-0000-7000-8000-00000000040{n}"),
            title: title.into(),
            body: body.into(),
            updated_at: minutes_ago(90 * u64::from(n)),
        };
        let full = Self {
            shell: Shell::sample(Place::Replies),
            replies: vec![
                reply(
                    1,
                    "A parcel is lost",
                    "Hello {name},\n\nI am sorry. We send it again today, and you need not do anything.\n\nWarm regards,\n{me}",
                ),
                reply(
                    2,
                    "Opening hours",
                    "The workshop is open **from Tuesday to Saturday**, 10 to 17.",
                ),
            ],
            insert: None,
            form: Form::default(),
            problems: Problems::default(),
        };
        let insert = Self {
            insert: Some(Insert {
                thread: "01920000-0000-7000-8000-000000000101".into(),
                subject: "Parcel arrived open, two cups missing".into(),
            }),
            ..full.clone()
        };
        let mut problems = Problems::default();
        problems.add("title", "There is a saved reply with this title already.");
        let refused = Self {
            form: Form {
                title: "Opening hours".into(),
                body: "Always".into(),
            },
            problems,
            ..full.clone()
        };
        let empty = Self {
            replies: Vec::new(),
            ..full.clone()
        };
        vec![
            ("full", full),
            ("insert", insert),
            ("refused", refused),
            ("empty", empty),
        ]
    }
}

impl SavedReplyPage {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let plain = Self {
            shell: Shell::sample(Place::Replies),
            id: "01920000-0000-7000-8000-000000000401".into(),
            title: "A parcel is lost".into(),
            form: Form {
                title: "A parcel is lost".into(),
                body: "Hello {name},\n\nI am sorry.".into(),
            },
            seen: "1795176300000000".into(),
            problem: None,
            problems: Problems::default(),
        };
        let refused = Self {
            problem: Some(
                "Somebody else has changed this reply in the meantime. Yours is not saved.".into(),
            ),
            ..plain.clone()
        };
        vec![("plain", plain), ("refused", refused)]
    }
}
