//! The mail catcher: where mail goes while no mail server is set, so that a newcomer sees the
//! whole story. What is caught is encrypted, and does not stay: the newest 200, for a week.

use std::time::Duration;

use db::{Conn, Timestamp, Tx};
use mail::Email;
use serde::{Deserialize, Serialize};

use crate::{
    App, Error, Result,
    ids::{MailId, UserId},
    secrets::Secrets,
};

const PURPOSE: &str = "caught-mail";
const KEPT: Duration = Duration::from_hours(7 * 24);
const NEWEST: i64 = 200;

/// A caught mail, as it would have been sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Caught {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub raw: String,
    /// Whose password it would let its reader choose.
    password_of: Option<UserId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: MailId,
    sealed: Vec<u8>,
    caught_at: Timestamp,
}

/// Keeps `email`, and lets go of what is old.
pub async fn keep(app: &App, email: &Email, password_of: Option<UserId>) -> Result<()> {
    let caught = Caught {
        from: format!("{} <{}>", email.from.name, email.from.address),
        to: email.to.to_string(),
        subject: email.subject.clone(),
        text: email.text.clone(),
        html: email.html.clone(),
        raw: String::from_utf8_lossy(&email.to_bytes()).into_owned(),
        password_of,
    };
    let caught = serde_json::to_vec(&caught).map_err(Error::internal("a mail is plain data"))?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    tx.query("INSERT INTO caught_mails (id, sealed, caught_at) VALUES ($1, $2, $3)")
        .bind(MailId::new(now))
        .bind(app.secrets.seal(PURPOSE, &caught))
        .bind(now)
        .execute()
        .await?;
    prune(&mut tx, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn prune(tx: &mut Tx, now: Timestamp) -> Result<()> {
    forget_old(tx, now).await?;
    tx.query(
        "DELETE FROM caught_mails WHERE id <
             (SELECT id FROM caught_mails ORDER BY id DESC LIMIT 1 OFFSET $1)",
    )
    .bind(NEWEST - 1)
    .execute()
    .await?;
    Ok(())
}

/// Forgets what is old; once a mail server is set, everything. Says how many mails that were.
pub async fn sweep(app: &App, tx: &mut Tx, now: Timestamp) -> Result<u64> {
    if !app.outlet.is_catcher() {
        return Ok(tx.query("DELETE FROM caught_mails").execute().await?);
    }
    forget_old(tx, now).await
}

async fn forget_old(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let forgotten = tx
        .query("DELETE FROM caught_mails WHERE caught_at <= $1")
        .bind(now - KEPT)
        .execute()
        .await?;
    Ok(forgotten)
}

/// What was caught in the last week, newest first, as `viewer` may see it.
pub async fn list(
    conn: &mut Conn,
    secrets: &Secrets,
    viewer: UserId,
    now: Timestamp,
) -> Result<Vec<(MailId, Timestamp, Caught)>> {
    let rows: Vec<Row> = conn
        .query(
            "SELECT id, sealed, caught_at FROM caught_mails
             WHERE caught_at > $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(now - KEPT)
        .bind(NEWEST)
        .fetch_all()
        .await?;
    // What another key encrypted cannot be read, and is passed over.
    let caught = rows.iter().filter_map(|row| {
        open(row, secrets).map(|caught| (row.id, row.caught_at, caught.seen_by(viewer)))
    });
    Ok(caught.collect())
}

pub async fn get(
    conn: &mut Conn,
    secrets: &Secrets,
    viewer: UserId,
    id: MailId,
    now: Timestamp,
) -> Result<(Timestamp, Caught)> {
    let row: Option<Row> = conn
        .query("SELECT id, sealed, caught_at FROM caught_mails WHERE id = $1 AND caught_at > $2")
        .bind(id)
        .bind(now - KEPT)
        .fetch_optional()
        .await?;
    let row = row.ok_or(Error::NotFound)?;
    let caught = open(&row, secrets).ok_or(Error::NotFound)?;
    Ok((row.caught_at, caught.seen_by(viewer)))
}

fn open(row: &Row, secrets: &Secrets) -> Option<Caught> {
    serde_json::from_slice(&secrets.open(PURPOSE, &row.sealed)?).ok()
}

impl Caught {
    /// Whether its text is kept from the viewer.
    pub fn is_withheld(&self) -> bool {
        self.raw.is_empty()
    }

    /// Nobody gets at another's account through the catcher.
    fn seen_by(self, viewer: UserId) -> Self {
        if self.password_of.is_none_or(|user| user == viewer) {
            return self;
        }
        Self {
            text: String::new(),
            html: String::new(),
            raw: String::new(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
