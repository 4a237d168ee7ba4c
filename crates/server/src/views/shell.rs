use std::collections::BTreeSet;

use db::Timestamp;
use serde::Serialize;

use crate::{accounts::Preferences, views::samples};

/// What surrounds every staff page.
#[derive(Clone, Debug, Serialize)]
pub struct Shell {
    pub me: Me,
    /// How this person likes to work.
    pub preferences: Preferences,
    pub here: Place,
    /// What this person may do; a page leaves out the controls of the rest.
    pub may: BTreeSet<May>,
    /// Threads that need this person's reply: the badge, and the number in the title.
    pub needs_reply: Count,
    /// No mail server is set: mail goes to the catcher, and every page says so.
    pub catcher: bool,
    /// A proxy forwards visitors that `trusted_proxies` does not name: its keeper is told.
    pub unnamed_proxy: bool,
    /// Mail that does not leave: whoever looks after it is told.
    pub trouble: Option<Trouble>,
    /// What has just been done, in words.
    pub notice: Option<String>,
    /// What this person has sent that is held, or did not leave.
    pub unsent: Vec<Unsent>,
    /// The same of a deed that can be undone.
    pub toast: Option<Toast>,
    /// Why what was asked for was not done.
    pub problem: Option<String>,
}

/// A message that is not one yet.
#[derive(Clone, Debug, Serialize)]
pub struct Unsent {
    pub id: String,
    /// None: it is to begin one.
    pub thread: Option<String>,
    pub subject: String,
    /// The customer.
    pub to: String,
    /// None: it did not leave.
    pub leaves_at: Option<Timestamp>,
    /// Seconds from now.
    pub leaves_in: u64,
    /// Why it did not, in words.
    pub returned: Option<&'static str>,
}

/// Why mail does not leave.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Trouble {
    /// Since when the oldest has waited, or been refused for now.
    pub since: Option<Timestamp>,
    /// By the mail server; if not, nobody works on the queue.
    pub refused: bool,
    /// In the words of the mail server, for whoever may read them.
    pub reason: Option<String>,
    /// Some is older than a day, and waits for a decision.
    pub stale: bool,
}

/// What has just been done, and the way back.
#[derive(Clone, Debug, Serialize)]
pub struct Toast {
    pub text: String,
    /// Undoes it; none: there is nothing to undo.
    pub undo: Option<String>,
    /// The page's address without the toast.
    pub here: String,
}

/// Who looks at the page.
#[derive(Clone, Debug, Serialize)]
pub struct Me {
    pub id: String,
    pub name: String,
    pub email: String,
}

/// The part of the control panel that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Home,
    Inbox,
    /// One's own direct threads, in the inbox.
    Messages,
    Settings,
    Mail,
    Profile,
    Queue,
    Replies,
    Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum May {
    /// Reply, add notes, change status, revoke links, write first.
    Manage,
    Assign,
    Settings,
    /// Read the mail catcher.
    Mail,
    /// Look after the queue.
    Queue,
}

/// A number as it is shown: exact up to 999.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// At most 1,000.
    pub n: i64,
    pub shown: String,
}

impl Count {
    const EXACT: i64 = 999;

    pub fn new(n: i64) -> Self {
        let shown = if n > Self::EXACT {
            "999+".to_owned()
        } else {
            n.to_string()
        };
        Self {
            n: n.min(Self::EXACT + 1),
            shown,
        }
    }
}

impl Shell {
    pub fn sample(here: Place) -> Self {
        Self {
            me: Me {
                id: "01920000-0000-7000-8000-000000000001".into(),
                name: "Maya Lindqvist".into(),
                email: "maya@fernhill.example".into(),
            },
            preferences: Preferences::default(),
            here,
            may: [
                May::Manage,
                May::Assign,
                May::Settings,
                May::Mail,
                May::Queue,
            ]
            .into(),
            needs_reply: Count::new(7),
            catcher: false,
            unnamed_proxy: false,
            trouble: None,
            notice: None,
            unsent: Vec::new(),
            toast: None,
            problem: None,
        }
    }

    /// The same, with something that was just done.
    #[must_use]
    pub fn with_toast(self, text: &str) -> Self {
        Self {
            toast: Some(Toast {
                text: text.into(),
                undo: Some("01920000-0000-7000-8000-000000000009".into()),
                here: "/pigeon/admin/threads?source=pending".into(),
            }),
            ..self
        }
    }

    /// Somebody who may only look.
    pub fn sample_reader(here: Place) -> Self {
        Self {
            may: BTreeSet::new(),
            ..Self::sample(here)
        }
    }

    /// The same, behind a proxy that nobody named.
    #[must_use]
    pub fn with_unnamed_proxy(self) -> Self {
        Self {
            unnamed_proxy: true,
            ..self
        }
    }

    /// The same, with a message that is held and one that did not leave.
    #[must_use]
    pub fn with_unsent(self) -> Self {
        let letter = |n: u8, to: &str, subject: &str| Unsent {
            id: format!("01920000-0000-7000-8000-00000000040{n}"),
            thread: Some(format!("01920000-0000-7000-8000-00000000010{n}")),
            subject: subject.into(),
            to: to.into(),
            leaves_at: None,
            leaves_in: 0,
            returned: None,
        };
        Self {
            unsent: vec![
                Unsent {
                    leaves_at: Some(samples::minutes_ago(0)),
                    leaves_in: 8,
                    ..letter(1, "Jonas Weber", "Can I change the address?")
                },
                Unsent {
                    returned: Some("The conversation is in the trash."),
                    ..letter(2, "Sam Whitfield", "Glaze on the blue bowl")
                },
                Unsent {
                    thread: None,
                    returned: Some("Your account could not answer at that time."),
                    ..letter(3, "Noor Haddad", "Your order for the café")
                },
            ],
            ..self
        }
    }

    /// The same, while mail cannot leave.
    #[must_use]
    pub fn with_trouble(self) -> Self {
        Self {
            trouble: Some(Trouble {
                since: Some(samples::minutes_ago(25)),
                refused: true,
                reason: Some("connection refused".into()),
                stale: true,
            }),
            ..self
        }
    }

    /// The same, while no mail leaves the machine.
    #[must_use]
    pub fn with_catcher(self) -> Self {
        Self {
            catcher: true,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_exact_up_to_999() {
        assert_eq!(Count::new(999).shown, "999");
        assert_eq!(Count::new(1000).shown, "999+");
        assert_eq!(Count::new(5000).n, 1000);
    }
}
