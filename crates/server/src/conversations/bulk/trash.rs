use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Deed, Event, Thread,
        bulk::{Done, announce_all, announce_all_to_guests, json_of, set_trashed},
        event::{self, Told},
        undo::{self, Item, Was},
    },
};

/// Puts threads into the trash: from then on they are in no other list, count or search, and no
/// private link opens them.
pub async fn trash_all(
    tx: &mut Tx,
    threads: &[Thread],
    staff: &User,
    now: Timestamp,
) -> Result<Done> {
    let moving = threads.iter().filter(|thread| thread.trashed_at.is_none());
    let moving: Vec<&Thread> = moving.collect();
    move_all(tx, &moving, staff, Deed::Trashed, Some(now), now).await
}

/// Takes threads out of the trash, with the status and assignee that they had. The private links
/// that trashing ended stay ended: who needs one asks for it, or gets it with the next message.
pub async fn restore_all(
    tx: &mut Tx,
    threads: &[Thread],
    staff: &User,
    now: Timestamp,
) -> Result<Done> {
    let moving = threads.iter().filter(|thread| thread.trashed_at.is_some());
    let moving: Vec<&Thread> = moving.collect();
    end_links(tx, &moving, now).await?;
    move_all(tx, &moving, staff, Deed::Restored, None, now).await
}

async fn move_all(
    tx: &mut Tx,
    moving: &[&Thread],
    staff: &User,
    deed: Deed,
    trashed_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Done> {
    set_trashed(tx, moving.iter().map(|thread| (thread.id, trashed_at))).await?;
    let event = || match trashed_at {
        Some(_) => Event::Trashed,
        None => Event::Restored,
    };
    let told = moving
        .iter()
        .map(|thread| Told::in_next_entry(thread, event()));
    event::record_all(tx, told, &staff.name, now).await?;
    let items = moving.iter().map(|thread| Item {
        thread: thread.id,
        seq: thread.last_seq + 1,
        was: Was::Trash {
            at: thread.trashed_at,
        },
    });
    let undo = undo::remember(tx, staff, &deed, items.collect(), now).await?;
    announce_all(tx, moving).await?;
    // Whoever has it open by a private link loses it now.
    announce_all_to_guests(tx, moving).await?;
    Ok(Done {
        deed,
        changed: moving.len(),
        undo,
    })
}

/// A thread in the trash opens to no link; this keeps those from before closed after it is
/// restored. Undoing the trashing leaves them as they were: then it has not happened.
async fn end_links(tx: &mut Tx, threads: &[&Thread], now: Timestamp) -> Result<()> {
    tx.query_each(
        "UPDATE links SET revoked_at = $2
         WHERE revoked_at IS NULL AND participant_id IN (
             SELECT id FROM participants
             WHERE thread_id IN (SELECT unhex(value) FROM json_each($1)))",
        "UPDATE links SET revoked_at = $2
         WHERE revoked_at IS NULL AND participant_id IN (
             SELECT id FROM participants WHERE thread_id = ANY (
                 ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid)))",
    )
    .bind(json_of(threads.iter().map(|thread| thread.id)))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
