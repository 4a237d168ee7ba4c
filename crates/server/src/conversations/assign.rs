use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Event, Participant, Thread, event,
        notify::{self, Office},
        post::announce,
    },
    ids::ThreadId,
};

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
    let to = assignee.map(|user| user.id);
    if thread.assignee_id == to {
        return Ok(thread);
    }
    thread.assignee_id = to;
    tx.query("UPDATE threads SET assignee_id = $2 WHERE id = $1")
        .bind(thread.id)
        .bind(to)
        .execute()
        .await?;
    let what = match assignee {
        Some(user) => Event::Assigned {
            to: user.name.clone(),
        },
        None => Event::Unassigned,
    };
    event::record(tx, &mut thread, &what, &by.name, now).await?;

    if let Some(assignee) = assignee {
        let mut participant = Participant::add_staff(tx, &thread, assignee, now).await?;
        participant.subscribe(tx).await?;
        if assignee.id != by.id {
            notify::assigned(tx, office, &participant, assignee, by, now).await?;
        }
    }
    announce(tx, &thread).await?;
    Ok(thread)
}
