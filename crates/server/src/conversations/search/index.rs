use db::{Conn, Db, Tx};
use serde::Serialize;

use super::{
    TOPIC,
    entry::{Entry, select_entries},
    window,
};
use crate::{
    Error, Result,
    ids::{MessageId, ThreadId},
};

/// Notes that a message is to be indexed. The worker does it just after the commit; until then a
/// search reads the message itself.
pub async fn enqueue(tx: &mut Tx, message: MessageId) -> Result<()> {
    tx.query("INSERT INTO search_todo (message_id) VALUES ($1)")
        .bind(message)
        .execute()
        .await?;
    tx.announce(TOPIC.to_owned()).await?;
    Ok(())
}

/// The newest message of a thread is indexed again: what it is found by has changed.
pub async fn take_in_again(tx: &mut Tx, thread: ThreadId) -> Result<()> {
    let newest: Option<(MessageId,)> = tx
        .query(
            "DELETE FROM search_entries WHERE num = (
                 SELECT num FROM search_entries WHERE thread_id = $1 ORDER BY num DESC LIMIT 1)
             RETURNING message_id",
        )
        .bind(thread)
        .fetch_optional()
        .await?;
    // None: it still waits to be taken in.
    match newest {
        Some((message,)) => enqueue(tx, message).await,
        None => Ok(()),
    }
}

/// Takes the oldest messages that wait into the index, so few that nobody who posts is held up.
/// Returns how many: none when the index is up to date.
pub async fn index_batch(db: &Db) -> Result<usize> {
    if !is_behind(&mut db.read().await?).await? {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    // Two workers that index at once find the same messages; only one of them deletes them.
    let taken: Vec<(MessageId,)> = tx
        .query(
            "DELETE FROM search_todo WHERE message_id IN
                 (SELECT message_id FROM search_todo ORDER BY message_id LIMIT 100)
             RETURNING message_id",
        )
        .fetch_all()
        .await?;
    let mut ids: Vec<MessageId> = taken.into_iter().map(|(id,)| id).collect();
    ids.sort_unstable();
    let entries = entries(&mut tx, &ids).await?;
    insert(&mut tx, &entries).await?;
    tx.commit().await?;
    Ok(ids.len())
}

async fn is_behind(conn: &mut Conn) -> Result<bool> {
    let waiting: Option<(MessageId,)> = conn
        .query("SELECT message_id FROM search_todo LIMIT 1")
        .fetch_optional()
        .await?;
    Ok(waiting.is_some())
}

async fn entries(tx: &mut Tx, ids: &[MessageId]) -> Result<Vec<Entry>> {
    let ids: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
    let entries = tx
        .query_each(
            select_entries!("WHERE m.id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY m.id"),
            select_entries!(
                "WHERE m.id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))
                 ORDER BY m.id"
            ),
        )
        .bind(json(&ids)?)
        .fetch_all()
        .await?;
    Ok(entries)
}

/// A row of the index, as it is handed to the database.
#[derive(Serialize)]
pub(crate) struct Row {
    num: i64,
    message: String,
    thread: String,
    terms: String,
    windows: String,
}

impl Row {
    pub(crate) fn new(num: i64, entry: &Entry) -> Self {
        Self {
            num,
            message: entry.message_id.0.simple().to_string(),
            thread: entry.thread_id.0.simple().to_string(),
            terms: joined(entry.terms()),
            windows: joined(window::terms(num)),
        }
    }
}

async fn insert(tx: &mut Tx, entries: &[Entry]) -> Result<()> {
    let count = i64::try_from(entries.len()).expect("a batch is small");
    let (end,): (i64,) = tx
        .query("UPDATE search_state SET next_num = next_num + $1 RETURNING next_num")
        .bind(count)
        .fetch_optional()
        .await?
        .ok_or(Error::NotFound)?;
    let rows: Vec<Row> = (end - count..end)
        .zip(entries)
        .map(|(num, entry)| Row::new(num, entry))
        .collect();
    insert_rows(tx, &json(&rows)?).await
}

/// `rows` is JSON, so that the statements are the same for any number of them.
pub(crate) async fn insert_rows(tx: &mut Tx, rows: &str) -> Result<()> {
    tx.query_each(
        "INSERT INTO search_entries (num, message_id, thread_id)
         SELECT value ->> 'num', unhex(value ->> 'message'), unhex(value ->> 'thread')
         FROM json_each($1)",
        "INSERT INTO search_entries (num, message_id, thread_id)
         SELECT num, message, thread
         FROM jsonb_to_recordset($1::jsonb) AS r (num bigint, message uuid, thread uuid)",
    )
    .bind(rows)
    .execute()
    .await?;
    tx.query_each(
        "INSERT INTO search_index (rowid, terms)
         SELECT value ->> 'num', value ->> 'terms' FROM json_each($1)",
        "INSERT INTO search_index (num, terms)
         SELECT num, array_to_tsvector(string_to_array(concat_ws(' ', nullif(terms, ''), windows), ' '))
         FROM jsonb_to_recordset($1::jsonb) AS r (num bigint, terms text, windows text)",
    )
    .bind(rows)
    .execute()
    .await?;
    Ok(())
}

fn joined(terms: impl IntoIterator<Item = String>) -> String {
    terms.into_iter().collect::<Vec<_>>().join(" ")
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal("an entry of the index as JSON"))
}
