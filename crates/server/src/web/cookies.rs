//! Cookies: `__Host-` and `Secure` where the site has TLS, always `HttpOnly` and `SameSite=Lax`.

use std::{fmt::Write as _, time::Duration};

use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};

use crate::config::Config;

/// Which cookie; each has its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// A user's session.
    Session,
    /// What a form's token is bound to.
    Form,
    /// The addresses whose e-mailed links this browser has opened.
    Device,
}

/// A cookie to set, or to take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetCookie {
    pub cookie: Cookie,
    pub value: String,
    /// None: until the browser closes; zero takes it away.
    pub lasts: Option<Duration>,
}

impl Cookie {
    pub fn name(self, config: &Config) -> &'static str {
        match (self, config.is_https()) {
            (Self::Session, true) => "__Host-pigeon",
            (Self::Session, false) => "pigeon",
            (Self::Form, true) => "__Host-pigeon-form",
            (Self::Form, false) => "pigeon-form",
            (Self::Device, true) => "__Host-pigeon-device",
            (Self::Device, false) => "pigeon-device",
        }
    }

    /// The value that came along. Two of one name are none: somebody else has set one of them.
    pub fn read<'h>(self, config: &Config, headers: &'h HeaderMap) -> Option<&'h str> {
        let name = self.name(config);
        let lines = headers.get_all(COOKIE).iter();
        let pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// Whether any came along, readable or not.
    pub fn came_along(self, config: &Config, headers: &HeaderMap) -> bool {
        let name = self.name(config);
        let lines = headers.get_all(COOKIE).iter();
        let mut pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
        pairs.any(|pair| {
            let pair = pair.trim_ascii();
            pair.starts_with(name.as_bytes()) && pair.get(name.len()) == Some(&b'=')
        })
    }

    pub fn set(self, value: impl Into<String>, lasts: Option<Duration>) -> SetCookie {
        SetCookie {
            cookie: self,
            value: value.into(),
            lasts,
        }
    }

    pub fn take_away(self) -> SetCookie {
        self.set("", Some(Duration::ZERO))
    }
}

impl SetCookie {
    pub fn add_to(&self, config: &Config, headers: &mut HeaderMap) {
        let (name, value) = (self.cookie.name(config), &self.value);
        let mut line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
        if config.is_https() {
            line.push_str("; Secure");
        }
        if let Some(lasts) = self.lasts {
            write!(line, "; Max-Age={}", lasts.as_secs()).expect("a text takes any text");
        }
        let line = HeaderValue::from_str(&line).expect("our cookies are plain text");
        headers.append(SET_COOKIE, line);
    }
}
