use db::Timestamp;
use serde::Serialize;

use crate::views::{
    samples::minutes_ago,
    shell::{Place, Shell},
};

/// What the mail catcher holds, newest first.
#[derive(Clone, Debug, Serialize)]
pub struct MailCatcher {
    pub shell: Shell,
    pub mails: Vec<Caught>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Caught {
    pub id: String,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub at: Timestamp,
}

/// One caught mail, in one of three ways.
#[derive(Clone, Debug, Serialize)]
pub struct CaughtMail {
    pub shell: Shell,
    pub mail: Caught,
    pub tab: Tab,
    /// The text part, or the whole mail as it would have been sent.
    pub text: String,
    /// Where the HTML part is served by itself; none if there is none.
    pub html_url: Option<String>,
    /// Where the mail's own links lead.
    pub links: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tab {
    Text,
    Html,
    Raw,
}

impl Caught {
    fn sample(n: u64) -> Self {
        Self {
            id: format!("01920000-0000-7000-8000-00000000030{n}"),
            from: "\"Maya Lindqvist, Fernhill Pottery\" <hello@fernhill.example>".into(),
            to: "ada.okonkwo@posteo.example".into(),
            subject: "Parcel arrived open, two cups missing".into(),
            at: minutes_ago(n * 70),
        }
    }
}

impl MailCatcher {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let shell = Shell::sample(Place::Mail).with_catcher();
        let full = Self {
            shell: shell.clone(),
            mails: (0..5).map(Caught::sample).collect(),
        };
        let empty = Self {
            shell,
            mails: Vec::new(),
        };
        vec![("full", full), ("empty", empty)]
    }
}

impl CaughtMail {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let text = Self {
            shell: Shell::sample(Place::Mail).with_catcher(),
            mail: Caught::sample(1),
            tab: Tab::Text,
            text: "Hi Ada,\n\nI’m sorry, that is no way for a present to arrive.\n\nOpen the conversation:\nhttps://post.fernhill.example/pigeon/t/abc\n".into(),
            html_url: Some("/pigeon/admin/mail/1/html".into()),
            links: vec!["https://post.fernhill.example/pigeon/t/abc".into()],
        };
        let html = Self {
            tab: Tab::Html,
            ..text.clone()
        };
        let raw = Self {
            tab: Tab::Raw,
            text: "From: a@b.example\r\nSubject: x\r\n\r\nHi".into(),
            ..text.clone()
        };
        vec![("text", text), ("html", html), ("raw", raw)]
    }
}
