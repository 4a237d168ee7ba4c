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
/// The length of a cookie of ours.
const LENGTH: usize = 43;

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

    /// What forms carry.
    pub fn token(&self, app: &App) -> String {
        URL_SAFE_NO_PAD.encode(app.secrets.sign(PURPOSE, self.0.as_bytes()))
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
    let signature = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
    let cookie = FormCookie::read(app, headers);
    let is_right =
        cookie.is_some_and(|cookie| app.secrets.verify(PURPOSE, cookie.0.as_bytes(), &signature));
    if is_right { Token::Right } else { Token::Wrong }
}
