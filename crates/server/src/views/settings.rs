use serde::Serialize;

use crate::{
    error::Problems,
    views::shell::{Place, Shell},
};

/// All settings on one page.
#[derive(Clone, Debug, Serialize)]
pub struct SettingsPage {
    pub shell: Shell,
    pub groups: Vec<Group>,
    pub problems: Problems,
    /// Where *Send me a test mail* writes to.
    pub my_email: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Group {
    pub id: &'static str,
    pub title: &'static str,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// As it is called everywhere.
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub kind: Kind,
    /// As text; a switch has `true` or `false`.
    pub value: String,
    /// What fixes it from outside: a line of the configuration, or a variable.
    pub pinned_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Kind {
    Switch,
    Number { min: u32, max: Option<u32> },
    Text,
    Choice { options: Vec<String> },
}

impl SettingsPage {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let field = |name, label, hint, kind, value: &str| Field {
            name,
            label,
            hint,
            kind,
            value: value.into(),
            pinned_by: None,
        };
        let plain = Self {
            shell: Shell::sample(Place::Settings),
            groups: vec![
                Group {
                    id: "site",
                    title: "Site",
                    fields: vec![
                        field(
                            "siteName",
                            "Site name",
                            "On every page and in every e-mail.",
                            Kind::Text,
                            "Fernhill Pottery",
                        ),
                        field(
                            "timeZone",
                            "Time zone",
                            "",
                            Kind::Choice {
                                options: vec!["Europe/London".into(), "UTC".into()],
                            },
                            "Europe/London",
                        ),
                    ],
                },
                Group {
                    id: "guests",
                    title: "Guests",
                    fields: vec![
                        field(
                            "allowGuestThreads",
                            "Guests may start conversations",
                            "Off closes the contact form.",
                            Kind::Switch,
                            "true",
                        ),
                        Field {
                            pinned_by: Some("PIGEON_SETTING_GUEST_TOKEN_LIFETIME_DAYS".into()),
                            ..field(
                                "guestTokenLifetimeDays",
                                "Private links work for",
                                "Days after the last message.",
                                Kind::Number {
                                    min: 1,
                                    max: Some(365),
                                },
                                "30",
                            )
                        },
                    ],
                },
            ],
            problems: Problems::default(),
            my_email: "maya@fernhill.example".into(),
        };
        let mut problems = Problems::default();
        problems.add("siteName", "A site has a name.");
        let refused = Self {
            problems,
            ..plain.clone()
        };
        let mut saved = plain.clone();
        saved.shell.notice = Some("The settings are saved.".into());
        vec![("plain", plain), ("refused", refused), ("saved", saved)]
    }
}
