//! The inbox: a page of threads in one of its sources, and how many there are in each.
//!
//! A list is made of [bands](Band), one after the other, each in the same order. Every page and
//! count reads only what it shows: each list has an index for each order, that holds its filter too.

mod band;
mod count;
mod export;
mod found;
mod listing;
mod place;
mod row;
mod sort;
mod source;
mod statements;
mod walk;

use db::Conn;

use crate::{Result, accounts::User, ids::ThreadId};

pub use band::Band;
pub use count::{COUNTED, Counts, count_in_bands, count_needing_reply, count_up_to, counts};
pub use export::{Exported, exported};
pub use found::show_found;
pub use listing::{Batch, Listing, Position};
pub use place::{Cursor, Place};
pub use row::Row;
pub use sort::{Sort, subject_key};
pub use source::{List, Source, Whose};
pub use walk::{PAGE, Page, page, some};

use statements::{BY_IDS, NEEDING_ME, NEEDING_SOMEBODY};

/// The newest threads that [`count_needing_reply`] counts.
pub async fn newest_needing_reply(conn: &mut Conn, viewer: &User, limit: i64) -> Result<Vec<Row>> {
    if viewer.admin {
        let pending = List::of(Source::Pending);
        return some(conn, viewer, &pending, &Place::First, limit).await;
    }
    let mut rows: Vec<Row> = conn
        .query(NEEDING_ME)
        .bind(viewer.id)
        .bind(limit)
        .fetch_all()
        .await?;
    let nobodys: Vec<Row> = conn
        .query(NEEDING_SOMEBODY)
        .bind(viewer.id)
        .bind(limit)
        .fetch_all()
        .await?;
    rows.extend(nobodys);
    rows.sort_by_key(|row| std::cmp::Reverse((row.last_message_at, row.id)));
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(rows)
}

/// The rows of `threads`, in that order; those that `viewer` may not see are left out.
pub async fn rows_of(conn: &mut Conn, viewer: &User, threads: &[ThreadId]) -> Result<Vec<Row>> {
    let ids = serde_json::to_string(threads).expect("ids are plain text");
    let mut rows: Vec<Row> = conn
        .query_each(BY_IDS.sqlite, BY_IDS.postgres)
        .bind(viewer.id)
        .bind(ids)
        .fetch_all()
        .await?;
    for row in &mut rows {
        row.band = Band::of(row.status);
    }
    rows.sort_by_key(|row| threads.iter().position(|id| *id == row.id));
    Ok(rows)
}
