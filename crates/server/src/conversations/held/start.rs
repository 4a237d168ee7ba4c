//! New conversations that begin some seconds after they were sent, in the same manner as messages
//! leave. There is no thread to lock before it begins: the row that [`StartDraft::take`] removes
//! decides alone.

use std::time::Duration;

use db::{Timestamp, Tx};

use super::{BATCH, Hold, LONGEST, Leaving, Left, TOO_LATE, leave_later};
use crate::{
    Result,
    accounts::{Permission, User},
    conversations::{
        NewThread, Returned, StartDraft, Written, drafts::announce, notify::Office, once::Once,
        start_by_staff,
    },
    ids::{DraftId, UserId},
};

/// Holds what `writer` has sent; the same, sent twice, is held once.
pub async fn hold(
    tx: &mut Tx,
    writer: &User,
    written: Written,
    hold: Hold<'_>,
    now: Timestamp,
) -> Result<StartDraft> {
    let leave_at = now + Duration::from_secs(hold.seconds.min(LONGEST));
    let draft = StartDraft {
        id: DraftId::new(now),
        user_id: writer.id,
        written,
        leave_at: Some(leave_at),
        returned: None,
        updated_at: now,
        key_hash: Some(hold.once.hash().to_vec()),
        key_expires_at: Some(hold.once.expires_at(now)),
    };
    let held = draft.store(tx).await?;
    if held.id == draft.id {
        let leaving = Leaving {
            thread: held.thread_id(),
            writer: writer.id,
        };
        leave_later(tx, leaving, leave_at, now).await?;
    }
    Ok(held)
}

/// *Undo*: what was typed is its writer's draft again. False if it has left, or was never theirs.
pub async fn undo(tx: &mut Tx, writer: &User, id: DraftId, now: Timestamp) -> Result<bool> {
    let Some(held) = StartDraft::take(tx, id, writer.id).await? else {
        return Ok(false);
    };
    give_back(tx, held, None, now).await?;
    Ok(true)
}

/// *Send now*, and what the job does. None if it has left, or was never theirs.
pub async fn send_now(
    tx: &mut Tx,
    office: &Office,
    writer: UserId,
    id: DraftId,
    now: Timestamp,
) -> Result<Option<Left>> {
    match StartDraft::take(tx, id, writer).await? {
        Some(held) => Ok(Some(let_go(tx, office, held, now).await?)),
        None => Ok(None),
    }
}

/// What could not leave for a day is a draft again.
pub(super) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let late: Vec<(DraftId, UserId)> = tx
        .query("SELECT id, user_id FROM start_drafts WHERE leave_at < $1 LIMIT $2")
        .bind(now - TOO_LATE)
        .bind(BATCH)
        .fetch_all()
        .await?;
    let mut swept = 0;
    for (id, writer) in late {
        if let Some(held) = StartDraft::take(tx, id, writer).await? {
            give_back(tx, held, Some(Returned::Late), now).await?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// The conversation begins, if its writer may still begin it so.
async fn let_go(tx: &mut Tx, office: &Office, held: StartDraft, now: Timestamp) -> Result<Left> {
    let fit = match fit(tx, &held, now).await? {
        Ok(fit) => fit,
        Err(why) => {
            give_back(tx, held, Some(why), now).await?;
            return Ok(Left::Returned(why));
        }
    };
    let (id, assignee) = (held.thread_id(), fit.assignee.as_ref());
    let started = start_by_staff(tx, office, id, fit.new, &fit.writer, assignee, now).await?;
    if let (Some(hash), Some(until)) = (held.key_hash, held.key_expires_at) {
        // Sent at once as well, meanwhile: that one stays known.
        let _ = Once::until(hash, until, now)
            .remember(tx, id, None, started.message.seq, None, now)
            .await?;
    }
    announce(tx, held.user_id).await?;
    Ok(Left::Posted(Box::new(started.message)))
}

/// All that a conversation begins with.
struct Fit {
    new: NewThread,
    writer: User,
    assignee: Option<User>,
}

/// What it begins with as things are now, or why it may not leave.
async fn fit(tx: &mut Tx, held: &StartDraft, now: Timestamp) -> Result<Result<Fit, Returned>> {
    if held.leave_at.is_none_or(|at| now > at + TOO_LATE) {
        return Ok(Err(Returned::Late));
    }
    let writer = User::find(tx, held.user_id).await?;
    let (Some(writer), Ok(new)) = (writer.filter(User::is_staff), held.written.parse()) else {
        return Ok(Err(Returned::Refused));
    };
    let Some(id) = held.written.assignee_id else {
        return Ok(Ok(Fit {
            new,
            writer,
            assignee: None,
        }));
    };
    let assignee = User::find(tx, id).await?.filter(User::is_staff);
    if assignee.is_none() || !writer.can(Permission::AssignThreads) {
        return Ok(Err(Returned::Unassigned));
    }
    Ok(Ok(Fit {
        new,
        writer,
        assignee,
    }))
}

/// All that was typed is there again, and may be sent again.
async fn give_back(
    tx: &mut Tx,
    held: StartDraft,
    why: Option<Returned>,
    now: Timestamp,
) -> Result<()> {
    let draft = StartDraft {
        leave_at: None,
        key_hash: None,
        key_expires_at: None,
        returned: why,
        updated_at: now,
        ..held
    };
    draft.store(tx).await?;
    announce(tx, draft.user_id).await
}
