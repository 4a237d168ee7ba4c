use std::{
    collections::{BTreeSet, HashSet},
    fmt,
    num::ParseIntError,
    str::FromStr,
};

use db::Conn;

use super::{
    Scope,
    entry::{Entry, select_entries},
    hits::{self, Hit, LOOK},
    tokenizer::query_terms,
};
use crate::{Result, ids::ThreadId};

/// How many threads a page shows.
const PAGE: usize = 50;
/// How often a page looks at the index at most. What is in the trash could fill many looks: then
/// the page is shorter than it could be, and leads on.
const MOST_LOOKS: usize = 40;

/// Threads with a message that has every word, the newest such message first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub threads: Vec<ThreadId>,
    /// Where to go on, if there is more.
    pub next: Option<Cursor>,
}

/// How far back a search has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(i64);

impl Cursor {
    /// Where a search begins.
    pub const NEWEST: Self = Self(i64::MAX);
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Cursor {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A page of what `scope` may find, from `cursor` on. A query without a word in it finds nothing.
pub async fn page(conn: &mut Conn, scope: Scope, query: &str, cursor: Cursor) -> Result<Found> {
    let mut terms = query_terms(query);
    if terms.is_empty() {
        return Ok(Found::default());
    }
    terms.insert(scope.term().to_owned());

    // First what is not indexed yet: whatever is indexed meanwhile is then found twice, not never.
    let pending = pending(conn, &terms).await?;
    let mut page = Page {
        seen: pending.iter().copied().collect(),
        threads: Vec::new(),
        last: cursor,
    };
    if cursor == Cursor::NEWEST {
        page.threads = pending;
        page.threads.truncate(PAGE);
    }
    page.fill(conn, &terms, cursor).await
}

/// The threads of messages that have the terms, and that the index does not have yet.
async fn pending(conn: &mut Conn, terms: &BTreeSet<String>) -> Result<Vec<ThreadId>> {
    let entries: Vec<Entry> = conn.query(PENDING).fetch_all().await?;
    let mut seen = HashSet::new();
    let found = entries
        .into_iter()
        .filter(|entry| !entry.in_trash && terms.is_subset(&entry.terms()))
        .map(|entry| entry.thread_id)
        .filter(|thread| seen.insert(*thread))
        .collect();
    Ok(found)
}

/// Only the newest: when so many wait, the index is about to take the others in.
const PENDING: &str = select_entries!(
    "WHERE m.id IN (SELECT message_id FROM search_todo ORDER BY message_id DESC LIMIT 2000)
     ORDER BY m.id DESC"
);

struct Page {
    threads: Vec<ThreadId>,
    seen: HashSet<ThreadId>,
    /// Of the last thread on the page.
    last: Cursor,
}

impl Page {
    /// Adds threads from the index until the page is full, or there are no more.
    async fn fill(
        mut self,
        conn: &mut Conn,
        terms: &BTreeSet<String>,
        cursor: Cursor,
    ) -> Result<Found> {
        let mut window = Some(hits::newest_before(conn, cursor.0).await?);
        for _ in 0..MOST_LOOKS {
            let Some(looked) = window else {
                return Ok(self.found(None));
            };
            let hits = hits::in_window(conn, terms, &looked).await?;
            let fresh = self.not_shown_before(conn, terms, &hits, cursor).await?;
            for hit in fresh {
                if self.threads.len() == PAGE {
                    let last = self.last;
                    return Ok(self.found(Some(last)));
                }
                self.threads.push(hit.thread_id);
                self.last = Cursor(hit.num);
            }
            window = match hits.last() {
                Some(oldest) if hits.len() == LOOK => Some(looked.rest_before(oldest.num)),
                _ => looked.older(),
            };
        }
        let reached = window.map(|window| Cursor(window.nums.end));
        Ok(self.found(reached))
    }

    /// The first hit of each thread that no page has shown, this one included.
    async fn not_shown_before<'h>(
        &mut self,
        conn: &mut Conn,
        terms: &BTreeSet<String>,
        hits: &'h [Hit],
        cursor: Cursor,
    ) -> Result<Vec<&'h Hit>> {
        let fresh: Vec<&Hit> = hits
            .iter()
            .filter(|hit| !hit.in_trash && self.seen.insert(hit.thread_id))
            .collect();
        if cursor == Cursor::NEWEST || fresh.is_empty() {
            return Ok(fresh);
        }
        let threads: Vec<ThreadId> = fresh.iter().map(|hit| hit.thread_id).collect();
        let shown = hits::shown_before(conn, terms, &threads, cursor.0).await?;
        Ok(fresh
            .into_iter()
            .filter(|hit| !shown.contains(&hit.thread_id))
            .collect())
    }

    fn found(self, next: Option<Cursor>) -> Found {
        Found {
            threads: self.threads,
            next,
        }
    }
}
