use serde::Serialize;

use crate::{
    error::Problems,
    views::{
        conversation::Choice,
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
        vec![("empty", empty), ("refused", refused)]
    }
}
