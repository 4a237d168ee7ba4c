//! Deleting for good: what a thread was, what was said in it, and everything else that hangs on it.

use db::{Timestamp, Tx};
use queue::NewJob;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{
        Thread,
        bulk::{announce_all, json_of},
        undo,
    },
    i18n::t,
    ids::{MessageId, ThreadId, UndoId},
};

/// The kind of job that deletes what is due to be.
pub const PURGE_JOB: &str = "purge";

/// The time in the trash of what was deleted for good: nobody finds it any more, and it is the
/// first to be purged.
const DELETED: Timestamp = Timestamp::from_micros(0);
/// How many threads one transaction purges at most, and how many entries: it keeps nobody waiting.
const BATCH: i64 = 100;
const ENTRIES: i64 = 2_000;

/// Deletes threads of the trash for good, all of them or none. They are gone at once, whoever
/// looks; their rows are deleted a moment later. Gives what the next page says of it.
pub async fn purge_all(
    tx: &mut Tx,
    threads: &[Thread],
    staff: &User,
    now: Timestamp,
) -> Result<UndoId> {
    if threads.iter().any(|thread| thread.trashed_at.is_none()) {
        let why = t(
            "Only what is in the trash can be deleted for good. Nothing was deleted: look at the list again.",
        );
        return Err(Error::Conflict(why.to_owned()));
    }
    mark_deleted(tx, threads.iter().map(|thread| thread.id)).await?;
    let job = NewJob {
        kind: PURGE_JOB,
        lane: PURGE_JOB,
        payload: (),
        run_at: now,
    };
    queue::push(tx, job, now).await?;
    announce_all(tx, &threads.iter().collect::<Vec<_>>()).await?;
    undo::note_purge(tx, staff, threads.len(), now).await
}

/// Purges some of what came into the trash before `before`; returns how many threads it worked on.
pub async fn purge_some(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let due: Vec<(ThreadId, i64)> = tx
        .query(
            "SELECT id, last_seq FROM threads WHERE trashed_at <= $1
             ORDER BY trashed_at, id LIMIT $2",
        )
        .bind(before)
        .bind(BATCH)
        .fetch_all()
        .await?;
    let mut entries = 0;
    let some = due.iter().take_while(|(_, last_seq)| {
        let fits = entries == 0 || entries + last_seq <= ENTRIES;
        entries += last_seq;
        fits
    });
    let some = lock_due(tx, some.map(|(id, _)| *id), before).await?;
    // A long one goes piece by piece: nobody may restore it in between.
    mark_deleted(tx, some.iter().copied()).await?;
    let some_entries = delete_entries(tx, &some).await?;
    if some_entries < ENTRIES.unsigned_abs() {
        delete_threads(tx, &some).await?;
    }
    Ok(u64::try_from(some.len()).unwrap_or(u64::MAX))
}

/// Those that are due still: somebody may just have restored one. Nobody else changes them until
/// the transaction ends.
async fn lock_due(
    tx: &mut Tx,
    ids: impl Iterator<Item = ThreadId>,
    before: Timestamp,
) -> Result<Vec<ThreadId>> {
    let due = tx
        .query_each(
            "SELECT id FROM threads
             WHERE id IN (SELECT unhex(value) FROM json_each($1)) AND trashed_at <= $2
             ORDER BY id",
            "SELECT id FROM threads
             WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))
               AND trashed_at <= $2
             ORDER BY id FOR UPDATE",
        )
        .bind(json_of(ids))
        .bind(before)
        .fetch_scalars()
        .await?;
    Ok(due)
}

async fn mark_deleted(tx: &mut Tx, ids: impl Iterator<Item = ThreadId>) -> Result<()> {
    tx.query_each(
        "UPDATE threads SET trashed_at = $2
         WHERE id IN (SELECT unhex(value) FROM json_each($1)) AND trashed_at IS NOT NULL",
        "UPDATE threads SET trashed_at = $2
         WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))
           AND trashed_at IS NOT NULL",
    )
    .bind(json_of(ids))
    .bind(DELETED)
    .execute()
    .await?;
    Ok(())
}

/// Deletes what was said in the threads, not more than a transaction's worth of it, and the mails
/// about it that have not left; returns how much that was.
async fn delete_entries(tx: &mut Tx, threads: &[ThreadId]) -> Result<u64> {
    let threads = json_of(threads.iter().copied());
    let entries: Vec<MessageId> = tx
        .query_each(
            "SELECT id FROM messages
             WHERE thread_id IN (SELECT unhex(value) FROM json_each($1)) LIMIT $2",
            "SELECT id FROM messages WHERE thread_id = ANY (
                 ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid)) LIMIT $2",
        )
        .bind(threads.as_str())
        .bind(ENTRIES)
        .fetch_scalars()
        .await?;
    queue::drop_about(tx, entries.iter().map(|entry| entry.0)).await?;
    let ids: Vec<String> = entries
        .iter()
        .map(|entry| entry.0.simple().to_string())
        .collect();
    let ids = serde_json::to_string(&ids).expect("ids are plain text");
    tx.query_each(
        "DELETE FROM search_todo WHERE message_id IN (SELECT unhex(value) FROM json_each($1))",
        "DELETE FROM search_todo
         WHERE message_id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))",
    )
    .bind(ids.as_str())
    .execute()
    .await?;
    tx.query_each(
        "DELETE FROM search_entries WHERE num IN (
             SELECT num FROM search_entries
             WHERE thread_id IN (SELECT unhex(value) FROM json_each($1)) LIMIT $2)",
        "DELETE FROM search_entries WHERE num = ANY (ARRAY(
             SELECT num FROM search_entries WHERE thread_id = ANY (
                 ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid)) LIMIT $2))",
    )
    .bind(threads)
    .bind(ENTRIES)
    .execute()
    .await?;
    let deleted = tx
        .query_each(
            "DELETE FROM messages WHERE id IN (SELECT unhex(value) FROM json_each($1))",
            "DELETE FROM messages
             WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))",
        )
        .bind(ids)
        .execute()
        .await?;
    Ok(deleted)
}

/// Participants, read marks, links, one-time keys and whatever else refers to a thread go with it.
async fn delete_threads(tx: &mut Tx, threads: &[ThreadId]) -> Result<()> {
    tx.query_each(
        "DELETE FROM threads WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        "DELETE FROM threads
         WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))",
    )
    .bind(json_of(threads.iter().copied()))
    .execute()
    .await?;
    Ok(())
}
