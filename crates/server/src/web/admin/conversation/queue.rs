use db::Conn;

use crate::{
    Result,
    accounts::User,
    conversations::{
        Thread,
        inbox::{self, Cursor, Place, rows_of},
    },
    ids::ThreadId,
    views::{conversation::Queue, inbox::Row},
    web::admin::{
        inbox::{State, in_bands},
        mark_drafts, sources,
    },
};

/// How many rows stand above the thread, and how many below: more than a screen has room for.
const ABOVE: i64 = 8;
const BELOW: i64 = 16;

/// What stands below the thread in a list, else what stands above it.
pub(super) async fn next(
    conn: &mut Conn,
    viewer: &User,
    state: &State,
    thread: &Thread,
) -> Result<Option<ThreadId>> {
    let cursor = Cursor::at(thread, state.list.sort);
    for place in [Place::Below(cursor.clone()), Place::Above(cursor)] {
        let rows = inbox::some(conn, viewer, &state.list, &place, 1).await?;
        if let Some(row) = rows.first() {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// The rows of a list around the thread: it keeps its place even when it has left the list.
pub(super) async fn around(
    conn: &mut Conn,
    viewer: &User,
    state: &State,
    thread: &Thread,
) -> Result<Queue> {
    let list = &state.list;
    let cursor = Cursor::at(thread, list.sort);
    let place = Place::Above(cursor.clone());
    let above = inbox::some(conn, viewer, list, &place, ABOVE).await?;
    let below = inbox::some(conn, viewer, list, &Place::Below(cursor), BELOW).await?;
    let current = rows_of(conn, viewer, &[thread.id]).await?;

    let previous = above.first().map(|row| row.id.to_string());
    let next = below.first().map(|row| row.id.to_string());
    // A row that has left the list stays where it stood.
    let beside = above.first().or(below.first()).map(|row| row.band);
    let current = current.into_iter().map(|mut row| {
        if let Some(band) = beside.filter(|_| !list.bands().contains(&row.band)) {
            row.band = band;
        }
        row
    });
    let rows = above.into_iter().rev().chain(current).chain(below);
    let mut bands = in_bands(rows.collect(), |row| {
        let is_current = row.id == thread.id;
        Row {
            current: is_current,
            ..Row::new(row, viewer)
        }
    });
    let rows = bands.iter_mut().flat_map(|band| &mut band.rows);
    mark_drafts(conn, viewer, rows.collect::<Vec<_>>()).await?;
    Ok(Queue {
        source: sources::only(list.source),
        query: state.query_of_list(),
        sort: list.sort.as_str(),
        assignee: state.assignee(),
        bands,
        previous,
        next,
    })
}
