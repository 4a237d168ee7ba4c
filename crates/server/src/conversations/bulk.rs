//! One deed on many threads at one stroke: all of them, or none. Each is a handful of statements,
//! however many threads there are.

mod assign;
mod read;
mod status;
mod trash;
mod write;

use std::collections::BTreeSet;

use db::{Conn, Tx};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{Actor, Deed, Thread, thread::thread_columns},
    i18n::{plural, t},
    ids::{ThreadId, UndoId},
};

pub use assign::assign_all;
pub use read::mark_all_read;
pub use status::set_status_of_all;
pub use trash::{restore_all, trash_all};
pub(super) use write::{
    announce_all, announce_all_to_guests, set_assignees, set_statuses, set_trashed,
};

/// No deed is on more threads than this: nobody else writes to SQLite meanwhile.
pub const MOST: usize = 5_000;

/// What came of a deed.
#[derive(Debug)]
pub struct Done {
    pub deed: Deed,
    /// How many threads are different now.
    pub changed: usize,
    /// Takes it back; none, if nothing was changed.
    pub undo: Option<UndoId>,
}

/// The threads of `ids` as they are now, each once, as `staff` may change them: nobody else
/// changes them until the transaction ends. `NotFound` if one of them is not there for `staff`.
pub async fn lock_all(tx: &mut Tx, staff: &User, ids: &[ThreadId]) -> Result<Vec<Thread>> {
    Actor::User(Box::new(staff.clone())).staff()?;
    let ids: BTreeSet<ThreadId> = ids.iter().copied().collect();
    ensure_not_too_many(ids.len())?;
    let threads = lock_found(tx, ids.iter().copied()).await?;
    if threads.len() < ids.len() {
        return Err(Error::NotFound);
    }
    Ok(threads)
}

/// Refuses what would keep everybody else waiting.
pub fn ensure_not_too_many(count: usize) -> Result<()> {
    if count <= MOST {
        return Ok(());
    }
    let most = u64::try_from(MOST).expect("it is small");
    let problem = plural(
        most,
        "At most one conversation can be changed at a time.",
        "At most {n} conversations can be changed at a time. Narrow the list by a search, or change it in parts.",
    );
    Err(Error::invalid("threadId", problem))
}

/// Refuses to change what is in the trash: somebody may have put it there meanwhile.
pub fn ensure_none_in_trash(threads: &[Thread]) -> Result<()> {
    let trashed = threads.iter().filter(|thread| thread.trashed_at.is_some());
    match (trashed.count(), threads.len()) {
        (0, _) => Ok(()),
        (_, 1) => Err(Error::Conflict(
            t("This conversation is in the trash. Restore it, and try again.").to_owned(),
        )),
        (trashed, _) => Err(Error::Conflict(plural(
            u64::try_from(trashed).unwrap_or(u64::MAX),
            "One of these conversations is in the trash by now. Nothing was changed: look at the list again.",
            "{n} of these conversations are in the trash by now. Nothing was changed: look at the list again.",
        ))),
    }
}

/// Those of `ids` that are there, whether in the trash or not, locked in one order, so that two
/// people's deeds wait for each other and never for ever.
pub(super) async fn lock_found(
    tx: &mut Tx,
    ids: impl Iterator<Item = ThreadId>,
) -> Result<Vec<Thread>> {
    let threads = tx
        .query_each(
            concat!(
                "SELECT ",
                thread_columns!(),
                " FROM threads
                  WHERE id IN (SELECT unhex(value) FROM json_each($1)) AND kind = 'support'
                    AND (trashed_at IS NULL OR trashed_at > 0)
                  ORDER BY id"
            ),
            concat!(
                "SELECT ",
                thread_columns!(),
                " FROM threads
                  WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))
                    AND kind = 'support' AND (trashed_at IS NULL OR trashed_at > 0)
                  ORDER BY id FOR UPDATE"
            ),
        )
        .bind(json_of(ids))
        .fetch_all()
        .await?;
    Ok(threads)
}

/// The support thread, whether in the trash or not, unless it was deleted for good.
pub(super) async fn find_anywhere(conn: &mut Conn, id: ThreadId) -> Result<Option<Thread>> {
    let thread = conn
        .query(concat!(
            "SELECT ",
            thread_columns!(),
            " FROM threads WHERE id = $1 AND kind = 'support'
                AND (trashed_at IS NULL OR trashed_at > 0)"
        ))
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(thread)
}

/// Ids, as the statements take them.
pub(super) fn json_of(ids: impl Iterator<Item = ThreadId>) -> String {
    let ids: Vec<String> = ids.map(|id| id.0.simple().to_string()).collect();
    serde_json::to_string(&ids).expect("ids are plain text")
}
