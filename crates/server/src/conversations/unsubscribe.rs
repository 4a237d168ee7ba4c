use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use db::{Conn, Timestamp, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{Notify, Participant, Thread},
    ids::{ParticipantId, ThreadId, UndoId, UserId},
    secrets::Secrets,
};

const PURPOSE: &str = "unsubscribe";

/// Whose mail about what an unsubscribe link ends (RFC 8058). The link is signed, and can do
/// nothing else: it does not open the thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unsubscribe {
    #[serde(rename = "p")]
    Participant(ParticipantId),
    /// Staff who were alerted, and may not take part yet.
    #[serde(rename = "s")]
    Staff { user: UserId, thread: ThreadId },
    /// Staff to whom many threads were assigned at one stroke.
    #[serde(rename = "m")]
    Assigned { user: UserId, undo: UndoId },
    /// An address of the support recipients.
    #[serde(rename = "a")]
    Address { email_key: String, thread: ThreadId },
}

impl Unsubscribe {
    /// The token in the address of the link.
    pub fn seal(&self, secrets: &Secrets) -> String {
        let what = serde_json::to_vec(self).expect("plain data");
        let signature = secrets.sign(PURPOSE, &what);
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        format!("{}.{}", encode(&what), encode(&signature))
    }

    pub fn open(token: &str, secrets: &Secrets) -> Option<Self> {
        let (what, signature) = token.split_once('.')?;
        let what = URL_SAFE_NO_PAD.decode(what).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if !secrets.verify(PURPOSE, &what, &signature) {
            return None;
        }
        serde_json::from_slice(&what).ok()
    }

    /// Mutes the thread for that person, or each of the threads that the mail was about.
    pub async fn mute(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        match self {
            Self::Participant(id) => {
                let participant = Participant::get(tx, *id).await?;
                let mut participant = participant.ok_or(Error::NotFound)?;
                participant.set_notify(tx, Notify::Muted).await
            }
            Self::Staff { user, thread } => {
                let thread = Thread::find_support(tx, *thread)
                    .await?
                    .ok_or(Error::NotFound)?;
                let user = User::find(tx, *user).await?.ok_or(Error::NotFound)?;
                let mut participant = Participant::add_staff(tx, &thread, &user, now).await?;
                participant.set_notify(tx, Notify::Muted).await
            }
            Self::Assigned { user, undo } => mute_all_of(tx, *undo, *user).await,
            Self::Address { email_key, thread } => {
                tx.query(
                    "INSERT INTO mutes (thread_id, email_key) VALUES ($1, $2)
                     ON CONFLICT (thread_id, email_key) DO NOTHING",
                )
                .bind(*thread)
                .bind(email_key.as_str())
                .execute()
                .await?;
                Ok(())
            }
        }
    }

    /// Whether it is a guest's who may also ask for no more mail to their address at all.
    pub async fn may_refuse_all(&self, conn: &mut Conn) -> Result<bool> {
        Ok(self.guest_key(conn).await?.is_some())
    }

    /// No more mail to the guest's address, from any thread.
    pub async fn refuse_all(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        let key = self.guest_key(tx).await?.ok_or(Error::NotFound)?;
        tx.query(
            "INSERT INTO mail_refusals (email_key, created_at) VALUES ($1, $2)
             ON CONFLICT (email_key) DO NOTHING",
        )
        .bind(key)
        .bind(now)
        .execute()
        .await?;
        Ok(())
    }

    async fn guest_key(&self, conn: &mut Conn) -> Result<Option<String>> {
        let Self::Participant(id) = self else {
            return Ok(None);
        };
        let participant = Participant::get(conn, *id).await?;
        Ok(participant.and_then(|participant| participant.email_key))
    }
}

/// The threads of a deed. `NotFound` once nobody knows any more which they were.
async fn mute_all_of(tx: &mut Tx, undo: UndoId, user: UserId) -> Result<()> {
    let known: Option<(i64,)> = tx
        .query("SELECT CAST(1 AS BIGINT) FROM undo_items WHERE undo_id = $1 LIMIT 1")
        .bind(undo)
        .fetch_optional()
        .await?;
    if known.is_none() {
        return Err(Error::NotFound);
    }
    tx.query(
        "UPDATE participants SET notify = 'muted'
         WHERE user_id = $2
           AND thread_id IN (SELECT thread_id FROM undo_items WHERE undo_id = $1)",
    )
    .bind(undo)
    .bind(user)
    .execute()
    .await?;
    Ok(())
}

/// Whether somebody asked for no mail to this address: none at all, or none about the thread.
pub async fn is_refused(
    conn: &mut Conn,
    thread: Option<ThreadId>,
    email_key: &str,
) -> Result<bool> {
    let found: Option<(i64,)> = conn
        .query("SELECT CAST(1 AS BIGINT) FROM mail_refusals WHERE email_key = $1")
        .bind(email_key)
        .fetch_optional()
        .await?;
    let Some(thread) = thread.filter(|_| found.is_none()) else {
        return Ok(found.is_some());
    };
    let found: Option<(i64,)> = conn
        .query("SELECT CAST(1 AS BIGINT) FROM mutes WHERE thread_id = $1 AND email_key = $2")
        .bind(thread)
        .bind(email_key)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}
