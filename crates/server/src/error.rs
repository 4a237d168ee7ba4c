//! What can go wrong, in the words of the product. `web` turns it into a page or JSON.

use std::{collections::BTreeMap, time::Duration};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not for who is asking: the two cannot be told apart.
    #[error("not found")]
    NotFound,
    /// A private link that is unknown, expired or revoked: one page for all.
    #[error("the private link does not work")]
    LinkExpired,
    /// Nobody has set it up: visitors come too early.
    #[error("not open yet")]
    NotOpen,
    #[error("sign in first")]
    SignInFirst,
    /// What the person lacks, in words for them.
    #[error("not allowed: {0}")]
    Forbidden(String),
    /// Fields that are wrong; the form comes back with what was typed.
    #[error("the form has problems")]
    Invalid(Problems),
    /// A request that makes no sense, in words for the person.
    #[error("bad request: {0}")]
    Malformed(String),
    #[error("conflict: {0}")]
    Conflict(String),
    /// Others have written what the writer had not seen.
    #[error("others have written meanwhile")]
    Overtaken(Vec<Newer>),
    #[error("the body is too large")]
    TooLarge,
    #[error("this type of body is not understood")]
    UnsupportedMedia,
    #[error("too many requests")]
    TooMany { retry_after: Duration },
    /// The database is gone or busy: trying again later helps.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the disk is full")]
    DiskFull(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("{what}")]
    Internal {
        what: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// For `map_err`: says what failed, and keeps the cause.
    pub fn internal<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        what: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::Internal {
            what,
            source: source.into(),
        }
    }

    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add(field, message);
        Self::Invalid(problems)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match db::trouble(&error) {
            db::Trouble::Gone => Self::Unavailable(error.into()),
            db::Trouble::Full => Self::DiskFull(error.into()),
            db::Trouble::Other => Self::Internal {
                what: "a database statement failed",
                source: error.into(),
            },
        }
    }
}

/// What somebody wrote while another was writing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Newer {
    /// The message's.
    pub id: String,
    pub kind: NewerKind,
    pub author: String,
    /// Its beginning.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NewerKind {
    /// By the team.
    Answer,
    Note,
    /// By the customer.
    Message,
}

/// What is wrong with a form, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Problems(pub BTreeMap<String, Vec<String>>);

impl Problems {
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0
            .entry(field.to_owned())
            .or_default()
            .push(message.into());
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` if nothing is wrong.
    pub fn check(self) -> Result<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self))
        }
    }
}
