use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Deed, Event, Status, Thread, Visibility,
        bulk::{Done, announce_all, announce_all_to_guests, ensure_none_in_trash, set_statuses},
        event::{self, Told},
        undo::{self, Item, Was},
    },
};

/// Sets the status of threads by hand, with an event in each. Closing stamps the time, reopening
/// clears it; nobody is mailed.
pub async fn set_status_of_all(
    tx: &mut Tx,
    threads: &[Thread],
    staff: &User,
    status: Status,
    now: Timestamp,
) -> Result<Done> {
    ensure_none_in_trash(threads)?;
    let changing = threads.iter().filter(|thread| thread.status != status);
    let changing: Vec<&Thread> = changing.collect();
    let changed = changing.len();
    let closed_at = (status == Status::Closed).then_some(now);

    let values = changing.iter().map(|thread| (thread.id, status, closed_at));
    set_statuses(tx, values).await?;
    let told =
        |thread: &&Thread| Told::in_next_entry(thread, Event::of_change(thread.status, status));
    event::record_all(tx, changing.iter().map(told), &staff.name, now).await?;
    let items = changing.iter().map(|thread| Item {
        thread: thread.id,
        seq: thread.last_seq + 1,
        was: Was::Status {
            status: thread.status,
            closed_at: thread.closed_at,
        },
    });
    let deed = Deed::Status { to: status };
    let undo = undo::remember(tx, staff, &deed, items.collect(), now).await?;
    announce_all(tx, &changing).await?;
    let seen = changing.into_iter().filter(|thread| {
        Event::of_change(thread.status, status).visibility() == Visibility::Everyone
    });
    let seen: Vec<&Thread> = seen.collect();
    announce_all_to_guests(tx, &seen).await?;
    Ok(Done {
        deed,
        changed,
        undo,
    })
}
