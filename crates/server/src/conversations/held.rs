//! Messages that leave some seconds after they were sent, so that their writer can take them back.
//!
//! Until then they are drafts, and nobody but their writer sees them. One statement decides between
//! taking back and leaving: [`take`] removes the row, and only one of them finds it. Everybody locks
//! the thread first, so that nobody waits for each other.

pub mod start;

use std::time::Duration;

use db::{Conn, Timestamp, Tx};
use queue::NewJob;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{
        Actor, Draft, DraftKind, Message, Origin, Participant, Returned, Seen, Status, Thread,
        drafts::{self, announce},
        notify::Office,
        once::{self, Once},
        overtaken::newer_by_others,
        post, set_status,
    },
    ids::{DraftId, ThreadId, UserId},
};

/// The kind of job that [`Leaving`] is the payload of.
pub const JOB: &str = "leave";
/// The longest that a message is held.
pub const LONGEST: u64 = 30;
/// What could not leave for so long does not do so unasked.
const TOO_LATE: Duration = Duration::from_hours(24);
/// How many of those one transaction gives back.
const BATCH: i64 = 100;

/// Whose messages are to leave, and into which thread: it may be one that they begin.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Leaving {
    thread: ThreadId,
    writer: UserId,
}

/// A message that waits for its time.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    pub id: DraftId,
    pub user_id: UserId,
    pub thread_id: ThreadId,
    pub body: String,
    /// What is set when it leaves.
    pub status: Option<Status>,
    pub leave_at: Timestamp,
    /// When it was sent.
    sent_at: Timestamp,
    seen_seq: i64,
    key_hash: Vec<u8>,
}

/// What became of a message that was to leave.
#[derive(Debug)]
pub enum Left {
    Posted(Box<Message>),
    /// It is a draft again.
    Returned(Returned),
}

macro_rules! held {
    ($rest:literal) => {
        concat!(
            $rest,
            " id, user_id, thread_id, body, status, leave_at, updated_at AS sent_at, seen_seq,
              key_hash"
        )
    };
    ($rest:literal, $where:literal) => {
        concat!(held!($rest), " FROM drafts WHERE ", $where)
    };
}

impl Held {
    /// Those of `writer` in `thread`, in the order in which they leave.
    pub async fn list(conn: &mut Conn, writer: &User, thread: ThreadId) -> Result<Vec<Self>> {
        let held = conn
            .query(held!(
                "SELECT",
                "thread_id = $1 AND user_id = $2 AND leave_at IS NOT NULL ORDER BY leave_at, id"
            ))
            .bind(thread)
            .bind(writer.id)
            .fetch_all()
            .await?;
        Ok(held)
    }
}

/// For how long a post is held.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'o> {
    pub seconds: u64,
    /// The post that it is: taken back, it may be posted again.
    pub once: &'o Once,
}

/// Holds `draft`, in the place of its writer's draft of a reply.
pub async fn hold(
    tx: &mut Tx,
    writer: &User,
    thread: ThreadId,
    draft: Draft,
    seen: Seen,
    hold: Hold<'_>,
    now: Timestamp,
) -> Result<Held> {
    let thread = Thread::lock(tx, thread).await?;
    let held = Held {
        id: DraftId::new(now),
        user_id: writer.id,
        thread_id: thread.id,
        body: draft.body,
        status: draft.status,
        leave_at: now + Duration::from_secs(hold.seconds.min(LONGEST)),
        sent_at: now,
        // What comes while it is held, its writer has not had before them.
        seen_seq: match seen {
            Seen::UpTo(seq) => seq,
            Seen::Everything => thread.last_seq,
        },
        key_hash: hold.once.hash().to_vec(),
    };
    drafts::drop_draft(tx, writer.id, thread.id, DraftKind::Reply).await?;
    tx.query(
        "INSERT INTO drafts (id, user_id, thread_id, kind, body, leave_at, status, seen_seq,
             key_hash, updated_at)
         VALUES ($1, $2, $3, 'reply', $4, $5, $6, $7, $8, $9)",
    )
    .bind(held.id)
    .bind(held.user_id)
    .bind(held.thread_id)
    .bind(held.body.as_str())
    .bind(held.leave_at)
    .bind(held.status)
    .bind(held.seen_seq)
    .bind(held.key_hash.as_slice())
    .bind(held.sent_at)
    .execute()
    .await?;
    let leaving = Leaving {
        thread: held.thread_id,
        writer: held.user_id,
    };
    leave_later(tx, leaving, held.leave_at, now).await?;
    Ok(held)
}

/// Its job comes with it, all or nothing.
async fn leave_later(tx: &mut Tx, leaving: Leaving, at: Timestamp, now: Timestamp) -> Result<()> {
    let job = NewJob {
        kind: JOB,
        lane: JOB,
        payload: leaving,
        run_at: at,
    };
    queue::push(tx, job, now).await?;
    announce(tx, leaving.writer).await
}

/// *Undo*: the text is its writer's draft again. False if it has left, or was never theirs.
pub async fn undo(
    tx: &mut Tx,
    writer: &User,
    thread: ThreadId,
    id: DraftId,
    now: Timestamp,
) -> Result<bool> {
    Thread::lock(tx, thread).await?;
    let Some(held) = take(tx, id, writer.id).await? else {
        return Ok(false);
    };
    give_back(tx, &held, None, now).await?;
    Ok(true)
}

/// *Send now*. None if it has left, or was never theirs.
pub async fn send_now(
    tx: &mut Tx,
    office: &Office,
    writer: &User,
    thread: ThreadId,
    id: DraftId,
    now: Timestamp,
) -> Result<Option<Left>> {
    Thread::lock(tx, thread).await?;
    match take(tx, id, writer.id).await? {
        Some(held) => Ok(Some(let_go(tx, office, &held, now).await?)),
        None => Ok(None),
    }
}

/// The job: whatever of this writer is due in this thread leaves, in order.
pub async fn leave(tx: &mut Tx, office: &Office, leaving: Leaving, now: Timestamp) -> Result<()> {
    match Thread::lock(tx, leaving.thread).await {
        Ok(_) => {}
        Err(Error::NotFound) => {
            // It has not begun: what is held may begin it.
            let id = DraftId(leaving.thread.0);
            start::send_now(tx, office, leaving.writer, id, now).await?;
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    let due: Vec<DraftId> = tx
        .query(
            "SELECT id FROM drafts
             WHERE thread_id = $1 AND user_id = $2 AND leave_at <= $3 ORDER BY leave_at, id",
        )
        .bind(leaving.thread)
        .bind(leaving.writer)
        .bind(now)
        .fetch_scalars()
        .await?;
    for id in due {
        if let Some(held) = take(tx, id, leaving.writer).await? {
            let_go(tx, office, &held, now).await?;
        }
    }
    Ok(())
}

/// What could not leave for a day, whatever became of its job, is a draft again.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let late: Vec<(DraftId, UserId, ThreadId)> = tx
        .query(
            "SELECT id, user_id, thread_id FROM drafts WHERE leave_at < $1
             ORDER BY thread_id LIMIT $2",
        )
        .bind(now - TOO_LATE)
        .bind(BATCH)
        .fetch_all()
        .await?;
    let mut swept = start::sweep(tx, now).await?;
    for (id, writer, thread) in late {
        Thread::lock(tx, thread).await?;
        if let Some(held) = take(tx, id, writer).await? {
            give_back(tx, &held, Some(Returned::Late), now).await?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// Takes the message out of what is held: whoever gets it decides what becomes of it.
async fn take(tx: &mut Tx, id: DraftId, writer: UserId) -> Result<Option<Held>> {
    let held = tx
        .query(held!(
            "DELETE FROM drafts WHERE id = $1 AND user_id = $2 AND leave_at IS NOT NULL RETURNING"
        ))
        .bind(id)
        .bind(writer)
        .fetch_optional()
        .await?;
    Ok(held)
}

/// It becomes a message, if its writer may still post it.
async fn let_go(tx: &mut Tx, office: &Office, held: &Held, now: Timestamp) -> Result<Left> {
    let (writer, thread) = match fit(tx, held, now).await? {
        Ok(fit) => fit,
        Err(why) => {
            give_back(tx, held, Some(why), now).await?;
            return Ok(Left::Returned(why));
        }
    };
    let mut author = Participant::add_staff(tx, &thread, &writer, now).await?;
    let newer = newer_by_others(tx, thread.id, held.seen_seq, &writer).await?;
    let seen = if newer.is_empty() {
        Seen::Everything
    } else {
        Seen::UpTo(held.seen_seq)
    };
    // Who answers and then closes has closed it, though the answer leaves after that.
    let was_closed = thread.closed_at.is_some_and(|at| at >= held.sent_at);
    let stays = (thread.status == Status::Closed && was_closed).then_some(Status::Closed);
    let draft = Draft {
        body: held.body.clone(),
        status: held.status.or(stays),
    };
    let origin = Origin::SignedIn;
    let (_, message) = post(tx, office, &mut author, origin, draft, seen, now).await?;
    if let Some(status) = held.status {
        set_status(tx, thread.id, &writer, status, now).await?;
    }
    announce(tx, writer.id).await?;
    Ok(Left::Posted(Box::new(message)))
}

/// Its writer and its thread, or why it may not leave.
async fn fit(tx: &mut Tx, held: &Held, now: Timestamp) -> Result<Result<(User, Thread), Returned>> {
    if now > held.leave_at + TOO_LATE {
        return Ok(Err(Returned::Late));
    }
    let writer = User::find(tx, held.user_id).await?;
    let Some(writer) = writer.filter(User::is_staff) else {
        return Ok(Err(Returned::Refused));
    };
    let thread = Thread::lock(tx, held.thread_id).await?;
    if thread.trashed_at.is_some() {
        return Ok(Err(Returned::Trashed));
    }
    let actor = Actor::User(Box::new(writer.clone()));
    match actor.thread(tx, held.thread_id).await {
        Ok(_) => Ok(Ok((writer, thread))),
        Err(Error::NotFound) => Ok(Err(Returned::Refused)),
        Err(error) => Err(error),
    }
}

/// The text goes before what its writer has typed since, and may be posted again.
async fn give_back(tx: &mut Tx, held: &Held, why: Option<Returned>, now: Timestamp) -> Result<()> {
    once::forget(tx, &held.key_hash).await?;
    tx.query(
        "INSERT INTO drafts (id, user_id, thread_id, kind, body, returned, updated_at)
         VALUES ($1, $2, $3, 'reply', $4, $5, $6)
         ON CONFLICT (user_id, thread_id, kind) WHERE leave_at IS NULL
         DO UPDATE SET body = excluded.body || $7 || drafts.body, returned = excluded.returned,
             updated_at = excluded.updated_at",
    )
    .bind(held.id)
    .bind(held.user_id)
    .bind(held.thread_id)
    .bind(held.body.as_str())
    .bind(why)
    .bind(now)
    .bind("\n\n")
    .execute()
    .await?;
    announce(tx, held.user_id).await
}
