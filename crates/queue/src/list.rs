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
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Failed,
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
}

impl Listed {
    /// Where the page after this job begins.
    pub fn cursor(&self) -> Cursor {
        Cursor(self.parked_at.unwrap_or(self.run_at), self.id)
    }

    pub fn state(&self, now: Timestamp) -> State {
        if self.parked_at.is_some() {
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
            Self::Running => "running",
            Self::Due => "due",
            Self::Waiting => "waiting",
        })
    }
}

/// Up to 100 jobs that are due, running or waiting, the next one first.
pub async fn waiting_page(conn: &mut Conn, after: Cursor) -> Result<Vec<Listed>> {
    conn.query(
        "SELECT id, kind, lane, run_at, attempt, running, copies, last_error, parked_at, created_at
         FROM jobs WHERE parked_at IS NULL AND (run_at, id) > ($1, $2)
         ORDER BY run_at, id LIMIT 100",
    )
    .bind(after.0)
    .bind(after.1)
    .fetch_all()
    .await
}

/// Up to 100 jobs that failed for good, the last one first.
pub async fn parked_page(conn: &mut Conn, below: Cursor) -> Result<Vec<Listed>> {
    conn.query(
        "SELECT id, kind, lane, run_at, attempt, running, copies, last_error, parked_at, created_at
         FROM jobs WHERE parked_at IS NOT NULL AND (parked_at, id) < ($1, $2)
         ORDER BY parked_at DESC, id DESC LIMIT 100",
    )
    .bind(below.0)
    .bind(below.1)
    .fetch_all()
    .await
}
