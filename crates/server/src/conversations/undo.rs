//! Taking back what was done at one stroke: each thread gets its former value, unless somebody
//! changed it since. For a day, and only by whoever did it.

mod items;
mod put_back;

use std::time::Duration;

use db::{Conn, Timestamp, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    accounts::{Permission, User},
    conversations::Status,
    i18n::t,
    ids::{ThreadId, UndoId, UserId},
};

pub(super) use items::{Item, Was};

/// For so long a deed can be taken back.
pub const KEPT: Duration = Duration::from_hours(24);
/// A mail about many threads reads from here what it is about, and so does its way out.
const FORGOTTEN: Duration = Duration::from_hours(30 * 24);

/// What somebody did at one stroke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Deed {
    Status {
        to: Status,
    },
    Assigned {
        to: UserId,
        name: String,
    },
    Unassigned,
    /// Marked read, for whoever did it.
    Read,
    Trashed,
    Restored,
    /// Deleted for good: nothing takes it back.
    Purged,
}

/// A deed that can be taken back, or was.
#[derive(Clone, Debug)]
pub struct Undo {
    pub id: UndoId,
    pub deed: Deed,
    /// How many threads it changed.
    pub threads: i64,
    /// How many are as they were before; none: it was not taken back.
    pub restored: Option<i64>,
    /// Nobody can take it back from then on.
    pub until: Timestamp,
}

/// Keeps what the threads were before `deed`; none, if there are none.
pub(super) async fn remember(
    tx: &mut Tx,
    by: &User,
    deed: &Deed,
    items: Vec<Item>,
    now: Timestamp,
) -> Result<Option<UndoId>> {
    if items.is_empty() {
        return Ok(None);
    }
    let id = insert(tx, by, deed, items.len(), now).await?;
    items::insert(tx, id, items).await?;
    Ok(Some(id))
}

/// Keeps that `threads` threads were deleted for good, to say so.
pub(super) async fn note_purge(
    tx: &mut Tx,
    by: &User,
    threads: usize,
    now: Timestamp,
) -> Result<UndoId> {
    insert(tx, by, &Deed::Purged, threads, now).await
}

async fn insert(
    tx: &mut Tx,
    by: &User,
    deed: &Deed,
    threads: usize,
    now: Timestamp,
) -> Result<UndoId> {
    let id = UndoId::new(now);
    tx.query("INSERT INTO undos (id, user_id, deed, threads) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(by.id)
        .bind(serde_json::to_string(deed).expect("a deed is plain data"))
        .bind(i64::try_from(threads).expect("a deed has an end"))
        .execute()
        .await?;
    Ok(id)
}

impl Undo {
    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        self.restored.is_none() && now < self.until && self.deed != Deed::Purged
    }

    /// One of `user`'s own deeds.
    pub async fn find(conn: &mut Conn, user: &User, id: UndoId) -> Result<Option<Self>> {
        let found: Option<(String, i64, Option<i64>)> = conn
            .query("SELECT deed, threads, restored FROM undos WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user.id)
            .fetch_optional()
            .await?;
        let Some((deed, threads, restored)) = found else {
            return Ok(None);
        };
        let deed = serde_json::from_str(&deed).map_err(Error::internal("a deed cannot be read"))?;
        Ok(Some(Self {
            id,
            deed,
            threads,
            restored,
            until: done_at(id) + KEPT,
        }))
    }
}

/// Takes back what `staff` did: each thread that nobody has changed since gets its former value,
/// with an event where one told of the deed. Asked again, it says again what came of it.
pub async fn undo(tx: &mut Tx, staff: &User, id: UndoId, now: Timestamp) -> Result<Undo> {
    let held = tx
        .query("UPDATE undos SET threads = threads WHERE id = $1 AND user_id = $2")
        .bind(id)
        .bind(staff.id)
        .execute()
        .await?;
    let undo = Undo::find(tx, staff, id).await?.filter(|_| held == 1);
    let mut undo = undo.ok_or(Error::NotFound)?;
    if undo.restored.is_some() {
        return Ok(undo);
    }
    if undo.deed == Deed::Purged {
        return Err(Error::NotFound);
    }
    if undo.until <= now {
        let why = t("This was done more than a day ago, and cannot be undone any more.");
        return Err(Error::Conflict(why.to_owned()));
    }
    let assigns = matches!(undo.deed, Deed::Assigned { .. } | Deed::Unassigned);
    if assigns && !staff.can(Permission::AssignThreads) {
        let why = t("Your account may not do this. An admin of this inbox can allow it.");
        return Err(Error::Forbidden(why.to_owned()));
    }
    let restored = put_back::all(tx, &undo, staff, now).await?;
    tx.query("UPDATE undos SET restored = $2 WHERE id = $1")
        .bind(id)
        .bind(restored)
        .execute()
        .await?;
    undo.restored = Some(restored);
    Ok(undo)
}

/// Threads of an assignment that are still with `assignee`, and not muted: how many, and the first
/// few.
pub async fn still_assigned(
    conn: &mut Conn,
    id: UndoId,
    assignee: UserId,
) -> Result<(i64, Vec<ThreadId>)> {
    let threads: Vec<ThreadId> = conn
        .query(
            "SELECT threads.id FROM undo_items JOIN threads ON threads.id = undo_items.thread_id
             JOIN participants ON participants.thread_id = threads.id
                 AND participants.user_id = threads.assignee_id
             WHERE undo_items.undo_id = $1 AND threads.assignee_id = $2
               AND threads.trashed_at IS NULL AND participants.notify = 'on'
             ORDER BY undo_items.thread_id DESC",
        )
        .bind(id)
        .bind(assignee)
        .fetch_scalars()
        .await?;
    let count = i64::try_from(threads.len()).expect("a deed has an end");
    Ok((count, threads.into_iter().take(10).collect()))
}

/// Forgets deeds that nobody can take back any more.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let before = UndoId::new(now - FORGOTTEN);
    let items = tx
        .query(
            "DELETE FROM undo_items WHERE (undo_id, thread_id) IN (
                 SELECT undo_id, thread_id FROM undo_items WHERE undo_id < $1
                 ORDER BY undo_id, thread_id LIMIT 1000)",
        )
        .bind(before)
        .execute()
        .await?;
    if items > 0 {
        return Ok(items);
    }
    let deeds = tx
        .query("DELETE FROM undos WHERE id IN (SELECT id FROM undos WHERE id < $1 ORDER BY id LIMIT 1000)")
        .bind(before)
        .execute()
        .await?;
    Ok(deeds)
}

/// The id tells it, to the millisecond.
fn done_at(id: UndoId) -> Timestamp {
    let (secs, nanos) = id.0.get_timestamp().map_or((0, 0), |at| at.to_unix());
    let micros = secs * 1_000_000 + u64::from(nanos / 1_000);
    Timestamp::from_micros(i64::try_from(micros).unwrap_or(0))
}
