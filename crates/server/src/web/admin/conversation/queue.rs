use db::Conn;

use crate::{
    Result,
    accounts::User,
    conversations::{
        Thread,
        inbox::{self, Cursor, Place, Source, rows_of},
    },
    views::{conversation::Queue, inbox::Row},
    web::admin::sources,
};

/// How many newer rows stand above the thread.
const ABOVE: usize = 10;

/// The rows of `source` around the thread: it keeps its place even when it has left the source.
pub(super) async fn around(
    conn: &mut Conn,
    viewer: &User,
    source: Source,
    thread: &Thread,
) -> Result<Queue> {
    let cursor = Cursor {
        at: thread.last_message_at,
        id: thread.id,
    };
    let newer = inbox::page(conn, viewer, source, Place::After(cursor)).await?;
    let older = inbox::page(conn, viewer, source, Place::Before(cursor)).await?;
    let current = rows_of(conn, viewer, &[thread.id]).await?;

    let previous = newer.rows.last().map(|row| row.id.to_string());
    let next = older.rows.first().map(|row| row.id.to_string());
    let above = newer.rows.len().saturating_sub(ABOVE);
    let rows = newer.rows.into_iter().skip(above);
    let rows = rows.chain(current).chain(older.rows).map(|row| {
        let is_current = row.id == thread.id;
        Row {
            current: is_current,
            ..Row::new(row, viewer)
        }
    });
    Ok(Queue {
        source: sources::only(source),
        rows: rows.collect(),
        previous,
        next,
    })
}
