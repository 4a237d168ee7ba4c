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

/// The holders of the sessions that `$asked` lists the hashes of.
macro_rules! holders {
    ($asked:literal) => {
        concat!(
            "SELECT held.token_hash, holder.* FROM sessions AS held JOIN (",
            users!("WHERE disabled_at IS NULL"),
            ") AS holder ON holder.id = held.user_id
             WHERE held.expires_at > $2 AND held.token_hash IN (",
            $asked,
            ")"
        )
    };
}

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
    // The time is compared here: so the same is asked each time.
    let found: Option<Held> = conn
        .query(concat!(
            "SELECT held.expires_at, holder.* FROM sessions AS held JOIN (",
            users!("WHERE disabled_at IS NULL"),
            ") AS holder ON holder.id = held.user_id WHERE held.token_hash = $1"
        ))
        .bind(secrets::hash(token).to_vec())
        .fetch_optional()
        .await?;
    let held = found.filter(|held| held.expires_at > now);
    Ok(held.map(|held| held.user))
}

#[derive(sqlx::FromRow)]
struct Held {
    expires_at: Timestamp,
    #[sqlx(flatten)]
    user: User,
}

#[derive(sqlx::FromRow)]
struct Holder {
    token_hash: Vec<u8>,
    #[sqlx(flatten)]
    user: User,
}

/// Whose the sessions of these tokens' hashes are; those that have ended are left out.
pub async fn holders(
    conn: &mut Conn,
    hashes: &[[u8; 32]],
    now: Timestamp,
) -> Result<Vec<([u8; 32], User)>> {
    let found: Vec<Holder> = conn
        .query_each(
            holders!("SELECT unhex(value) FROM json_each($1)"),
            holders!(
                "SELECT decode(value, 'hex')
                 FROM jsonb_array_elements_text(CAST($1 AS jsonb)) AS asked (value)"
            ),
        )
        .bind(secrets::hex_list(hashes))
        .bind(now)
        .fetch_all()
        .await?;
    let found = found.into_iter();
    Ok(found
        .filter_map(|it| Some((it.token_hash.try_into().ok()?, it.user)))
        .collect())
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
