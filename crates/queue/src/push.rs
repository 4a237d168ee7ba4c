use db::{Result, Timestamp, Tx};
use serde::Serialize;
use uuid::Uuid;

use crate::{JobId, TOPIC};

/// A job to be queued.
#[derive(Clone, Debug)]
pub struct NewJob<'a, P> {
    pub kind: &'static str,
    /// What it may be held up by: jobs of other lanes never wait for it.
    pub lane: &'a str,
    pub payload: P,
    pub run_at: Timestamp,
}

/// Queues `job`, if and when the transaction commits.
pub async fn push<P: Serialize>(tx: &mut Tx, job: NewJob<'_, P>, now: Timestamp) -> Result<JobId> {
    let ids = push_all(tx, [job], now).await?;
    Ok(ids[0])
}

/// Queues many jobs in one statement.
pub async fn push_all<'a, P: Serialize>(
    tx: &mut Tx,
    jobs: impl IntoIterator<Item = NewJob<'a, P>>,
    now: Timestamp,
) -> Result<Vec<JobId>> {
    push_all_about(tx, jobs.into_iter().map(|job| (job, None)), now).await
}

/// The same, and each can be found by what it is about.
pub async fn push_all_about<'a, P: Serialize>(
    tx: &mut Tx,
    jobs: impl IntoIterator<Item = (NewJob<'a, P>, Option<Uuid>)>,
    now: Timestamp,
) -> Result<Vec<JobId>> {
    let (mut ids, mut rows) = (Vec::new(), Vec::new());
    for (job, about) in jobs {
        let id = JobId::new(now);
        let payload = to_json(&job.payload)?;
        let hex = |id: Uuid| id.simple().to_string();
        let lane = named(job.lane).to_owned();
        let about = about.map(hex);
        rows.push((hex(id.0), job.kind, lane, payload, job.run_at, about));
        ids.push(id);
    }
    if ids.is_empty() {
        return Ok(ids);
    }
    tx.query_each(
        "INSERT INTO jobs (id, kind, lane, payload, run_at, attempt, running,
             failures, crashes, copies, created_at, about)
         SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4,
             0, FALSE, 0, 0, 0, $2, unhex(value ->> 5)
         FROM json_each($1)",
        "INSERT INTO jobs (id, kind, lane, payload, run_at, attempt, running,
             failures, crashes, copies, created_at, about)
         SELECT (value ->> 0)::uuid, value ->> 1, value ->> 2, value ->> 3, (value ->> 4)::bigint,
             0, FALSE, 0, 0, 0, $2, (value ->> 5)::uuid
         FROM json_array_elements($1::json)",
    )
    .bind(to_json(&rows)?)
    .bind(now)
    .execute()
    .await?;
    tx.announce(TOPIC.to_owned()).await?;
    Ok(ids)
}

/// Lanes are looked for after the empty text, so none may be called that.
fn named(lane: &str) -> &str {
    if lane.is_empty() { "-" } else { lane }
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}
