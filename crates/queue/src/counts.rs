use std::time::Duration;

use db::{Conn, Result, Timestamp};

const ROUND: Duration = Duration::from_secs(10);

/// How the queue is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Due and not running, counted up to 100,000.
    pub due: i64,
    /// Parked because they failed, counted up to 100,000.
    pub failed: i64,
    /// Parked because they waited for too long, counted up to 100,000.
    pub stale: i64,
    /// Since when the oldest due job has been.
    pub oldest_due: Option<Timestamp>,
    /// Since when the oldest waiting job has failed, each time for a temporary reason.
    pub failing_since: Option<Timestamp>,
}

pub(crate) const COUNTS: &str = "SELECT
         (SELECT COUNT(*) FROM (SELECT 1 FROM jobs
             WHERE parked_at IS NULL AND run_at <= $1 LIMIT 100000) AS due) AS due,
         (SELECT COUNT(*) FROM (SELECT 1 FROM jobs
             WHERE parked_at IS NOT NULL AND NOT stale LIMIT 100000) AS parked) AS failed,
         (SELECT COUNT(*) FROM (SELECT 1 FROM jobs
             WHERE parked_at IS NOT NULL AND stale LIMIT 100000) AS parked) AS stale,
         (SELECT run_at FROM jobs WHERE parked_at IS NULL AND run_at <= $1
             ORDER BY run_at LIMIT 1) AS oldest_due,
         (SELECT failing_since FROM jobs
             WHERE parked_at IS NULL AND failing_since IS NOT NULL
             ORDER BY failing_since LIMIT 1) AS failing_since";

/// Each from an index.
pub async fn counts(conn: &mut Conn, now: Timestamp) -> Result<Counts> {
    let counts: Option<Counts> = conn.query(COUNTS).bind(now).fetch_optional().await?;
    Ok(counts.expect("a SELECT without FROM has a row"))
}

/// What keeps jobs from being done, at a glance: four steps in an index, however many wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Trouble {
    /// Since when the oldest due job has been.
    pub oldest_due: Option<Timestamp>,
    /// Since when the oldest waiting job has failed.
    pub failing_since: Option<Timestamp>,
    /// Why it failed last.
    pub reason: Option<String>,
    /// Some wait for somebody's decision.
    pub any_stale: bool,
}

pub(crate) const TROUBLE: &str = "SELECT
         (SELECT run_at FROM jobs WHERE parked_at IS NULL AND run_at <= $1
             ORDER BY run_at LIMIT 1) AS oldest_due,
         (SELECT failing_since FROM jobs
             WHERE parked_at IS NULL AND failing_since IS NOT NULL
             ORDER BY failing_since LIMIT 1) AS failing_since,
         (SELECT last_error FROM jobs
             WHERE parked_at IS NULL AND failing_since IS NOT NULL
             ORDER BY failing_since LIMIT 1) AS reason,
         EXISTS (SELECT 1 FROM jobs WHERE parked_at IS NOT NULL AND stale) AS any_stale";

/// For a page that everybody opens all the time.
pub async fn trouble(conn: &mut Conn, now: Timestamp) -> Result<Trouble> {
    // Asked by a round time, and so the same for a while.
    let soon = now.rounded_down(ROUND) + ROUND;
    let trouble: Trouble = conn.query(TROUBLE).bind(soon).fetch_one().await?;
    Ok(Trouble {
        oldest_due: trouble.oldest_due.filter(|since| *since <= now),
        ..trouble
    })
}

impl Counts {
    /// How long the oldest due job has been.
    pub fn oldest_due_age(&self, now: Timestamp) -> Duration {
        self.oldest_due
            .map_or(Duration::ZERO, |since| now.since(since))
    }
}
