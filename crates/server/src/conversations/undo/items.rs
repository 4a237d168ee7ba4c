use db::{Conn, Timestamp, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    conversations::Status,
    ids::{ThreadId, UndoId, UserId},
};

/// One of the threads that a deed changed.
pub(crate) struct Item {
    pub(crate) thread: ThreadId,
    /// Of the entry that tells of the deed; of a read mark: where it was put.
    pub(crate) seq: i64,
    pub(crate) was: Was,
}

/// What a thread was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub(crate) enum Was {
    Status {
        status: Status,
        closed_at: Option<Timestamp>,
    },
    Assignee {
        id: Option<UserId>,
        /// Only since the deed is the new assignee mailed about the thread.
        subscribed: bool,
        /// When the new assignee had left the thread.
        #[serde(default)]
        left_at: Option<Timestamp>,
    },
    Trash {
        at: Option<Timestamp>,
    },
    Read {
        seq: i64,
    },
}

pub(super) async fn insert(tx: &mut Tx, undo: UndoId, items: Vec<Item>) -> Result<()> {
    let rows = items.into_iter().map(|item| {
        let was = serde_json::to_string(&item.was).expect("a value is plain data");
        (item.thread.0.simple().to_string(), item.seq, was)
    });
    let rows: Vec<_> = rows.collect();
    tx.query_each(
        "INSERT INTO undo_items (undo_id, thread_id, seq, was)
         SELECT $2, unhex(value ->> 0), value ->> 1, value ->> 2 FROM json_each($1)",
        "INSERT INTO undo_items (undo_id, thread_id, seq, was)
         SELECT $2, (value ->> 0)::uuid, (value ->> 1)::bigint, value ->> 2
         FROM json_array_elements($1::json)",
    )
    .bind(serde_json::to_string(&rows).expect("rows are plain data"))
    .bind(undo)
    .execute()
    .await?;
    Ok(())
}

pub(super) async fn list(conn: &mut Conn, undo: UndoId) -> Result<Vec<Item>> {
    let rows: Vec<(ThreadId, i64, String)> = conn
        .query("SELECT thread_id, seq, was FROM undo_items WHERE undo_id = $1 ORDER BY thread_id")
        .bind(undo)
        .fetch_all()
        .await?;
    let items = rows.into_iter().map(|(thread, seq, was)| {
        let was = serde_json::from_str(&was);
        let was = was.map_err(Error::internal("a former value cannot be read"))?;
        Ok(Item { thread, seq, was })
    });
    items.collect()
}

/// Those whose status, assignee or place (in the trash or not) something has changed since.
pub(super) async fn changed_since(
    conn: &mut Conn,
    undo: UndoId,
    of: &Was,
) -> Result<Vec<ThreadId>> {
    let (sqlite, postgres) = match of {
        Was::Status { .. } => (STATUS.0, STATUS.1),
        Was::Assignee { .. } => (ASSIGNEE.0, ASSIGNEE.1),
        Was::Trash { .. } => (TRASH.0, TRASH.1),
        Was::Read { .. } => return Ok(Vec::new()),
    };
    let changed = conn.query_each(sqlite, postgres).bind(undo);
    Ok(changed.fetch_scalars().await?)
}

/// A query for the items after whose entry there is one that `$changes` says yes of.
macro_rules! later_entries {
    ($changes:expr) => {
        concat!(
            "SELECT undo_items.thread_id FROM undo_items WHERE undo_items.undo_id = $1 AND EXISTS (
                 SELECT 1 FROM messages AS m
                 WHERE m.thread_id = undo_items.thread_id AND m.seq > undo_items.seq AND ",
            $changes,
            ")"
        )
    };
}

/// What is written in an event can be read only there. A message sets the status, too.
const STATUS: (&str, &str) = (
    later_entries!(
        "CASE m.kind WHEN 'event' THEN m.body ->> 'type' IN ('closed', 'reopened', 'status')
              WHEN 'message' THEN TRUE ELSE FALSE END"
    ),
    later_entries!(
        "CASE m.kind WHEN 'event'
              THEN m.body::json ->> 'type' IN ('closed', 'reopened', 'status')
              WHEN 'message' THEN TRUE ELSE FALSE END"
    ),
);
const ASSIGNEE: (&str, &str) = (
    later_entries!(
        "CASE m.kind WHEN 'event' THEN m.body ->> 'type' IN ('assigned', 'unassigned')
              ELSE FALSE END"
    ),
    later_entries!(
        "CASE m.kind WHEN 'event' THEN m.body::json ->> 'type' IN ('assigned', 'unassigned')
              ELSE FALSE END"
    ),
);
const TRASH: (&str, &str) = (
    later_entries!(
        "CASE m.kind WHEN 'event' THEN m.body ->> 'type' IN ('trashed', 'restored')
              ELSE FALSE END"
    ),
    later_entries!(
        "CASE m.kind WHEN 'event' THEN m.body::json ->> 'type' IN ('trashed', 'restored')
              ELSE FALSE END"
    ),
);
