//! A form's token: shows that a page of ours wrote the form, with no row in the database. It is
//! the signature of a cookie that only this browser has.

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    app::App,
    secrets,
    web::{
        cookies::{Cookie, SetCookie},
        fields::Fields,
        origin::Token,
    },
};

const PURPOSE: &str = "form token";
const NAME: &str = "browser";
/// The length of a cookie of ours.
const LENGTH: usize = 43;
/// Bytes that make a token another one on each page.
const SALT: usize = 16;

/// The browser's form cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormCookie(String);

impl FormCookie {
    pub fn read(app: &App, headers: &HeaderMap) -> Option<Self> {
        let value = Cookie::Form.read(&app.config, headers)?;
        let ours = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let fits = value.len() == LENGTH && value.bytes().all(ours);
        fits.then(|| Self(value.to_owned()))
    }

    pub fn new() -> Self {
        Self(secrets::token())
    }

    /// What may be stored of it.
    pub fn hash(&self) -> [u8; 32] {
        secrets::hash(&self.0)
    }

    /// What names the browser, and lets nobody pose as it.
    pub fn name(&self, app: &App) -> String {
        URL_SAFE_NO_PAD.encode(app.secrets.sign(NAME, self.0.as_bytes()))
    }

    /// What the forms of a page carry. It is never the same twice: nobody can find it out bit by bit
    /// from how well pages can be compressed.
    pub fn token(&self, app: &App) -> String {
        let salt: [u8; SALT] = secrets::random();
        let signature = app.secrets.sign(PURPOSE, &self.salted(&salt));
        URL_SAFE_NO_PAD.encode([&salt[..], &signature].concat())
    }

    fn made(&self, app: &App, token: &[u8]) -> bool {
        let parts = token.split_first_chunk::<SALT>();
        parts.is_some_and(|(salt, signature)| {
            app.secrets.verify(PURPOSE, &self.salted(salt), signature)
        })
    }

    fn salted(&self, salt: &[u8; SALT]) -> Vec<u8> {
        [&salt[..], self.0.as_bytes()].concat()
    }

    /// Lasts until the browser closes.
    pub fn to_set(&self) -> SetCookie {
        Cookie::Form.set(&self.0, None)
    }
}

impl Default for FormCookie {
    fn default() -> Self {
        Self::new()
    }
}

/// Judges the field `csrf`, or the header that a script sends in its place.
pub fn judge(app: &App, headers: &HeaderMap, fields: &Fields) -> Token {
    let header = headers.get("x-csrf-token").map(|token| token.to_str());
    let token = match header {
        Some(token) => token.unwrap_or("?"),
        None => fields.get("csrf"),
    };
    if token.is_empty() {
        return Token::Missing;
    }
    let token = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
    let is_right = FormCookie::read(app, headers).is_some_and(|cookie| cookie.made(app, &token));
    if is_right { Token::Right } else { Token::Wrong }
}
