//! What somebody of the team has written to begin a conversation with, and not sent. It is theirs
//! alone: every look-up is by its writer.

use db::{Conn, Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{NewThread, Returned, drafts::announce, once::Once},
    ids::{DraftId, ThreadId, UserId},
};

/// How many of them a page shows at most.
const SHOWN: i64 = 10;

/// What a person has typed into its form: it comes back as it was.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Written {
    pub email: String,
    pub name: String,
    pub subject: String,
    pub body: String,
    pub assignee_id: Option<UserId>,
}

/// One that was kept, or is held.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StartDraft {
    pub id: DraftId,
    pub user_id: UserId,
    #[sqlx(flatten)]
    pub written: Written,
    /// None: it is a draft.
    pub leave_at: Option<Timestamp>,
    pub returned: Option<Returned>,
    pub updated_at: Timestamp,
    /// The post that it is, while it is held.
    pub(super) key_hash: Option<Vec<u8>>,
    pub(super) key_expires_at: Option<Timestamp>,
}

macro_rules! start_drafts {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, user_id, email, name, subject, body, assignee_id, leave_at, returned, updated_at,
              key_hash, key_expires_at ",
            $after
        )
    };
}

impl Written {
    /// What it begins, if it may be sent.
    pub fn parse(&self) -> Result<NewThread> {
        NewThread::parse(&self.name, &self.email, &self.subject, &self.body)
    }

    /// Whom it is for, as far as they are named.
    pub fn to(&self) -> &str {
        if self.name.is_empty() {
            &self.email
        } else {
            &self.name
        }
    }

    fn is_empty(&self) -> bool {
        let texts = [&self.email, &self.name, &self.subject, &self.body];
        texts.iter().all(|text| text.trim().is_empty())
    }
}

impl StartDraft {
    /// The conversation that it becomes.
    pub fn thread_id(&self) -> ThreadId {
        ThreadId(self.id.0)
    }

    pub async fn find(conn: &mut Conn, writer: &User, id: DraftId) -> Result<Option<Self>> {
        let found = conn
            .query(start_drafts!(
                "SELECT",
                "FROM start_drafts WHERE id = $1 AND user_id = $2"
            ))
            .bind(id)
            .bind(writer.id)
            .fetch_optional()
            .await?;
        Ok(found)
    }

    /// The one that is held, if the same was sent before.
    pub async fn find_held(conn: &mut Conn, writer: &User, once: &Once) -> Result<Option<Self>> {
        let found = conn
            .query(start_drafts!(
                "SELECT",
                "FROM start_drafts
                 WHERE key_hash = $1 AND leave_at IS NOT NULL AND user_id = $2"
            ))
            .bind(once.hash())
            .bind(writer.id)
            .fetch_optional()
            .await?;
        Ok(found)
    }

    /// The drafts of `writer`, the newest first.
    pub async fn list(conn: &mut Conn, writer: &User) -> Result<Vec<Self>> {
        let found = conn
            .query(start_drafts!(
                "SELECT",
                "FROM start_drafts WHERE user_id = $1 AND leave_at IS NULL
                 ORDER BY id DESC LIMIT $2"
            ))
            .bind(writer.id)
            .bind(SHOWN)
            .fetch_all()
            .await?;
        Ok(found)
    }

    /// Stores it; gives the one that is held already, if the same was sent before.
    pub(super) async fn store(&self, tx: &mut Tx) -> Result<Self> {
        let stored = tx
            .query(start_drafts!(
                "INSERT INTO start_drafts
                     (id, user_id, email, name, subject, body, assignee_id, leave_at, returned,
                      updated_at, key_hash, key_expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 ON CONFLICT (key_hash) WHERE leave_at IS NOT NULL
                 DO UPDATE SET user_id = start_drafts.user_id RETURNING",
                ""
            ))
            .bind(self.id)
            .bind(self.user_id)
            .bind(self.written.email.as_str())
            .bind(self.written.name.as_str())
            .bind(self.written.subject.as_str())
            .bind(self.written.body.as_str())
            .bind(self.written.assignee_id)
            .bind(self.leave_at)
            .bind(self.returned)
            .bind(self.updated_at)
            .bind(self.key_hash.as_deref())
            .bind(self.key_expires_at)
            .fetch_one()
            .await?;
        Ok(stored)
    }

    /// Takes it out of what is held: whoever gets it decides what becomes of it.
    pub(super) async fn take(tx: &mut Tx, id: DraftId, writer: UserId) -> Result<Option<Self>> {
        let held = tx
            .query(start_drafts!(
                "DELETE FROM start_drafts
                 WHERE id = $1 AND user_id = $2 AND leave_at IS NOT NULL RETURNING",
                ""
            ))
            .bind(id)
            .bind(writer)
            .fetch_optional()
            .await?;
        Ok(held)
    }
}

/// Keeps what `writer` has typed, in the place of what was kept before; nothing: no draft. False if
/// there is no such draft any more.
pub async fn keep(
    tx: &mut Tx,
    writer: &User,
    id: DraftId,
    written: &Written,
    now: Timestamp,
) -> Result<bool> {
    if written.is_empty() {
        return drop_draft(tx, writer, id).await;
    }
    let kept = tx
        .query(
            "UPDATE start_drafts
             SET email = $3, name = $4, subject = $5, body = $6, assignee_id = $7, returned = NULL,
                 updated_at = $8
             WHERE id = $1 AND user_id = $2 AND leave_at IS NULL",
        )
        .bind(id)
        .bind(writer.id)
        .bind(written.email.as_str())
        .bind(written.name.as_str())
        .bind(written.subject.as_str())
        .bind(written.body.as_str())
        .bind(written.assignee_id)
        .bind(now)
        .execute()
        .await?;
    announce(tx, writer.id).await?;
    Ok(kept == 1)
}

/// Its writer has sent it, or wants it no more. False if it was none.
pub async fn drop_draft(tx: &mut Tx, writer: &User, id: DraftId) -> Result<bool> {
    let dropped = tx
        .query("DELETE FROM start_drafts WHERE id = $1 AND user_id = $2 AND leave_at IS NULL")
        .bind(id)
        .bind(writer.id)
        .execute()
        .await?;
    announce(tx, writer.id).await?;
    Ok(dropped == 1)
}
