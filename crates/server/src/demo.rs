//! Believable conversations for an empty database: a tour of a few dozen, or as many as a
//! measurement needs. The same each time but for their dates, which end now.

mod conversation;
mod outline;
mod people;
mod random;
mod rows;
mod stream;
mod team;
mod texts;

use db::{Db, Timestamp};
use tokio::{sync::mpsc, task};

use crate::{Error, Result, conversations::search};

pub use stream::Size;
pub use team::Member;

/// Fills an empty database, and returns the team that can sign in to it. Mails nobody.
pub async fn fill(db: &Db, size: Size, password: &str, now: Timestamp) -> Result<Vec<Member>> {
    ensure_empty(db).await?;
    let team = team::insert(db, password, now).await?;
    let staff: Vec<_> = team.iter().map(Member::staff).collect();

    // The conversations are invented on one core while the database stores them on the other.
    let (send, mut batches) = mpsc::channel(2);
    let inventor = task::spawn_blocking(move || stream::invent(size, &staff, now, &send));
    search::prepare_load(db, size.is_large()).await?;
    while let Some(batch) = batches.recv().await {
        let mut tx = db.begin_large().await?;
        batch.insert(&mut tx).await?;
        tx.commit().await?;
    }
    let entries = inventor
        .await
        .map_err(Error::internal("the demo's texts could not be made"))??;
    search::finish_load(db, entries, size.is_large()).await?;
    db.analyze().await?;
    Ok(team)
}

async fn ensure_empty(db: &Db) -> Result<()> {
    let mut conn = db.read().await?;
    let used: Option<(i64,)> = conn
        .query(
            "SELECT CAST(1 AS BIGINT) FROM users UNION ALL SELECT CAST(1 AS BIGINT) FROM threads
             LIMIT 1",
        )
        .fetch_optional()
        .await?;
    if used.is_some() {
        return Err(Error::Conflict(
            "the database is not empty: the demo only fills a new one".to_owned(),
        ));
    }
    Ok(())
}
