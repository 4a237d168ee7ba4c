use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Event, Participant, Thread, event,
        notify::{self, Office},
        post::announce,
    },
    i18n::t,
    ids::{MessageId, ThreadId},
};

/// How many threads one transaction takes from somebody: it keeps nobody waiting.
const BATCH: i64 = 100;

/// Takes threads that are not closed from somebody who can answer no more, so that others see and
/// hear of them. True while there may be others left.
pub async fn release_some(tx: &mut Tx, from: &User, now: Timestamp) -> Result<bool> {
    let threads: Vec<ThreadId> = tx
        .query(
            "SELECT id FROM threads
             WHERE kind = 'support' AND trashed_at IS NULL AND status <> 'closed'
               AND assignee_id = $1
             ORDER BY last_message_at DESC, id DESC LIMIT $2",
        )
        .bind(from.id)
        .bind(BATCH)
        .fetch_scalars()
        .await?;
    for id in &threads {
        let mut thread = Thread::lock(tx, *id).await?;
        set_assignee(tx, &mut thread, None, t("Pigeon"), now).await?;
    }
    Ok(!threads.is_empty())
}

/// Gives the thread to `assignee`, or to nobody. The assignee is subscribed to it, and mailed
/// unless they took it themselves.
pub async fn assign(
    tx: &mut Tx,
    office: &Office,
    thread: ThreadId,
    by: &User,
    assignee: Option<&User>,
    now: Timestamp,
) -> Result<Thread> {
    let mut thread = Thread::lock(tx, thread).await?;
    if thread.assignee_id == assignee.map(|user| user.id) {
        return Ok(thread);
    }
    let event = set_assignee(tx, &mut thread, assignee, &by.name, now).await?;
    if let Some(assignee) = assignee {
        let mut participant = Participant::add_staff(tx, &thread, assignee, now).await?;
        participant.subscribe(tx).await?;
        if assignee.id != by.id {
            notify::assigned(tx, office, &participant, assignee, by, event, now).await?;
        }
    }
    Ok(thread)
}

async fn set_assignee(
    tx: &mut Tx,
    thread: &mut Thread,
    assignee: Option<&User>,
    by: &str,
    now: Timestamp,
) -> Result<MessageId> {
    thread.assignee_id = assignee.map(|user| user.id);
    tx.query("UPDATE threads SET assignee_id = $2 WHERE id = $1")
        .bind(thread.id)
        .bind(thread.assignee_id)
        .execute()
        .await?;
    let what = match assignee {
        Some(user) => Event::Assigned {
            to: user.name.clone(),
        },
        None => Event::Unassigned,
    };
    let event = event::record(tx, thread, &what, by, now).await?;
    announce(tx, thread).await?;
    Ok(event)
}
