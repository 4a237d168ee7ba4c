//! What somebody of the team has written and not sent. It is theirs alone: every look-up is by its
//! writer.

use std::collections::BTreeSet;

use db::{Conn, Timestamp, Tx};
use serde::Serialize;

use crate::{
    Result,
    accounts::User,
    conversations::{Held, Thread},
    ids::{DraftId, ThreadId, UserId},
};

/// What a draft is to become. A person has one of each in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DraftKind {
    Reply,
    Note,
}

db::text_enum!(DraftKind { Reply = "reply", Note = "note" });

/// Why a message that was held has become a draft again, other than by its writer's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Returned {
    /// The conversation is in the trash.
    Trashed,
    /// Its writer could not answer any more.
    Refused,
    /// Nothing could leave for a day.
    Late,
    /// It begins a conversation that could not be assigned as it was to be.
    Unassigned,
}

db::text_enum!(Returned {
    Trashed = "trashed",
    Refused = "refused",
    Late = "late",
    Unassigned = "unassigned",
});

/// A text that was kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Kept {
    pub kind: DraftKind,
    pub body: String,
    pub returned: Option<Returned>,
    pub updated_at: Timestamp,
}

/// What somebody has in one conversation that nobody else sees.
#[derive(Clone, Debug, Default)]
pub struct Unsent {
    pub reply: Option<Kept>,
    pub note: Option<Kept>,
    /// In the order in which they leave.
    pub held: Vec<Held>,
}

/// What a page tells its reader of, wherever they are: a message that is held, or one that did not
/// leave.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ToTell {
    pub id: DraftId,
    /// None: it is to begin one.
    pub thread_id: Option<ThreadId>,
    pub subject: String,
    pub starter_name: String,
    pub leave_at: Option<Timestamp>,
    pub returned: Option<Returned>,
}

/// How many of them a page shows at most.
const TOLD: i64 = 10;

/// Keeps what `writer` has typed, in the place of what was kept before. Nothing but white space: no
/// draft.
pub async fn keep(
    tx: &mut Tx,
    writer: UserId,
    thread: ThreadId,
    kind: DraftKind,
    body: &str,
    now: Timestamp,
) -> Result<()> {
    // First the thread, then what belongs to it: whoever lets a held message go does so, too.
    Thread::lock(tx, thread).await?;
    if body.trim().is_empty() {
        return drop_draft(tx, writer, thread, kind).await;
    }
    let id = DraftId::new(now);
    let kept: DraftId = tx
        .query(
            "INSERT INTO drafts (id, user_id, thread_id, kind, body, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (user_id, thread_id, kind) WHERE leave_at IS NULL
             DO UPDATE SET body = excluded.body, returned = NULL, updated_at = excluded.updated_at
             RETURNING id",
        )
        .bind(id)
        .bind(writer)
        .bind(thread)
        .bind(kind)
        .bind(body)
        .bind(now)
        .fetch_scalar()
        .await?;
    if kept == id {
        announce(tx, writer).await?;
    }
    Ok(())
}

/// Its writer has sent it, or emptied it. The caller has locked the thread.
pub async fn drop_draft(
    tx: &mut Tx,
    writer: UserId,
    thread: ThreadId,
    kind: DraftKind,
) -> Result<()> {
    let dropped = tx
        .query(
            "DELETE FROM drafts
             WHERE user_id = $1 AND thread_id = $2 AND kind = $3 AND leave_at IS NULL",
        )
        .bind(writer)
        .bind(thread)
        .bind(kind)
        .execute()
        .await?;
    if dropped > 0 {
        announce(tx, writer).await?;
    }
    Ok(())
}

/// What `writer` has in `thread`.
pub async fn unsent(conn: &mut Conn, writer: &User, thread: ThreadId) -> Result<Unsent> {
    let kept: Vec<Kept> = conn
        .query(
            "SELECT kind, body, returned, updated_at FROM drafts
             WHERE thread_id = $1 AND user_id = $2 AND leave_at IS NULL",
        )
        .bind(thread)
        .bind(writer.id)
        .fetch_all()
        .await?;
    let mut unsent = Unsent {
        held: Held::list(conn, writer, thread).await?,
        ..Unsent::default()
    };
    for draft in kept {
        match draft.kind {
            DraftKind::Reply => unsent.reply = Some(draft),
            DraftKind::Note => unsent.note = Some(draft),
        }
    }
    Ok(unsent)
}

/// The most of somebody's drafts that lists know of.
const KNOWN: i64 = 1000;

/// The threads in which `writer` has a draft: more than lists show, and few.
pub async fn threads(conn: &mut Conn, writer: &User) -> Result<BTreeSet<ThreadId>> {
    let threads: Vec<ThreadId> = conn
        .query("SELECT thread_id FROM drafts WHERE user_id = $1 AND leave_at IS NULL LIMIT $2")
        .bind(writer.id)
        .bind(KNOWN)
        .fetch_scalars()
        .await?;
    Ok(threads.into_iter().collect())
}

/// What pages tell `reader` of, the oldest first.
pub async fn to_tell(conn: &mut Conn, reader: &User) -> Result<Vec<ToTell>> {
    let found = conn
        .query(
            "SELECT drafts.id, drafts.thread_id, threads.subject, threads.starter_name,
                    drafts.leave_at, drafts.returned
             FROM drafts JOIN threads ON threads.id = drafts.thread_id
             WHERE drafts.user_id = $1
               AND (drafts.leave_at IS NOT NULL OR drafts.returned IS NOT NULL)
             UNION ALL
             SELECT id, NULL, subject, CASE WHEN name = '' THEN email ELSE name END, leave_at,
                    returned
             FROM start_drafts
             WHERE user_id = $1 AND (leave_at IS NOT NULL OR returned IS NOT NULL)
             ORDER BY id LIMIT $2",
        )
        .bind(reader.id)
        .bind(TOLD)
        .fetch_all()
        .await?;
    Ok(found)
}

/// Tells the pages of this person, and nobody else's.
pub(super) async fn announce(tx: &mut Tx, person: UserId) -> Result<()> {
    tx.announce(format!("me-{person}"))
        .await
        .map_err(Into::into)
}
