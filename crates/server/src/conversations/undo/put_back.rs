use std::collections::{HashMap, HashSet};

use db::{Timestamp, Tx};

use super::{
    Deed, Undo,
    items::{self, Item, Was},
};
use crate::{
    Result,
    accounts::User,
    conversations::{
        Event, Status, Thread, Visibility,
        bulk::{
            announce_all, announce_all_to_guests, json_of, lock_found, set_assignees, set_statuses,
            set_trashed,
        },
        event::{self, Told},
    },
    ids::{ThreadId, UserId},
};

/// Gives each thread its former value, unless something changed it since; says how many.
pub(super) async fn all(tx: &mut Tx, undo: &Undo, staff: &User, now: Timestamp) -> Result<i64> {
    let items = items::list(tx, undo.id).await?;
    let Some(first) = items.first() else {
        return Ok(0);
    };
    let threads = lock_found(tx, items.iter().map(|item| item.thread)).await?;
    let changed = items::changed_since(tx, undo.id, &first.was).await?;
    let changed: HashSet<ThreadId> = changed.into_iter().collect();
    let threads: HashMap<ThreadId, Thread> = threads.into_iter().map(|t| (t.id, t)).collect();
    let unchanged = items.iter().filter_map(|item| {
        let thread = threads.get(&item.thread)?;
        (!changed.contains(&item.thread)).then_some((item, thread))
    });
    let unchanged: Vec<(&Item, &Thread)> = unchanged.collect();
    let restored = match &undo.deed {
        Deed::Status { to } => statuses(tx, unchanged, *to, staff, now).await?,
        Deed::Assigned { to, .. } => assignees(tx, unchanged, Some(*to), staff, now).await?,
        Deed::Unassigned => assignees(tx, unchanged, None, staff, now).await?,
        Deed::Trashed | Deed::Restored => places(tx, unchanged, staff, now).await?,
        Deed::Read => marks(tx, unchanged, staff).await?,
        Deed::Purged => 0,
    };
    Ok(i64::try_from(restored).expect("a deed has an end"))
}

async fn statuses(
    tx: &mut Tx,
    items: Vec<(&Item, &Thread)>,
    to: Status,
    staff: &User,
    now: Timestamp,
) -> Result<usize> {
    let former = items
        .into_iter()
        .filter_map(|(item, thread)| match item.was {
            Was::Status { status, closed_at } => Some((thread, status, closed_at)),
            _ => None,
        });
    let former = former.filter(|(thread, ..)| thread.status == to && thread.trashed_at.is_none());
    let former: Vec<_> = former.collect();
    let values = former
        .iter()
        .map(|(thread, status, at)| (thread.id, *status, *at));
    set_statuses(tx, values).await?;
    let told = former.iter().map(|(thread, status, _)| {
        Told::in_next_entry(thread, Event::of_change(thread.status, *status))
    });
    event::record_all(tx, told, &staff.name, now).await?;
    let threads: Vec<&Thread> = former.iter().map(|(thread, ..)| *thread).collect();
    announce_all(tx, &threads).await?;
    let seen = former.iter().filter(|(thread, status, _)| {
        Event::of_change(thread.status, *status).visibility() == Visibility::Everyone
    });
    let seen: Vec<&Thread> = seen.map(|(thread, ..)| *thread).collect();
    announce_all_to_guests(tx, &seen).await?;
    Ok(threads.len())
}

/// Nobody gets a thread back who can answer it no more.
async fn assignees(
    tx: &mut Tx,
    items: Vec<(&Item, &Thread)>,
    to: Option<UserId>,
    staff: &User,
    now: Timestamp,
) -> Result<usize> {
    let able = User::list_staff(tx).await?;
    let able: HashMap<UserId, String> = able.into_iter().map(|u| (u.id, u.name)).collect();
    let former = items
        .into_iter()
        .filter_map(|(item, thread)| match item.was {
            Was::Assignee {
                id,
                subscribed,
                left_at,
            } => Some((item, thread, id, subscribed, left_at)),
            _ => None,
        });
    let former = former.filter(|(_, thread, id, ..)| {
        let is_able = id.is_none_or(|id| able.contains_key(&id));
        is_able && thread.assignee_id == to && thread.trashed_at.is_none()
    });
    let former: Vec<_> = former.collect();
    let values = former.iter().map(|(_, thread, id, ..)| (thread.id, *id));
    set_assignees(tx, values).await?;
    let told = former.iter().map(|(_, thread, id, ..)| {
        let name = id.and_then(|id| able.get(&id));
        let event = name.map_or(Event::Unassigned, |to| Event::Assigned { to: to.clone() });
        Told::in_next_entry(thread, event)
    });
    event::record_all(tx, told, &staff.name, now).await?;
    let threads: Vec<&Thread> = former.iter().map(|(_, thread, ..)| *thread).collect();
    take_back_assignees(tx, &threads).await?;
    if let Some(to) = to {
        let subscribed = former.iter().filter(|(.., subscribed, _)| *subscribed);
        unsubscribe(tx, subscribed.map(|(_, thread, ..)| *thread), to).await?;
        let left = former.iter().filter_map(|(item, .., left_at)| {
            left_at.map(|at| (item.thread.0.simple().to_string(), at, item.seq))
        });
        leave_again(tx, left.collect(), to).await?;
    }
    announce_all(tx, &threads).await?;
    Ok(threads.len())
}

/// Whoever was mailed only as the assignee is not any more, unless they have written since.
async fn unsubscribe(
    tx: &mut Tx,
    threads: impl Iterator<Item = &Thread>,
    user: UserId,
) -> Result<()> {
    tx.query_each(
        "UPDATE participants SET notify = 'off'
         WHERE thread_id IN (SELECT unhex(value) FROM json_each($1)) AND user_id = $2
           AND notify = 'on'
           AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.author_id = participants.id)",
        "UPDATE participants SET notify = 'off'
         WHERE thread_id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))
           AND user_id = $2 AND notify = 'on'
           AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.author_id = participants.id)",
    )
    .bind(json_of(threads.map(|thread| thread.id)))
    .bind(user)
    .execute()
    .await?;
    Ok(())
}

/// Whoever has a thread again takes part in it, even if somebody removed them meanwhile.
async fn take_back_assignees(tx: &mut Tx, threads: &[&Thread]) -> Result<()> {
    tx.query_each(
        "UPDATE participants SET left_at = NULL FROM threads
         WHERE threads.id IN (SELECT unhex(value) FROM json_each($1))
           AND participants.thread_id = threads.id
           AND participants.user_id = threads.assignee_id AND participants.left_at IS NOT NULL",
        "UPDATE participants SET left_at = NULL FROM threads
         WHERE threads.id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))
           AND participants.thread_id = threads.id
           AND participants.user_id = threads.assignee_id AND participants.left_at IS NOT NULL",
    )
    .bind(json_of(threads.iter().map(|thread| thread.id)))
    .execute()
    .await?;
    Ok(())
}

/// Whoever was back only as the assignee has left again, unless they have written since.
async fn leave_again(tx: &mut Tx, left: Vec<(String, Timestamp, i64)>, user: UserId) -> Result<()> {
    tx.query_each(
        "UPDATE participants SET left_at = item.value ->> 1
         FROM json_each($1) AS item
         WHERE participants.thread_id = unhex(item.value ->> 0) AND participants.user_id = $2
           AND NOT EXISTS (
               SELECT 1 FROM messages
               WHERE messages.thread_id = participants.thread_id
                 AND messages.seq > item.value ->> 2 AND messages.author_id = participants.id)",
        "UPDATE participants SET left_at = (item.value ->> 1)::bigint
         FROM json_array_elements($1::json) AS item (value)
         WHERE participants.thread_id = (item.value ->> 0)::uuid AND participants.user_id = $2
           AND NOT EXISTS (
               SELECT 1 FROM messages
               WHERE messages.thread_id = participants.thread_id
                 AND messages.seq > (item.value ->> 2)::bigint
                 AND messages.author_id = participants.id)",
    )
    .bind(serde_json::to_string(&left).expect("rows are plain data"))
    .bind(user)
    .execute()
    .await?;
    Ok(())
}

/// Into the trash, with the time from which it was there; or out of it.
async fn places(
    tx: &mut Tx,
    items: Vec<(&Item, &Thread)>,
    staff: &User,
    now: Timestamp,
) -> Result<usize> {
    let former = items
        .into_iter()
        .filter_map(|(item, thread)| match item.was {
            Was::Trash { at } => Some((thread, at)),
            _ => None,
        });
    let former = former.filter(|(thread, at)| thread.trashed_at.is_some() != at.is_some());
    let former: Vec<_> = former.collect();
    set_trashed(tx, former.iter().map(|(thread, at)| (thread.id, *at))).await?;
    let told = former.iter().map(|(thread, at)| {
        let event = at.map_or(Event::Restored, |_| Event::Trashed);
        Told::in_next_entry(thread, event)
    });
    event::record_all(tx, told, &staff.name, now).await?;
    let threads: Vec<&Thread> = former.iter().map(|(thread, _)| *thread).collect();
    announce_all(tx, &threads).await?;
    announce_all_to_guests(tx, &threads).await?;
    Ok(threads.len())
}

/// Read marks go back only where nothing has moved them on; no receipt came of them.
async fn marks(tx: &mut Tx, items: Vec<(&Item, &Thread)>, staff: &User) -> Result<usize> {
    let former = items
        .into_iter()
        .filter(|(_, thread)| thread.trashed_at.is_none());
    let rows = former.filter_map(|(item, _)| match item.was {
        Was::Read { seq } => Some((item.thread.0.simple().to_string(), seq, item.seq)),
        _ => None,
    });
    let rows: Vec<_> = rows.collect();
    let moved = tx
        .query_each(
            // The plus: each thread is looked up, not each of this person's threads in the list.
            "UPDATE participants SET read_seq = item.value ->> 1
             FROM json_each($1) AS item
             WHERE participants.thread_id = unhex(item.value ->> 0) AND +participants.user_id = $2
               AND participants.read_seq = item.value ->> 2",
            "UPDATE participants SET read_seq = (item.value ->> 1)::bigint
             FROM json_array_elements($1::json) AS item (value)
             WHERE participants.thread_id = (item.value ->> 0)::uuid
               AND participants.user_id = $2
               AND participants.read_seq = (item.value ->> 2)::bigint",
        )
        .bind(serde_json::to_string(&rows).expect("rows are plain data"))
        .bind(staff.id)
        .execute()
        .await?;
    tx.announce(format!("me-{}", staff.id)).await?;
    Ok(usize::try_from(moved).expect("a deed has an end"))
}
