use std::time::Duration;

use db::{Conn, Timestamp, Tx};

use crate::{
    Result,
    accounts::{User, user::users},
    ids::UserId,
    secrets,
};

/// From signing in; nothing prolongs it, so that looking at a page writes nothing.
pub const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// Returns the token for the person's cookie: only its hash is kept.
pub async fn start(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<String> {
    let token = secrets::token();
    tx.query(
        "INSERT INTO sessions (token_hash, user_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(secrets::hash(&token).to_vec())
    .bind(user)
    .bind(now)
    .bind(now + LIFETIME)
    .execute()
    .await?;
    Ok(token)
}

/// Whose session it is, if it has not ended.
pub async fn find(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Option<User>> {
    if !secrets::is_token(token) {
        return Ok(None);
    }
    let query = conn
        .query(users!(
            "WHERE disabled_at IS NULL AND id = (
                 SELECT user_id FROM sessions WHERE token_hash = $1 AND expires_at > $2)"
        ))
        .bind(secrets::hash(token).to_vec())
        .bind(now);
    Ok(query.fetch_optional().await?)
}

/// Ends it at once.
pub async fn end(tx: &mut Tx, token: &str) -> Result<()> {
    tx.query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(secrets::hash(token).to_vec())
        .execute()
        .await?;
    Ok(())
}

/// Forgets those that are over; returns how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let query = tx
        .query("DELETE FROM sessions WHERE expires_at <= $1")
        .bind(now);
    Ok(query.execute().await?)
}
