use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt,
    num::ParseIntError,
    str::FromStr,
};

use db::Conn;

use super::{
    Query, Scope,
    hits::{self, Hit},
    pending::{self, Pending},
    sift,
};
use crate::{Result, ids::ThreadId};

/// How many threads a page shows.
const PAGE: usize = 50;
/// How many hits the first look at the index brings at most, and each further one: then few of the
/// hits are wanted.
const FIRST_LOOK: usize = 200;
const FURTHER_LOOK: usize = 800;
/// A window that holds fewer is followed by a wider one.
const FEW: usize = 100;
/// How many hits a page goes through, about. What is in the trash, or has the words but not the
/// phrase, could be many more: then the page is shorter than it could be, and leads on.
const MOST_HITS: usize = 8_000;

/// Threads with a message that has every word, the newest such message first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub threads: Vec<ThreadId>,
    /// The entry of that message; what is not indexed yet has none.
    pub entries: HashMap<ThreadId, i64>,
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
pub async fn page(conn: &mut Conn, scope: Scope, query: &Query, cursor: Cursor) -> Result<Found> {
    if !query.has_words() {
        return Ok(Found::default());
    }
    // First what is not indexed yet: whatever is indexed meanwhile is then found twice, not never.
    let pending = pending::read(conn).await?;
    let mut page = Page {
        terms: query.terms_for(scope),
        scope,
        query,
        seen: HashSet::new(),
        threads: Vec::new(),
        entries: HashMap::new(),
        last: cursor,
        pending,
    };
    page.begin(conn, cursor).await?;
    page.fill(conn, cursor).await
}

struct Page<'q> {
    query: &'q Query,
    scope: Scope,
    terms: BTreeSet<String>,
    pending: Vec<Pending>,
    threads: Vec<ThreadId>,
    entries: HashMap<ThreadId, i64>,
    seen: HashSet<ThreadId>,
    /// Of the last thread on the page.
    last: Cursor,
}

impl Page<'_> {
    /// What is not indexed yet stands on the first page, and on no other.
    async fn begin(&mut self, conn: &mut Conn, cursor: Cursor) -> Result<()> {
        let found = pending::threads(&self.pending, self.query, self.scope);
        let refused = sift::refused(conn, self.query, self.scope, &found, &self.pending).await?;
        self.seen.extend(found.iter().copied());
        if cursor == Cursor::NEWEST {
            self.threads = found;
            self.threads.retain(|thread| !refused.contains(thread));
            self.threads.truncate(PAGE);
        }
        Ok(())
    }

    /// Adds threads from the index until the page is full, or there are no more.
    async fn fill(mut self, conn: &mut Conn, cursor: Cursor) -> Result<Found> {
        let mut window = Some(hits::newest_before(conn, cursor.0).await?);
        let (mut most, mut gone_through) = (FIRST_LOOK, 0);
        while gone_through < MOST_HITS {
            let Some(looked) = window else {
                return Ok(self.found(None));
            };
            let hits = hits::in_window(conn, &self.terms, &looked, most).await?;
            for hit in self.not_shown_before(conn, &hits, cursor).await? {
                if self.threads.len() == PAGE {
                    let last = self.last;
                    return Ok(self.found(Some(last)));
                }
                self.threads.push(hit.thread_id);
                self.entries.insert(hit.thread_id, hit.num);
                self.last = Cursor(hit.num);
            }
            window = match hits.last() {
                Some(oldest) if hits.len() == most => Some(looked.narrower_before(oldest.num)),
                _ => looked.older(hits.len() < FEW),
            };
            gone_through += hits.len();
            most = FURTHER_LOOK;
        }
        let reached = window.map(|window| Cursor(window.nums.end));
        Ok(self.found(reached))
    }

    /// The first hit of each thread that no page has shown, this one included.
    async fn not_shown_before<'h>(
        &mut self,
        conn: &mut Conn,
        hits: &'h [Hit],
        cursor: Cursor,
    ) -> Result<Vec<&'h Hit>> {
        let mut fresh: Vec<&Hit> = hits
            .iter()
            .filter(|hit| !hit.in_trash && !self.seen.contains(&hit.thread_id))
            .filter(|hit| self.query.allows(&hit.facts))
            .collect();
        let phrases = &self.query.wanted.phrases;
        if !phrases.is_empty() && !fresh.is_empty() {
            let nums: Vec<i64> = fresh.iter().map(|hit| hit.num).collect();
            let said = sift::said(conn, phrases, &nums).await?;
            fresh.retain(|hit| said.contains(&hit.num));
        }
        fresh.retain(|hit| self.seen.insert(hit.thread_id));
        if fresh.is_empty() {
            return Ok(fresh);
        }
        let threads: Vec<ThreadId> = fresh.iter().map(|hit| hit.thread_id).collect();
        let mut out = sift::refused(conn, self.query, self.scope, &threads, &self.pending).await?;
        if cursor != Cursor::NEWEST {
            let wanted = &self.query.wanted;
            out.extend(sift::having(conn, wanted, self.scope, &threads, cursor.0).await?);
        }
        fresh.retain(|hit| !out.contains(&hit.thread_id));
        Ok(fresh)
    }

    fn found(self, next: Option<Cursor>) -> Found {
        Found {
            threads: self.threads,
            entries: self.entries,
            next,
        }
    }
}
