//! Who of the team is in a conversation now, and what they do there: rows that their pages renew, so
//! that every node knows, and nothing that stays.

use std::time::Duration;

use db::{Conn, Db, Timestamp, Tx};
use serde::Serialize;

use crate::{
    Result,
    accounts::User,
    conversations::Thread,
    ids::{ThreadId, UserId},
};

/// A page that has said nothing for so long has gone; it says something every 20 seconds.
const GONE: Duration = Duration::from_secs(45);
const ROUND: Duration = Duration::from_secs(10);
/// Announced, beside the thread's own topic, for the lists that show who is where.
const TOPIC: &str = "here";
/// More than a team has pages open.
const MOST: i64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Doing {
    /// Has the conversation before them.
    Here,
    /// Writes a reply.
    Reply,
    /// Writes an internal note.
    Note,
}

db::text_enum!(Doing { Here = "here", Reply = "reply", Note = "note" });

/// Somebody who is in a conversation.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Present {
    pub thread_id: ThreadId,
    pub user_id: UserId,
    pub name: String,
    pub doing: Doing,
    seen_at: Timestamp,
}

/// `staff` is in the thread. Announced only when that is new.
pub async fn appear(
    tx: &mut Tx,
    thread: &Thread,
    staff: &User,
    doing: Doing,
    now: Timestamp,
) -> Result<()> {
    let renewed = tx
        .query(
            "UPDATE presence SET seen_at = $4
             WHERE thread_id = $1 AND user_id = $2 AND doing = $3 AND seen_at > $5",
        )
        .bind(thread.id)
        .bind(staff.id)
        .bind(doing)
        .bind(now)
        .bind(now - GONE)
        .execute()
        .await?;
    if renewed > 0 {
        return Ok(());
    }
    tx.query(
        "INSERT INTO presence (thread_id, user_id, doing, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (thread_id, user_id) DO UPDATE SET doing = $3, seen_at = $4",
    )
    .bind(thread.id)
    .bind(staff.id)
    .bind(doing)
    .bind(now)
    .execute()
    .await?;
    announce(tx, thread.id).await
}

/// `staff` has left the thread's page. The thread itself may have gone before.
pub async fn disappear(tx: &mut Tx, thread: ThreadId, staff: &User) -> Result<()> {
    let gone = tx
        .query("DELETE FROM presence WHERE thread_id = $1 AND user_id = $2")
        .bind(thread)
        .bind(staff.id)
        .execute()
        .await?;
    if gone > 0 {
        announce(tx, thread).await?;
    }
    Ok(())
}

/// Who is in the thread beside `viewer`, by name.
pub async fn others_in(
    conn: &mut Conn,
    thread: &Thread,
    viewer: &User,
    now: Timestamp,
) -> Result<Vec<Present>> {
    let present = conn
        .query(
            "SELECT presence.thread_id, presence.user_id, users.name, presence.doing, presence.seen_at
             FROM presence JOIN users ON users.id = presence.user_id
             WHERE presence.thread_id = $1 AND presence.user_id <> $2
               AND users.disabled_at IS NULL
             ORDER BY users.name, users.id",
        )
        .bind(thread.id)
        .bind(viewer.id)
        .fetch_all()
        .await?;
    Ok(still_there(present, now))
}

/// Who is in any thread beside `viewer`, by name.
pub async fn others(conn: &mut Conn, viewer: &User, now: Timestamp) -> Result<Vec<Present>> {
    let present = conn
        .query(
            "SELECT presence.thread_id, presence.user_id, users.name, presence.doing, presence.seen_at
             FROM presence JOIN users ON users.id = presence.user_id
             WHERE presence.seen_at > $2 AND presence.user_id <> $1
               AND users.disabled_at IS NULL
             ORDER BY users.name, users.id LIMIT $3",
        )
        .bind(viewer.id)
        .bind(now.rounded_down(ROUND) - GONE)
        .bind(MOST)
        .fetch_all()
        .await?;
    Ok(still_there(present, now))
}

/// To the moment: the database is asked by a round time, and so the same for a while.
fn still_there(mut present: Vec<Present>, now: Timestamp) -> Vec<Present> {
    present.retain(|present| present.seen_at > now - GONE);
    present
}

/// Forgets who has gone without a word, and announces it. Writes nothing when nobody has.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<()> {
    let gone: Option<(i64,)> = db
        .read()
        .await?
        .query("SELECT CAST(1 AS BIGINT) FROM presence WHERE seen_at <= $1 LIMIT 1")
        .bind(now - GONE)
        .fetch_optional()
        .await?;
    if gone.is_none() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let gone: Vec<(ThreadId,)> = tx
        .query("DELETE FROM presence WHERE seen_at <= $1 RETURNING thread_id")
        .bind(now - GONE)
        .fetch_all()
        .await?;
    for (thread,) in gone {
        announce(&mut tx, thread).await?;
    }
    Ok(tx.commit().await?)
}

async fn announce(tx: &mut Tx, thread: ThreadId) -> Result<()> {
    tx.announce(TOPIC.to_owned()).await?;
    tx.announce(format!("{TOPIC}-{thread}")).await?;
    Ok(())
}
