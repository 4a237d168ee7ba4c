use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{Event, Thread, event, link, post::announce},
    ids::ThreadId,
};

/// Ends every private link into the thread, and leaves an event.
pub async fn revoke_links(
    tx: &mut Tx,
    thread: ThreadId,
    staff: &User,
    now: Timestamp,
) -> Result<Thread> {
    let mut thread = Thread::lock(tx, thread).await?;
    if link::revoke_all(tx, &thread, now).await? > 0 {
        event::record(tx, &mut thread, &Event::LinksRevoked, &staff.name, now).await?;
        announce(tx, &thread).await?;
    }
    Ok(thread)
}
