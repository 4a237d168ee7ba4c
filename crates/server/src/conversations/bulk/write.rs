//! The statements by which many threads get their new values, those of undoing among them. Each
//! also counts an entry, which the caller records.

use db::{Timestamp, Tx};
use serde::Serialize;

use crate::{
    Result,
    conversations::{Status, Thread},
    ids::{ThreadId, UserId},
};

/// Sets each thread's status, and when it was closed.
pub(crate) async fn set_statuses(
    tx: &mut Tx,
    values: impl Iterator<Item = (ThreadId, Status, Option<Timestamp>)>,
) -> Result<()> {
    let rows = values.map(|(id, status, closed_at)| (hex(id), status, closed_at));
    tx.query_each(
        "UPDATE threads SET status = item.value ->> 1, closed_at = item.value ->> 2,
                last_seq = last_seq + 1
         FROM json_each($1) AS item WHERE threads.id = unhex(item.value ->> 0)",
        "UPDATE threads SET status = item.value ->> 1, closed_at = (item.value ->> 2)::bigint,
                last_seq = last_seq + 1
         FROM json_array_elements($1::json) AS item (value)
         WHERE threads.id = (item.value ->> 0)::uuid",
    )
    .bind(json(rows))
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn set_assignees(
    tx: &mut Tx,
    values: impl Iterator<Item = (ThreadId, Option<UserId>)>,
) -> Result<()> {
    let rows = values.map(|(id, user)| (hex(id), user.map(|id| id.0.simple().to_string())));
    tx.query_each(
        "UPDATE threads SET assignee_id = unhex(item.value ->> 1), last_seq = last_seq + 1
         FROM json_each($1) AS item WHERE threads.id = unhex(item.value ->> 0)",
        "UPDATE threads SET assignee_id = (item.value ->> 1)::uuid, last_seq = last_seq + 1
         FROM json_array_elements($1::json) AS item (value)
         WHERE threads.id = (item.value ->> 0)::uuid",
    )
    .bind(json(rows))
    .execute()
    .await?;
    Ok(())
}

/// Sets when each thread came into the trash; none: it is not there.
pub(crate) async fn set_trashed(
    tx: &mut Tx,
    values: impl Iterator<Item = (ThreadId, Option<Timestamp>)>,
) -> Result<()> {
    let rows = values.map(|(id, at)| (hex(id), at));
    tx.query_each(
        "UPDATE threads SET trashed_at = item.value ->> 1, last_seq = last_seq + 1
         FROM json_each($1) AS item WHERE threads.id = unhex(item.value ->> 0)",
        "UPDATE threads SET trashed_at = (item.value ->> 1)::bigint, last_seq = last_seq + 1
         FROM json_array_elements($1::json) AS item (value)
         WHERE threads.id = (item.value ->> 0)::uuid",
    )
    .bind(json(rows))
    .execute()
    .await?;
    Ok(())
}

/// Tells every node that the threads and the lists they are in have changed.
pub(crate) async fn announce_all(tx: &mut Tx, threads: &[&Thread]) -> Result<()> {
    if threads.is_empty() {
        return Ok(());
    }
    tx.announce("inbox".to_owned()).await?;
    for thread in threads {
        tx.announce(thread.topic()).await?;
    }
    Ok(())
}

/// The same of what guests can see, or could.
pub(crate) async fn announce_all_to_guests(tx: &mut Tx, threads: &[&Thread]) -> Result<()> {
    for thread in threads {
        tx.announce(thread.guests_topic()).await?;
    }
    Ok(())
}

fn hex(id: ThreadId) -> String {
    id.0.simple().to_string()
}

fn json<T: Serialize>(rows: impl Iterator<Item = T>) -> String {
    let rows: Vec<T> = rows.collect();
    serde_json::to_string(&rows).expect("rows are plain data")
}
