use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Event, Status, Thread, Visibility, event,
        post::{announce, announce_to_all},
    },
    ids::ThreadId,
};

/// Sets the status by hand, and leaves an event. Closing stamps the time, reopening clears it;
/// nobody is mailed.
pub async fn set_status(
    tx: &mut Tx,
    thread: ThreadId,
    staff: &User,
    status: Status,
    now: Timestamp,
) -> Result<Thread> {
    let mut thread = Thread::lock(tx, thread).await?;
    if thread.status == status {
        return Ok(thread);
    }
    let what = Event::of_change(thread.status, status);
    thread.status = status;
    thread.closed_at = (status == Status::Closed).then_some(now);
    tx.query("UPDATE threads SET status = $2, closed_at = $3 WHERE id = $1")
        .bind(thread.id)
        .bind(thread.status)
        .bind(thread.closed_at)
        .execute()
        .await?;
    event::record(tx, &mut thread, &what, &staff.name, now).await?;
    match what.visibility() {
        Visibility::Everyone => announce_to_all(tx, &thread).await?,
        Visibility::Staff => announce(tx, &thread).await?,
    }
    Ok(thread)
}
