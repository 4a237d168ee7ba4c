use db::{Result, Timestamp, Tx};

use crate::{
    Job,
    outcome::{End, Verdict, verdict},
};

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finished {
    Done,
    PutOff,
    Parked,
    /// Somebody else has it by now, or it was dropped: nothing was changed.
    NotOurs,
}

/// Writes down how a try ended, if the job is still ours.
pub(crate) async fn finish(
    tx: &mut Tx,
    job: &Job,
    end: &End,
    now: Timestamp,
    random: u32,
) -> Result<Finished> {
    if let End::Expired = end {
        return Ok(Finished::NotOurs);
    }
    let (rows, finished) = match verdict(job, end, now, random) {
        None => (delete(tx, job).await?, Finished::Done),
        Some(verdict) if verdict.parked_at.is_some() => {
            (update(tx, job, verdict).await?, Finished::Parked)
        }
        Some(verdict) => (update(tx, job, verdict).await?, Finished::PutOff),
    };
    if rows == 0 {
        return Ok(Finished::NotOurs);
    }
    job.told.announce(tx, finished).await?;
    Ok(finished)
}

async fn delete(tx: &mut Tx, job: &Job) -> Result<u64> {
    tx.query("DELETE FROM jobs WHERE id = $1 AND attempt = $2 AND running")
        .bind(job.row.id)
        .bind(job.row.attempt)
        .execute()
        .await
}

async fn update(tx: &mut Tx, job: &Job, verdict: Verdict) -> Result<u64> {
    tx.query(
        "UPDATE jobs SET running = FALSE, run_at = $3, failures = $4, crashes = $5, copies = $6,
             failing_since = $7, last_error = COALESCE($8, last_error), parked_at = $9,
             stale = $10
         WHERE id = $1 AND attempt = $2 AND running",
    )
    .bind(job.row.id)
    .bind(job.row.attempt)
    .bind(verdict.run_at)
    .bind(verdict.failures)
    .bind(verdict.crashes)
    .bind(verdict.copies)
    .bind(verdict.failing_since)
    .bind(verdict.error)
    .bind(verdict.parked_at)
    .bind(verdict.stale)
    .execute()
    .await
}
