//! The inbox: a page of threads in one source, or of what a search found.

use axum::response::Response;
use db::Conn;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    App, Result,
    accounts::User,
    conversations::{
        inbox::{self, Cursor, Place, Source},
        search,
    },
    views::{
        inbox::{FirstSteps, Inbox, Row},
        shell,
    },
    web::{
        Visit,
        admin::{
            mark_drafts,
            shell::{shell_with, unsent},
            sources, viewer,
        },
    },
};

/// What of a query is looked at, in characters.
const LONGEST_QUERY: usize = 200;

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let source = sources::chosen(&visit);
    let q: String = visit.query.get("q").chars().take(LONGEST_QUERY).collect();
    let q = q.trim().to_owned();

    let mut conn = visit.app.db.read().await?;
    let counts = inbox::counts(&mut conn, viewer).await?;
    let needing_reply = if viewer.admin {
        counts.pending
    } else {
        inbox::count_needing_reply(&mut conn, viewer).await?
    };
    let mut found = if q.is_empty() {
        list(&mut conn, viewer, source, visit.query.get("cursor")).await?
    } else {
        search(&mut conn, viewer, source, &q, visit.query.get("cursor")).await?
    };
    let unsent = unsent(&visit, &mut conn, viewer).await?;
    mark_drafts(&mut conn, viewer, &mut found.rows).await?;
    drop(conn);

    let sources = sources::all(&counts, source);
    let shown = sources.iter().find(|source| source.current);
    let view = Inbox {
        source: shown.expect("the chosen one is among them").clone(),
        first_steps: first_steps(&visit.app, &sources),
        sources,
        q,
        rows: found.rows,
        newer: found.newer,
        older: found.older,
        shell: shell::Shell {
            unsent,
            ..shell_with(&visit, viewer, shell::Place::Inbox, needing_reply)
        },
    };
    visit.page("admin/inbox.html", &view)
}

struct Found {
    rows: Vec<Row>,
    newer: Option<String>,
    older: Option<String>,
}

async fn list(conn: &mut Conn, viewer: &User, source: Source, cursor: &str) -> Result<Found> {
    let page = inbox::page(conn, viewer, source, place(cursor)).await?;
    let to =
        |way: char, cursor: Cursor| format!("?source={}&cursor={way}{cursor}", source.as_str());
    Ok(Found {
        newer: page.newer.map(|cursor| to('a', cursor)),
        older: page.older.map(|cursor| to('b', cursor)),
        rows: rows(page.rows, viewer),
    })
}

/// `b` (before) or `a` (after) and a cursor; anything else is the first page.
fn place(text: &str) -> Place {
    let before = text.strip_prefix('b').and_then(Cursor::parse);
    let after = text.strip_prefix('a').and_then(Cursor::parse);
    match (before, after) {
        (Some(cursor), _) => Place::Before(cursor),
        (None, Some(cursor)) => Place::After(cursor),
        (None, None) => Place::First,
    }
}

/// Everybody who reads the inbox reads its notes, and finds them.
async fn search(
    conn: &mut Conn,
    viewer: &User,
    source: Source,
    q: &str,
    cursor: &str,
) -> Result<Found> {
    let cursor = cursor.parse().unwrap_or(search::Cursor::NEWEST);
    let found = search::page(conn, search::Scope::Staff, q, cursor).await?;
    let threads = inbox::rows_of(conn, viewer, &found.threads).await?;
    let older = found.next.map(|next| {
        let (source, q) = (source.as_str(), utf8_percent_encode(q, NON_ALPHANUMERIC));
        format!("?source={source}&q={q}&cursor={next}")
    });
    Ok(Found {
        rows: rows(threads, viewer),
        newer: None,
        older,
    })
}

fn rows(rows: Vec<inbox::Row>, viewer: &User) -> Vec<Row> {
    rows.into_iter().map(|row| Row::new(row, viewer)).collect()
}

/// While there is no conversation at all.
fn first_steps(app: &App, sources: &[crate::views::inbox::Source]) -> Option<FirstSteps> {
    let all = sources.iter().find(|source| source.name == "all")?;
    let settings = app.settings();
    (all.count.n == 0).then(|| FirstSteps {
        contact_url: app.config.url("/pigeon/contact"),
        action_url: app.config.url("/pigeon/actions/pigeon/guest/start"),
        honeypot: settings
            .enable_honeypot
            .then(|| settings.honeypot_field.clone()),
    })
}
