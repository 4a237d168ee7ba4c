use std::collections::{HashMap, HashSet};

use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Deed, Event, Participant, Thread,
        bulk::{Done, announce_all, ensure_none_in_trash, json_of, set_assignees},
        event::{self, Told},
        notify::{self, Office},
        undo::{self, Item, Was},
    },
    ids::{ParticipantId, ThreadId},
};

/// Gives threads to `assignee`, or to nobody. The assignee is subscribed to them, and mailed
/// unless they took them themselves: of one thread with its last message, of several once, with a
/// list.
pub async fn assign_all(
    tx: &mut Tx,
    office: &Office,
    threads: &[Thread],
    by: &User,
    assignee: Option<&User>,
    now: Timestamp,
) -> Result<Done> {
    ensure_none_in_trash(threads)?;
    let to = assignee.map(|user| user.id);
    let changing = threads.iter().filter(|thread| thread.assignee_id != to);
    let changing: Vec<&Thread> = changing.collect();

    set_assignees(tx, changing.iter().map(|thread| (thread.id, to))).await?;
    let event = || match assignee {
        Some(user) => Event::Assigned {
            to: user.name.clone(),
        },
        None => Event::Unassigned,
    };
    let told = changing
        .iter()
        .map(|thread| Told::in_next_entry(thread, event()));
    let events = event::record_all(tx, told, &by.name, now).await?;
    let (left, subscribed) = match assignee {
        Some(user) => (
            left(tx, &changing, user).await?,
            subscribe(tx, &changing, user, now).await?,
        ),
        None => (HashMap::new(), HashSet::new()),
    };
    let items = changing.iter().map(|thread| Item {
        thread: thread.id,
        seq: thread.last_seq + 1,
        was: Was::Assignee {
            id: thread.assignee_id,
            subscribed: subscribed.contains(&thread.id),
            left_at: left.get(&thread.id).copied(),
        },
    });
    let deed = match assignee {
        Some(user) => Deed::Assigned {
            to: user.id,
            name: user.name.clone(),
        },
        None => Deed::Unassigned,
    };
    let undo = undo::remember(tx, by, &deed, items.collect(), now).await?;
    if let (Some(user), Some(undo)) = (assignee.filter(|user| user.id != by.id), undo) {
        match changing.as_slice() {
            [thread] => {
                let to = Participant::of_user(tx, thread.id, user.id).await?;
                let to = to.expect("assignees take part");
                notify::assigned(tx, office, &to, user, by, events[0], now).await?;
            }
            _ => notify::assigned_many(tx, office, undo, user, by, now).await?,
        }
    }
    announce_all(tx, &changing).await?;
    Ok(Done {
        deed,
        changed: changing.len(),
        undo,
    })
}

/// Those of the threads that `staff` had left, and since when.
async fn left(
    tx: &mut Tx,
    threads: &[&Thread],
    staff: &User,
) -> Result<HashMap<ThreadId, Timestamp>> {
    let left: Vec<(ThreadId, Timestamp)> = tx
        .query_each(
            "SELECT thread_id, left_at FROM participants
             WHERE thread_id IN (SELECT unhex(value) FROM json_each($1)) AND user_id = $2
               AND left_at IS NOT NULL",
            "SELECT thread_id, left_at FROM participants
             WHERE thread_id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))
               AND user_id = $2 AND left_at IS NOT NULL",
        )
        .bind(json_of(threads.iter().map(|thread| thread.id)))
        .bind(staff.id)
        .fetch_all()
        .await?;
    Ok(left.into_iter().collect())
}

/// Mails `staff` about the threads from now on, but for those they muted; whoever had left is
/// back. Gives those that they were not mailed about before.
async fn subscribe(
    tx: &mut Tx,
    threads: &[&Thread],
    staff: &User,
    now: Timestamp,
) -> Result<HashSet<ThreadId>> {
    let rows = threads.iter().map(|thread| {
        let id = ParticipantId::new(now);
        (id.0.simple().to_string(), thread.id.0.simple().to_string())
    });
    let rows: Vec<_> = rows.collect();
    let subscribed: Vec<ThreadId> = tx
        .query_each(
            "INSERT INTO participants
                 (id, thread_id, user_id, name, role, mail_subject, read_seq, notify, created_at)
             SELECT unhex(item.value ->> 0), threads.id, $2, $3, 'admin',
                    threads.starter_name || ': ' || threads.subject, 0, 'on', $4
             FROM json_each($1) AS item
             CROSS JOIN threads ON threads.id = unhex(item.value ->> 1)
             WHERE TRUE
             ON CONFLICT (thread_id, user_id) DO UPDATE SET name = excluded.name, left_at = NULL,
                notify = CASE participants.notify WHEN 'muted' THEN 'muted' ELSE 'on' END
                WHERE participants.notify = 'off' OR participants.left_at IS NOT NULL
             RETURNING thread_id",
            "INSERT INTO participants
                 (id, thread_id, user_id, name, role, mail_subject, read_seq, notify, created_at)
             SELECT (item.value ->> 0)::uuid, threads.id, $2, $3, 'admin',
                    threads.starter_name || ': ' || threads.subject, 0, 'on', $4
             FROM json_array_elements($1::json) AS item (value)
             JOIN threads ON threads.id = (item.value ->> 1)::uuid
             ON CONFLICT (thread_id, user_id) DO UPDATE SET name = excluded.name, left_at = NULL,
                notify = CASE participants.notify WHEN 'muted' THEN 'muted' ELSE 'on' END
                WHERE participants.notify = 'off' OR participants.left_at IS NOT NULL
             RETURNING thread_id",
        )
        .bind(serde_json::to_string(&rows).expect("ids are plain text"))
        .bind(staff.id)
        .bind(staff.name.as_str())
        .bind(now)
        .fetch_scalars()
        .await?;
    Ok(subscribed.into_iter().collect())
}
