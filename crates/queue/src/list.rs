use std::fmt;

use db::{Conn, Result, Timestamp};
use uuid::Uuid;

use crate::JobId;

/// A job as people see it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub id: JobId,
    pub kind: String,
    pub lane: String,
    pub run_at: Timestamp,
    pub attempt: i64,
    pub running: bool,
    /// Tries that may have done their work, though nobody heard of it.
    pub copies: i64,
    pub last_error: Option<String>,
    pub parked_at: Option<Timestamp>,
    /// Parked because it waited for too long.
    pub stale: bool,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Failed,
    /// Somebody must say whether it is still to be done.
    Stale,
    Running,
    Due,
    Waiting,
}

/// A place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Timestamp, JobId);

impl Cursor {
    /// Before everything that waits.
    pub fn first() -> Self {
        Self(Timestamp::from_micros(i64::MIN), JobId(Uuid::nil()))
    }

    /// Above everything that failed.
    pub fn newest() -> Self {
        Self(Timestamp::from_micros(i64::MAX), JobId(Uuid::max()))
    }

    /// As it stands in an address.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        let at = Timestamp::from_micros(at.parse().ok()?);
        Some(Self(at, id.parse().ok()?))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0.as_micros(), self.1)
    }
}

impl Listed {
    /// Where the page after this job begins.
    pub fn cursor(&self) -> Cursor {
        Cursor(self.parked_at.unwrap_or(self.run_at), self.id)
    }

    pub fn state(&self, now: Timestamp) -> State {
        if self.stale {
            State::Stale
        } else if self.parked_at.is_some() {
            State::Failed
        } else if self.run_at <= now {
            State::Due
        } else if self.running {
            State::Running
        } else {
            State::Waiting
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "failed",
            Self::Stale => "stale",
            Self::Running => "running",
            Self::Due => "due",
            Self::Waiting => "waiting",
        })
    }
}

/// How many jobs a page has.
pub const PAGE: usize = 100;

macro_rules! page {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, lane, run_at, attempt, running, copies, last_error, parked_at, stale,
                 created_at
             FROM jobs WHERE ",
            $rest,
            " LIMIT 100"
        )
    };
}

pub(crate) const WAITING: &str =
    page!("parked_at IS NULL AND (run_at, id) > ($1, $2) ORDER BY run_at, id");
pub(crate) const FAILED: &str = page!(
    "parked_at IS NOT NULL AND NOT stale AND (parked_at, id) < ($1, $2)
     ORDER BY parked_at DESC, id DESC"
);
pub(crate) const STALE: &str = page!(
    "parked_at IS NOT NULL AND stale AND (parked_at, id) < ($1, $2)
     ORDER BY parked_at DESC, id DESC"
);

/// Up to 100 jobs that are due, running or waiting, the next one first.
pub async fn waiting_page(conn: &mut Conn, after: Cursor) -> Result<Vec<Listed>> {
    page(conn, WAITING, after).await
}

/// Up to 100 jobs that failed for good, the last one first.
pub async fn failed_page(conn: &mut Conn, below: Cursor) -> Result<Vec<Listed>> {
    page(conn, FAILED, below).await
}

/// Up to 100 jobs that wait for somebody's decision, the last one first.
pub async fn stale_page(conn: &mut Conn, below: Cursor) -> Result<Vec<Listed>> {
    page(conn, STALE, below).await
}

async fn page(conn: &mut Conn, sql: &'static str, cursor: Cursor) -> Result<Vec<Listed>> {
    let query = conn.query(sql).bind(cursor.0).bind(cursor.1);
    query.fetch_all().await
}
