use db::{Conn, Timestamp};

use crate::{
    Result,
    conversations::{Participant, Thread},
    email_address::Address,
    ids::ThreadId,
};

/// How many other threads the same address has, up to 100; none until it has proved itself in
/// this one.
pub async fn count_others(conn: &mut Conn, guest: &Participant) -> Result<u64> {
    let (Some(key), Some(_)) = (&guest.email_key, guest.proved_at) else {
        return Ok(0);
    };
    let found: Vec<(i64,)> = conn
        .query(
            "SELECT CAST(1 AS BIGINT) FROM participants JOIN threads ON threads.id = participants.thread_id
             WHERE participants.email_key = $1 AND participants.thread_id <> $2
               AND participants.left_at IS NULL AND threads.trashed_at IS NULL LIMIT 100",
        )
        .bind(key.as_str())
        .bind(guest.thread_id)
        .fetch_all()
        .await?;
    Ok(found.len() as u64)
}

/// Another support thread of the same person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Earlier {
    pub id: ThreadId,
    pub subject: String,
    pub created_at: Timestamp,
}

/// The newest other support threads of the guest who began `thread`, for whoever sees all of them.
/// Only where the address has proved itself, in both: anybody can type any address.
pub async fn earlier_of(
    conn: &mut Conn,
    thread: &Thread,
    participants: &[Participant],
) -> Result<Vec<Earlier>> {
    let customer = participants
        .iter()
        .find(|who| who.email == thread.starter_email && who.proved_at.is_some());
    let Some(key) = customer.and_then(|who| who.email_key.as_deref()) else {
        return Ok(Vec::new());
    };
    let found = conn
        .query(
            "SELECT threads.id, threads.subject, threads.created_at
             FROM participants JOIN threads ON threads.id = participants.thread_id
             WHERE participants.email_key = $1 AND participants.thread_id <> $2
               AND participants.proved_at IS NOT NULL AND participants.left_at IS NULL
               AND threads.kind = 'support' AND threads.trashed_at IS NULL
             ORDER BY participants.thread_id DESC LIMIT 6",
        )
        .bind(key)
        .bind(thread.id)
        .fetch_all()
        .await?;
    Ok(found)
}

/// The newest support threads with an address that are not closed, among its newest hundred: for
/// somebody who is about to begin one more. No address, none.
pub async fn open_with(conn: &mut Conn, address: &str) -> Result<Vec<Earlier>> {
    let Ok(address) = Address::parse(address) else {
        return Ok(Vec::new());
    };
    let found = conn
        .query(
            "SELECT threads.id, threads.subject, threads.created_at
             FROM (SELECT thread_id FROM participants
                   WHERE participants.email_key = $1 AND participants.left_at IS NULL
                   ORDER BY participants.thread_id DESC LIMIT 100) AS newest
             JOIN threads ON threads.id = newest.thread_id
             WHERE threads.kind = 'support' AND threads.trashed_at IS NULL
               AND threads.status <> 'closed'
             ORDER BY newest.thread_id DESC LIMIT 3",
        )
        .bind(address.key())
        .fetch_all()
        .await?;
    Ok(found)
}
