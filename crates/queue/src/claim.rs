//! Which jobs are next, and taking them.

use db::{Conn, Result, Timestamp, Tx};

use crate::{job::Claimed, lease::LEASE};

/// How many lanes one look visits.
pub(crate) const LOOK: usize = 100;

/// Until when jobs count as due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub now: Timestamp,
    /// Jobs that were tried before are due only if they were by then.
    pub tried_by: Timestamp,
}

/// A lane, and whether a job is due in it.
pub(crate) type Seen = (String, bool);

pub(crate) const LANES_AFTER: &str = "WITH RECURSIVE visited (lane, place) AS (
         SELECT (SELECT lane FROM jobs WHERE parked_at IS NULL AND lane > $1
                 ORDER BY lane LIMIT 1), 1
         UNION ALL
         SELECT (SELECT jobs.lane FROM jobs
                 WHERE jobs.parked_at IS NULL AND jobs.lane > visited.lane
                 ORDER BY jobs.lane LIMIT 1), place + 1
         FROM visited WHERE lane IS NOT NULL AND place < 100
     )
     SELECT lane, EXISTS (
         SELECT 1 FROM jobs WHERE jobs.parked_at IS NULL AND jobs.lane = visited.lane
             AND run_at <= $2 AND (attempt = 0 OR run_at <= $3)
     ) AS due
     FROM visited WHERE lane IS NOT NULL ORDER BY place";

pub(crate) const CLAIM_SQLITE: &str =
    "UPDATE jobs SET run_at = $4, attempt = attempt + 1, running = TRUE,
         crashes = CASE WHEN running THEN crashes + 1 ELSE crashes END
     WHERE id IN (
         SELECT id FROM jobs WHERE parked_at IS NULL AND lane = $1
             AND run_at <= $2 AND (attempt = 0 OR run_at <= $3)
         ORDER BY run_at, id LIMIT $5
     )
     RETURNING id, kind, lane, payload, attempt, failures, crashes, copies, failing_since,
         created_at, released_at";

pub(crate) const CLAIM_POSTGRES: &str = "WITH next AS MATERIALIZED (
         SELECT id FROM jobs WHERE parked_at IS NULL AND lane = $1
             AND run_at <= $2 AND (attempt = 0 OR run_at <= $3)
         ORDER BY run_at, id LIMIT $5 FOR UPDATE SKIP LOCKED
     )
     UPDATE jobs SET run_at = $4, attempt = attempt + 1, running = TRUE,
         crashes = CASE WHEN running THEN crashes + 1 ELSE crashes END
     FROM next WHERE jobs.id = next.id
     RETURNING jobs.id, kind, lane, payload, attempt, failures, crashes, copies, failing_since,
         created_at, released_at";

pub(crate) const NEXT_DUE: &str = "SELECT run_at FROM jobs WHERE parked_at IS NULL AND run_at > $1
     ORDER BY run_at LIMIT 1";

/// The lanes after `after`, in order, at most [`LOOK`]. Each costs a step in the index, however
/// many jobs wait in it.
pub(crate) async fn lanes_after(conn: &mut Conn, after: &str, due: Due) -> Result<Vec<Seen>> {
    conn.query(LANES_AFTER)
        .bind(after)
        .bind(due.now)
        .bind(due.tried_by)
        .fetch_all()
        .await
}

/// Leases up to `room` due jobs of a lane, the longest due first.
pub(crate) async fn claim(tx: &mut Tx, lane: &str, room: usize, due: Due) -> Result<Vec<Claimed>> {
    tx.query_each(CLAIM_SQLITE, CLAIM_POSTGRES)
        .bind(lane)
        .bind(due.now)
        .bind(due.tried_by)
        .bind(due.now + LEASE)
        .bind(i64::try_from(room).unwrap_or(i64::MAX))
        .fetch_all()
        .await
}

/// When the next job that is not due yet will be.
pub(crate) async fn next_due(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>> {
    let next: Option<(Timestamp,)> = conn.query(NEXT_DUE).bind(now).fetch_optional().await?;
    Ok(next.map(|(at,)| at))
}
