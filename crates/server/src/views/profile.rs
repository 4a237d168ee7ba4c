use serde::Serialize;

use crate::{
    accounts::{AfterClosing, Density, Preferences, Theme},
    error::Problems,
    views::shell::{Place, Shell},
};

/// How whoever looks is called, and likes to work.
#[derive(Clone, Debug, Serialize)]
pub struct ProfilePage {
    pub shell: Shell,
    pub name: String,
    /// As texts, with what was typed if the form came back.
    pub undo_seconds: String,
    pub density: String,
    pub theme: String,
    pub keys: bool,
    pub after_closing: String,
    /// What each may be.
    pub choices: Choices,
    pub problems: Problems,
}

#[derive(Clone, Debug, Serialize)]
pub struct Choices {
    pub undo_seconds: [i64; 5],
    pub densities: &'static [&'static str],
    pub themes: &'static [&'static str],
    pub after_closing: &'static [&'static str],
}

impl Choices {
    pub fn all() -> Self {
        Self {
            undo_seconds: Preferences::UNDO_SECONDS,
            densities: Density::NAMES,
            themes: Theme::NAMES,
            after_closing: AfterClosing::NAMES,
        }
    }
}

impl ProfilePage {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let plain = Self {
            shell: Shell::sample(Place::Profile),
            name: "Maya Lindqvist".into(),
            undo_seconds: "10".into(),
            density: "compact".into(),
            theme: "system".into(),
            keys: true,
            after_closing: "next".into(),
            choices: Choices::all(),
            problems: Problems::default(),
        };
        let mut dark = plain.clone();
        dark.theme = "dark".into();
        dark.keys = false;
        dark.shell.notice = Some("Your profile is saved.".into());
        dark.shell.preferences = Preferences {
            density: Density::Roomy,
            theme: Theme::Dark,
            use_keys: false,
            ..Preferences::default()
        };
        let mut problems = Problems::default();
        problems.add("name", "People see a name.");
        let refused = Self {
            name: String::new(),
            problems,
            ..plain.clone()
        };
        vec![("plain", plain), ("dark", dark), ("refused", refused)]
    }
}
