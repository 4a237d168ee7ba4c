//! What people do to jobs by hand.

use db::{Db, Result, Timestamp, Tx};
use serde::de::DeserializeOwned;
use sqlx::Error;
use uuid::Uuid;

use crate::{JobId, TOPIC};

/// What became of the wish to try a job again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It is due now, with all its tries before it.
    Due,
    /// It is being tried, or was never tried: its time stands.
    LeftAlone,
    Unknown,
}

/// Makes a job due that failed, or that waits for its next try.
pub async fn retry(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<Retried> {
    let rows = tx
        .query(
            "UPDATE jobs SET run_at = $2, parked_at = NULL, stale = FALSE, released_at = $2,
                 failing_since = NULL, failures = 0, crashes = 0, copies = 0
             WHERE id = $1 AND NOT running AND (parked_at IS NOT NULL OR attempt > 0)",
        )
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    if rows > 0 {
        tx.announce(TOPIC.to_owned()).await?;
        return Ok(Retried::Due);
    }
    let there: Option<(i64,)> = tx
        .query("SELECT attempt FROM jobs WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(there.map_or(Retried::Unknown, |_| Retried::LeftAlone))
}

/// Makes all jobs due that failed or that wait for their next try; returns how many. Those that
/// wait for a decision still do. In several transactions, so that nobody else has to wait for long.
pub async fn retry_all(db: &Db, now: Timestamp) -> Result<u64> {
    let mut all = 0;
    loop {
        let mut tx = db.begin().await?;
        let some = retry_some(&mut tx, now).await?;
        if some == 0 {
            return Ok(all);
        }
        tx.announce(TOPIC.to_owned()).await?;
        tx.commit().await?;
        all += some;
    }
}

async fn retry_some(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let parked = tx
        .query(
            "UPDATE jobs SET run_at = $1, parked_at = NULL, released_at = $1, failing_since = NULL,
                 failures = 0, crashes = 0, copies = 0
             WHERE id IN (
                 SELECT id FROM jobs WHERE parked_at IS NOT NULL AND NOT stale LIMIT 1000
             )",
        )
        .bind(now)
        .execute()
        .await?;
    let waiting = tx
        .query(
            "UPDATE jobs SET run_at = $1, released_at = $1, failing_since = NULL,
                 failures = 0, crashes = 0, copies = 0
             WHERE NOT running AND id IN (
                 SELECT id FROM jobs
                 WHERE parked_at IS NULL AND run_at > $1 AND attempt > 0 AND NOT running
                 LIMIT 1000
             )",
        )
        .bind(now)
        .execute()
        .await?;
    Ok(parked + waiting)
}

/// Deletes the jobs that are about one of these; returns how many.
pub async fn drop_about(tx: &mut Tx, these: impl Iterator<Item = Uuid>) -> Result<u64> {
    let these: Vec<String> = these.map(|id| id.simple().to_string()).collect();
    let these = serde_json::to_string(&these).map_err(|error| Error::Encode(error.into()))?;
    tx.query_each(
        "DELETE FROM jobs WHERE about IN (SELECT unhex(value) FROM json_each($1))",
        "DELETE FROM jobs
         WHERE about = ANY (ARRAY(SELECT CAST(jsonb_array_elements_text(CAST($1 AS jsonb)) AS uuid)))",
    )
    .bind(these)
    .execute()
    .await
}

/// Makes all jobs due that waited for a decision; returns how many.
pub async fn release_stale(db: &Db, now: Timestamp) -> Result<u64> {
    let mut all = 0;
    loop {
        let mut tx = db.begin().await?;
        let some = tx
            .query(
                "UPDATE jobs SET run_at = $1, parked_at = NULL, stale = FALSE, released_at = $1,
                     failing_since = NULL, failures = 0, crashes = 0, copies = 0
                 WHERE id IN (SELECT id FROM jobs WHERE parked_at IS NOT NULL AND stale LIMIT 1000)",
            )
            .bind(now)
            .execute()
            .await?;
        if some == 0 {
            return Ok(all);
        }
        tx.announce(TOPIC.to_owned()).await?;
        tx.commit().await?;
        all += some;
    }
}

/// A job that was deleted by hand.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Dropped {
    pub id: JobId,
    pub about: Option<Uuid>,
    payload: String,
}

impl Dropped {
    pub fn payload<P: DeserializeOwned>(&self) -> serde_json::Result<P> {
        serde_json::from_str(&self.payload)
    }
}

/// Deletes a job, if it is there. Whoever runs it at this moment finds its lease gone.
pub async fn drop_job(tx: &mut Tx, id: JobId) -> Result<Option<Dropped>> {
    tx.query("DELETE FROM jobs WHERE id = $1 RETURNING id, about, payload")
        .bind(id)
        .fetch_optional()
        .await
}

/// Deletes some jobs that failed, as many as nobody else notices; none: there are no more.
pub async fn drop_some_failed(tx: &mut Tx) -> Result<Vec<Dropped>> {
    tx.query(
        "DELETE FROM jobs
         WHERE id IN (SELECT id FROM jobs WHERE parked_at IS NOT NULL AND NOT stale LIMIT 500)
         RETURNING id, about, payload",
    )
    .fetch_all()
    .await
}

/// The same for those that wait for a decision.
pub async fn drop_some_stale(tx: &mut Tx) -> Result<Vec<Dropped>> {
    tx.query(
        "DELETE FROM jobs
         WHERE id IN (SELECT id FROM jobs WHERE parked_at IS NOT NULL AND stale LIMIT 500)
         RETURNING id, about, payload",
    )
    .fetch_all()
    .await
}
