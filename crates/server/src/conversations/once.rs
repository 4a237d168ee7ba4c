//! Posting the same thing twice posts once.

use std::time::Duration;

use db::{Conn, Timestamp, Tx};
use sha2::{Digest, Sha256};

use crate::{
    Result,
    conversations::{BrowserProof, Participant, Thread, link},
    ids::{ParticipantId, ThreadId},
};

/// How long a form's one-time key is kept.
pub const KEY: Duration = Duration::from_hours(7 * 24);
/// How long the same text by the same sender counts as the same post, where a form has no key.
const KEYLESS: Duration = Duration::from_mins(10);

/// What is being posted: whatever has the same hash is the same post.
#[derive(Clone, Debug)]
pub struct Once {
    hash: Vec<u8>,
    lasts: Duration,
}

/// What an earlier post of the same made.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Previous {
    pub thread_id: ThreadId,
    pub participant_id: Option<ParticipantId>,
    /// The number of its message.
    pub seq: i64,
    /// The form cookie that came with it.
    cookie_hash: Option<Vec<u8>>,
}

impl Once {
    /// The same key, action, actor and content (all fields but key and token) are the same post.
    /// The same key with other content is a new one: a cache may have given one page to two.
    pub fn keyed(key: &str, action: &str, actor: &str, content: &[(&str, &str)]) -> Self {
        Self {
            hash: hash(key, action, actor, content),
            lasts: KEY,
        }
    }

    /// For a form without a key: `content` is the typed address, the thread, subject and body.
    pub fn keyless(action: &str, content: &[(&str, &str)]) -> Self {
        Self {
            hash: hash("", action, "", content),
            lasts: KEYLESS,
        }
    }

    /// A post that was held: it counts as long as it would have without that.
    pub(super) fn until(hash: Vec<u8>, until: Timestamp, now: Timestamp) -> Self {
        Self {
            hash,
            lasts: until.since(now),
        }
    }

    pub(super) fn expires_at(&self, now: Timestamp) -> Timestamp {
        now + self.lasts
    }

    /// What [`forget`] takes.
    pub(super) fn hash(&self) -> &[u8] {
        &self.hash
    }

    pub async fn find(&self, conn: &mut Conn, now: Timestamp) -> Result<Option<Previous>> {
        let previous = conn
            .query(
                "SELECT thread_id, participant_id, seq, cookie_hash FROM post_keys
                 WHERE hash = $1 AND expires_at > $2",
            )
            .bind(self.hash.as_slice())
            .bind(now)
            .fetch_optional()
            .await?;
        Ok(previous)
    }

    /// Keeps what the post made. False if the same was posted meanwhile: then roll back, and find
    /// that one.
    #[must_use = "if false, the same has been posted meanwhile"]
    pub async fn remember(
        &self,
        tx: &mut Tx,
        thread: ThreadId,
        participant: Option<ParticipantId>,
        seq: i64,
        cookie: Option<&str>,
        now: Timestamp,
    ) -> Result<bool> {
        let stored = tx
            .query(
                "INSERT INTO post_keys (hash, thread_id, participant_id, seq, cookie_hash, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (hash) DO UPDATE
                 SET thread_id = excluded.thread_id, participant_id = excluded.participant_id,
                     seq = excluded.seq, cookie_hash = excluded.cookie_hash,
                     expires_at = excluded.expires_at
                 WHERE post_keys.expires_at <= $7",
            )
            .bind(self.hash.as_slice())
            .bind(thread)
            .bind(participant)
            .bind(seq)
            .bind(cookie.map(|cookie| Sha256::digest(cookie).to_vec()))
            .bind(self.expires_at(now))
            .bind(now)
            .execute()
            .await?;
        Ok(stored == 1)
    }
}

impl Previous {
    /// Whose post it was, if nobody else has written in the thread since and a link shown to this
    /// browser would still open it.
    pub async fn still_alone(
        &self,
        conn: &mut Conn,
        has_opened_mail_to: impl BrowserProof,
    ) -> Result<Option<ParticipantId>> {
        let Some(id) = self.participant_id else {
            return Ok(None);
        };
        let Some(guest) = Participant::get(conn, id).await? else {
            return Ok(None);
        };
        let thread = Thread::find_support(conn, self.thread_id).await?;
        let key = guest.email_key.as_deref().unwrap_or_default();
        let opens = guest.left_at.is_none()
            && thread.is_some()
            && link::has_any(conn, id).await?
            && (guest.proved_at.is_none() || has_opened_mail_to(key));
        if !opens {
            return Ok(None);
        }
        let others: Option<(i64,)> = conn
            .query(
                "SELECT seq FROM messages
                 WHERE thread_id = $1 AND seq > $2 AND kind = 'message' AND author_id <> $3 LIMIT 1",
            )
            .bind(self.thread_id)
            .bind(self.seq)
            .bind(id)
            .fetch_optional()
            .await?;
        Ok(others.is_none().then_some(id))
    }

    /// Whether `cookie` is the form cookie that came with the post.
    pub fn has_cookie(&self, cookie: Option<&str>) -> bool {
        match (&self.cookie_hash, cookie) {
            (Some(hash), Some(cookie)) => Sha256::digest(cookie).as_slice() == hash.as_slice(),
            _ => false,
        }
    }
}

/// What was posted was taken back: posting it again posts it.
pub(super) async fn forget(tx: &mut Tx, hash: &[u8]) -> Result<()> {
    tx.query("DELETE FROM post_keys WHERE hash = $1")
        .bind(hash)
        .execute()
        .await?;
    Ok(())
}

/// Forgets keys that no longer count.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let swept = tx
        .query(
            "DELETE FROM post_keys WHERE hash IN
                 (SELECT hash FROM post_keys WHERE expires_at <= $1 LIMIT 1000)",
        )
        .bind(now)
        .execute()
        .await?;
    Ok(swept)
}

/// Each part with its length before it, so that no two lists of parts look the same.
fn hash(key: &str, action: &str, actor: &str, content: &[(&str, &str)]) -> Vec<u8> {
    let mut content = content.to_vec();
    content.sort_unstable();
    let parts = [key, action, actor]
        .into_iter()
        .chain(content.into_iter().flat_map(|(name, value)| [name, value]));
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}
