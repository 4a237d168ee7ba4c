//! Which addresses' e-mailed links this browser has opened: a signed cookie, and no row. It proves
//! those addresses where the same browser begins a new conversation.

use std::time::Duration;

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use db::Timestamp;

use crate::{
    App,
    web::{
        Call,
        cookies::{Cookie, SetCookie},
        origin::Origin,
    },
};

const PURPOSE: &str = "device";
const LASTS: Duration = Duration::from_hours(24 * 365);
/// A browser remembers no more addresses; the oldest goes first.
const MOST: usize = 8;

/// What this browser has shown that it can read.
pub struct Device {
    app: App,
    now: Timestamp,
    opened: Vec<Opened>,
}

/// One address: when, and the signature of both. The address itself is not in the cookie.
#[derive(Clone)]
struct Opened {
    at: i64,
    signature: Vec<u8>,
}

impl Device {
    pub fn read(app: &App, headers: &HeaderMap, now: Timestamp) -> Self {
        let value = Cookie::Device
            .read(&app.config, headers)
            .unwrap_or_default();
        Self {
            app: app.clone(),
            now,
            opened: value
                .split('~')
                .filter_map(Opened::parse)
                .take(MOST)
                .collect(),
        }
    }

    /// Of whoever posts; from another site no cookie counts.
    pub fn of(call: &Call) -> Self {
        if call.origin == Origin::Own {
            Self::read(&call.app, &call.headers, call.now)
        } else {
            Self::read(&call.app, &HeaderMap::new(), call.now)
        }
    }

    /// Whether this browser has opened a link that was mailed to the canonical address.
    pub fn has_opened_mail_to(&self, key: &str) -> bool {
        let mut opened = self.opened.iter();
        opened.any(|opened| {
            Timestamp::from_micros(opened.at) + LASTS > self.now
                && self
                    .app
                    .secrets
                    .verify(PURPOSE, &signed(opened.at, key), &opened.signature)
        })
    }

    /// The cookie that adds the canonical address; none if it has it already.
    pub fn opening_mail_to(&self, key: &str) -> Option<SetCookie> {
        if self.has_opened_mail_to(key) {
            return None;
        }
        let at = self.now.as_micros();
        let new = Opened {
            at,
            signature: self.app.secrets.sign(PURPOSE, &signed(at, key)).to_vec(),
        };
        let all = self.opened.iter().cloned().chain([new]);
        let all: Vec<_> = all.map(|opened| opened.to_text()).collect();
        let newest = &all[all.len().saturating_sub(MOST)..];
        Some(Cookie::Device.set(newest.join("~"), Some(LASTS)))
    }
}

impl Opened {
    fn parse(text: &str) -> Option<Self> {
        let (at, signature) = text.split_once('.')?;
        Some(Self {
            at: at.parse().ok()?,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    fn to_text(&self) -> String {
        format!("{}.{}", self.at, URL_SAFE_NO_PAD.encode(&self.signature))
    }
}

fn signed(at: i64, key: &str) -> Vec<u8> {
    format!("{at} {key}").into_bytes()
}
