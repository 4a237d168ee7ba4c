use db::Conn;

use crate::{Result, conversations::Participant};

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
