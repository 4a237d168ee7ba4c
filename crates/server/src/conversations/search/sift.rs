//! What the index alone cannot tell of threads: whether words stand side by side, whether a word is
//! in none of their messages, whether they have a note.

use std::collections::HashSet;

use db::Conn;

use super::{
    Query, Scope, hits,
    pending::{self, Pending},
    phrase::Phrase,
    query::{Test, Wanted},
};
use crate::{Result, conversations::search::Facts, ids::ThreadId};

/// Which of some threads a query without words finds.
pub async fn sift(
    conn: &mut Conn,
    scope: Scope,
    query: &Query,
    threads: &[(ThreadId, Facts)],
) -> Result<HashSet<ThreadId>> {
    let allowed = threads.iter().filter(|(_, facts)| query.allows(facts));
    let mut found: HashSet<ThreadId> = allowed.map(|(id, _)| *id).collect();
    if query.unwanted.is_empty() && !query.asks_for_notes() {
        return Ok(found);
    }
    let pending = pending::read(conn).await?;
    let asked: Vec<ThreadId> = found.iter().copied().collect();
    for thread in refused(conn, query, scope, &asked, &pending).await? {
        found.remove(&thread);
    }
    Ok(found)
}

/// Which of the threads have a message that they must not have, or none that they must.
pub(super) async fn refused(
    conn: &mut Conn,
    query: &Query,
    scope: Scope,
    threads: &[ThreadId],
    pending: &[Pending],
) -> Result<HashSet<ThreadId>> {
    let mut refused = HashSet::new();
    if threads.is_empty() {
        return Ok(refused);
    }
    for unwanted in &query.unwanted {
        refused.extend(having(conn, unwanted, scope, threads, 0).await?);
        let pending = pending.iter().filter(|it| it.has(unwanted, scope));
        refused.extend(pending.map(Pending::thread));
    }
    for (test, wanted) in &query.tests {
        if *test != Test::Noted {
            continue;
        }
        let noted: HashSet<ThreadId> = match scope {
            Scope::Staff => hits::noted(conn, threads).await?.into_iter().collect(),
            // That there is a note is not told either.
            Scope::Everyone => HashSet::new(),
        };
        refused.extend(threads.iter().filter(|id| noted.contains(id) != *wanted));
    }
    Ok(refused)
}

/// Which of the threads have an indexed message, at `num` or later, with all that is wanted.
pub(super) async fn having(
    conn: &mut Conn,
    wanted: &Wanted,
    scope: Scope,
    threads: &[ThreadId],
    num: i64,
) -> Result<HashSet<ThreadId>> {
    let mut terms = wanted.terms.clone();
    terms.insert(scope.term().to_owned());
    let mut hits = hits::of_threads(conn, &terms, threads, num).await?;
    if !wanted.phrases.is_empty() && !hits.is_empty() {
        let nums: Vec<i64> = hits.iter().map(|(_, num)| *num).collect();
        let said = said(conn, &wanted.phrases, &nums).await?;
        hits.retain(|(_, num)| said.contains(num));
    }
    Ok(hits.into_iter().map(|(thread, _)| thread).collect())
}

/// Which of some entries have every phrase.
pub(super) async fn said(
    conn: &mut Conn,
    phrases: &[Phrase],
    nums: &[i64],
) -> Result<HashSet<i64>> {
    let said = hits::texts(conn, nums).await?;
    let has_all = |said: &hits::Said| phrases.iter().all(|phrase| phrase.is_in(&said.texts));
    Ok(said
        .into_iter()
        .filter(has_all)
        .map(|said| said.num)
        .collect())
}
