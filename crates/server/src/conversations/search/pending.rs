//! Messages that the index has not taken in yet: they are read one by one.

use std::collections::{BTreeSet, HashSet};

use db::Conn;

use super::{
    Query, Scope,
    entry::{Entry, Facts, select_entries},
    query::Wanted,
};
use crate::{Result, ids::ThreadId};

#[derive(sqlx::FromRow)]
struct Unread {
    #[sqlx(flatten)]
    entry: Entry,
    #[sqlx(flatten)]
    facts: Facts,
}

/// With its terms, as the index would have them.
pub(super) struct Pending {
    entry: Entry,
    facts: Facts,
    terms: BTreeSet<String>,
}

/// Only the newest: when so many wait, the index is about to take the others in.
const NEWEST: &str = select_entries!(
    "WHERE m.id IN (SELECT message_id FROM search_todo ORDER BY message_id DESC LIMIT 2000)
     ORDER BY m.id DESC"
);

pub(super) async fn read(conn: &mut Conn) -> Result<Vec<Pending>> {
    let unread: Vec<Unread> = conn.query(NEWEST).fetch_all().await?;
    let pending = unread.into_iter().filter(|unread| !unread.entry.in_trash);
    Ok(pending
        .map(|Unread { entry, facts }| Pending {
            terms: entry.terms(),
            entry,
            facts,
        })
        .collect())
}

/// The threads of messages that have what is wanted, the newest message first.
pub(super) fn threads(pending: &[Pending], query: &Query, scope: Scope) -> Vec<ThreadId> {
    let mut seen = HashSet::new();
    pending
        .iter()
        .filter(|message| message.has(&query.wanted, scope) && query.allows(&message.facts))
        .map(|message| message.entry.thread_id)
        .filter(|thread| seen.insert(*thread))
        .collect()
}

impl Pending {
    pub(super) fn thread(&self) -> ThreadId {
        self.entry.thread_id
    }

    pub(super) fn has(&self, wanted: &Wanted, scope: Scope) -> bool {
        self.terms.contains(scope.term())
            && wanted.terms.is_subset(&self.terms)
            && wanted
                .phrases
                .iter()
                .all(|phrase| phrase.is_in(&self.entry.texts))
    }
}
