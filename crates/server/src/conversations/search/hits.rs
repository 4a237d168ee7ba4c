use std::collections::BTreeSet;

use db::Conn;
use serde::Serialize;

use super::{
    entry::{Facts, Texts},
    index::json,
    window::Window,
};
use crate::{Result, ids::ThreadId};

/// An entry that has all terms that were asked for.
#[derive(sqlx::FromRow)]
pub(super) struct Hit {
    pub(super) num: i64,
    pub(super) thread_id: ThreadId,
    pub(super) in_trash: bool,
    #[sqlx(flatten)]
    pub(super) facts: Facts,
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

/// The newest hits in a window, `most` of them.
pub(super) async fn in_window(
    conn: &mut Conn,
    terms: &BTreeSet<String>,
    window: &Window,
    most: usize,
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
        .bind(i64::try_from(most).expect("a look is small"))
        .fetch_all()
        .await?;
    Ok(hits)
}

pub(super) const IN_WINDOW_SQLITE: &str = r#"
    SELECT hits.num, e.thread_id, t.trashed_at IS NOT NULL AS in_trash,
           t.status, t.assignee_id, t.last_message_at
    FROM (SELECT rowid AS num FROM search_index
          WHERE search_index MATCH
              (SELECT group_concat('"' || value || '"', ' AND ') FROM json_each($1, '$.terms'))
              AND rowid >= $2 AND rowid < $3
          ORDER BY rowid DESC LIMIT $4) AS hits
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
        SELECT num FROM found WHERE num >= $2 AND num < $3 ORDER BY num DESC LIMIT $4
    )
    SELECT hits.num, e.thread_id, t.trashed_at IS NOT NULL AS in_trash,
           t.status, t.assignee_id, t.last_message_at
    FROM hits
    JOIN search_entries e ON e.num = hits.num
    JOIN threads t ON t.id = e.thread_id
    ORDER BY hits.num DESC";

/// The entries of some threads that have all terms, from `num` on.
pub(super) async fn of_threads(
    conn: &mut Conn,
    terms: &BTreeSet<String>,
    threads: &[ThreadId],
    num: i64,
) -> Result<Vec<(ThreadId, i64)>> {
    let hits = conn
        .query_each(OF_THREADS_SQLITE, OF_THREADS_POSTGRES)
        .bind(json(terms)?)
        .bind(json(&simple(threads))?)
        .bind(num)
        .fetch_all()
        .await?;
    Ok(hits)
}

pub(super) const OF_THREADS_SQLITE: &str = r#"
    SELECT e.thread_id, e.num
    FROM json_each($2) AS asked
    CROSS JOIN search_entries e ON e.thread_id = unhex(asked.value) AND e.num >= $3
    WHERE EXISTS (
        SELECT 1 FROM search_index WHERE rowid = e.num AND search_index MATCH
            (SELECT group_concat('"' || value || '"', ' AND ') FROM json_each($1)))"#;

pub(super) const OF_THREADS_POSTGRES: &str = r"
    SELECT e.thread_id, e.num
    FROM search_entries e
    JOIN search_index i ON i.num = e.num
    WHERE e.thread_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::uuid))
        AND e.num >= $3
        AND (i.terms || ''::tsvector) @@ (SELECT string_agg('''' || term || '''', ' & ')::tsquery
            FROM jsonb_array_elements_text($1::jsonb) term)";

/// What is written in some entries, to look for phrases in it.
pub(in crate::conversations) async fn texts(conn: &mut Conn, nums: &[i64]) -> Result<Vec<Said>> {
    let said = conn
        .query_each(TEXTS_SQLITE, TEXTS_POSTGRES)
        .bind(json(&nums)?)
        .fetch_all()
        .await?;
    Ok(said)
}

#[derive(sqlx::FromRow)]
pub(in crate::conversations) struct Said {
    pub(in crate::conversations) num: i64,
    pub(in crate::conversations) by_staff: bool,
    #[sqlx(flatten)]
    pub(in crate::conversations) texts: Texts,
}

const TEXTS_SQLITE: &str = "
    SELECT e.num, m.by_staff, t.subject, t.starter_name, t.starter_email, m.author_name, m.body
    FROM json_each($1) AS asked
    CROSS JOIN search_entries e ON e.num = asked.value
    CROSS JOIN messages m ON m.id = e.message_id
    CROSS JOIN threads t ON t.id = e.thread_id";

const TEXTS_POSTGRES: &str = "
    SELECT e.num, m.by_staff, t.subject, t.starter_name, t.starter_email, m.author_name, m.body
    FROM search_entries e
    JOIN messages m ON m.id = e.message_id
    JOIN threads t ON t.id = e.thread_id
    WHERE e.num = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::bigint))";

/// Which of the threads have a note.
pub(super) async fn noted(conn: &mut Conn, threads: &[ThreadId]) -> Result<Vec<ThreadId>> {
    let noted: Vec<(ThreadId,)> = conn
        .query_each(NOTED_SQLITE, NOTED_POSTGRES)
        .bind(json(&simple(threads))?)
        .fetch_all()
        .await?;
    Ok(noted.into_iter().map(|(id,)| id).collect())
}

const NOTED_SQLITE: &str = "
    SELECT DISTINCT m.thread_id
    FROM json_each($1) AS asked
    CROSS JOIN messages m ON m.thread_id = unhex(asked.value) AND m.kind = 'note'";

const NOTED_POSTGRES: &str = "
    SELECT DISTINCT thread_id FROM messages
    WHERE kind = 'note'
        AND thread_id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))";

fn simple(threads: &[ThreadId]) -> Vec<String> {
    threads.iter().map(|id| id.0.simple().to_string()).collect()
}
