//! Links to choose a new password: they come by e-mail, work once, and for an hour.

use std::time::Duration;

use db::{Conn, Timestamp, Tx};

use crate::{
    Result,
    accounts::{User, user::users},
    ids::UserId,
    secrets,
};

pub const LIFETIME: Duration = Duration::from_hours(1);

/// Returns the token for the link: only its hash is kept.
pub async fn mint(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<String> {
    let token = secrets::token();
    tx.query("INSERT INTO password_links (token_hash, user_id, created_at) VALUES ($1, $2, $3)")
        .bind(secrets::hash(&token).to_vec())
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(token)
}

/// Whose link it is, if it works. Looking at it does not use it.
pub async fn find(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Option<User>> {
    if !secrets::is_token(token) {
        return Ok(None);
    }
    let query = conn
        .query(users!(
            "WHERE disabled_at IS NULL AND id = (
                 SELECT user_id FROM password_links WHERE token_hash = $1 AND created_at > $2)"
        ))
        .bind(secrets::hash(token).to_vec())
        .bind(now - LIFETIME);
    Ok(query.fetch_optional().await?)
}

/// Sets the new password if the link still works; ends it, the person's other links and all their
/// sessions.
pub async fn reset(
    tx: &mut Tx,
    token: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<Option<User>> {
    let Some(user) = find(tx, token, now).await? else {
        return Ok(None);
    };
    let used = tx
        .query("DELETE FROM password_links WHERE token_hash = $1")
        .bind(secrets::hash(token).to_vec())
        .execute()
        .await?;
    if used == 0 {
        return Ok(None);
    }
    User::set_password(tx, user.id, password_hash).await?;
    Ok(Some(user))
}

/// Forgets those that are over; returns how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let query = tx
        .query("DELETE FROM password_links WHERE created_at <= $1")
        .bind(now - LIFETIME);
    Ok(query.execute().await?)
}
