use std::collections::BTreeSet;

use db::Conn;
use serde::Serialize;

use super::{index::json, window::Window};
use crate::{Result, ids::ThreadId};

/// How many hits one look at the index brings at most.
pub(super) const LOOK: usize = 200;

/// An entry that has all terms that were asked for.
#[derive(sqlx::FromRow)]
pub(super) struct Hit {
    pub(super) num: i64,
    pub(super) thread_id: ThreadId,
    pub(super) in_trash: bool,
}

/// What is asked, as the databases get it: each puts its own query together from the terms, which
/// hold neither quotes nor backslashes.
#[derive(Serialize)]
struct Asked<'a> {
    terms: &'a BTreeSet<String>,
    window: &'a str,
}

/// Where a look for what is before `num` begins: all entries are before the number that the next
/// one will get.
pub(super) async fn newest_before(conn: &mut Conn, num: i64) -> Result<Window> {
    let (end, is_in_order): (i64, bool) = conn
        .query_each(
            "SELECT next_num, 1 FROM search_state",
            "SELECT next_num, FALSE FROM search_state",
        )
        .fetch_one()
        .await?;
    let end = end.min(num);
    Ok(if is_in_order {
        Window::whole(end)
    } else {
        Window::before(end)
    })
}

/// The newest hits in a window.
pub(super) async fn in_window(
    conn: &mut Conn,
    terms: &BTreeSet<String>,
    window: &Window,
) -> Result<Vec<Hit>> {
    let asked = Asked {
        terms,
        window: &window.term,
    };
    let hits = conn
        .query_each(IN_WINDOW_SQLITE, IN_WINDOW_POSTGRES)
        .bind(json(&asked)?)
        .bind(window.nums.start)
        .bind(window.nums.end)
        .fetch_all()
        .await?;
    Ok(hits)
}

pub(super) const IN_WINDOW_SQLITE: &str = r#"
    SELECT hits.num, e.thread_id, t.trashed_at IS NOT NULL AS in_trash
    FROM (SELECT rowid AS num FROM search_index
          WHERE search_index MATCH
              (SELECT group_concat('"' || value || '"', ' AND ') FROM json_each($1, '$.terms'))
              AND rowid >= $2 AND rowid < $3
          ORDER BY rowid DESC LIMIT 200) AS hits
    CROSS JOIN search_entries e ON e.num = hits.num
    CROSS JOIN threads t ON t.id = e.thread_id
    ORDER BY hits.num DESC"#;

// Materialized, so that the planner has no choice but the index of terms.
pub(super) const IN_WINDOW_POSTGRES: &str = r"
    WITH found AS MATERIALIZED (
        SELECT num FROM search_index
        WHERE terms @@ (SELECT string_agg('''' || term || '''', ' & ')::tsquery
            FROM jsonb_array_elements_text(($1::jsonb -> 'terms') || ($1::jsonb -> 'window')) term)
    ), hits AS MATERIALIZED (
        SELECT num FROM found WHERE num >= $2 AND num < $3 ORDER BY num DESC LIMIT 200
    )
    SELECT hits.num, e.thread_id, t.trashed_at IS NOT NULL AS in_trash
    FROM hits
    JOIN search_entries e ON e.num = hits.num
    JOIN threads t ON t.id = e.thread_id
    ORDER BY hits.num DESC";

/// Which of the threads have a hit at `num` or later: they were shown on a page before.
pub(super) async fn shown_before(
    conn: &mut Conn,
    terms: &BTreeSet<String>,
    threads: &[ThreadId],
    num: i64,
) -> Result<Vec<ThreadId>> {
    let threads: Vec<String> = threads.iter().map(|id| id.0.simple().to_string()).collect();
    let shown: Vec<(ThreadId,)> = conn
        .query_each(SHOWN_SQLITE, SHOWN_POSTGRES)
        .bind(json(terms)?)
        .bind(json(&threads)?)
        .bind(num)
        .fetch_all()
        .await?;
    Ok(shown.into_iter().map(|(id,)| id).collect())
}

pub(super) const SHOWN_SQLITE: &str = r#"
    SELECT DISTINCT e.thread_id
    FROM json_each($2) AS asked
    CROSS JOIN search_entries e ON e.thread_id = unhex(asked.value) AND e.num >= $3
    WHERE EXISTS (
        SELECT 1 FROM search_index WHERE rowid = e.num AND search_index MATCH
            (SELECT group_concat('"' || value || '"', ' AND ') FROM json_each($1)))"#;

pub(super) const SHOWN_POSTGRES: &str = r"
    SELECT DISTINCT e.thread_id
    FROM search_entries e
    JOIN search_index i ON i.num = e.num
    WHERE e.thread_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::uuid))
        AND e.num >= $3
        AND (i.terms || ''::tsvector) @@ (SELECT string_agg('''' || term || '''', ' & ')::tsquery
            FROM jsonb_array_elements_text($1::jsonb) term)";
