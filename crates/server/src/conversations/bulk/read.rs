use std::collections::HashMap;

use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Deed, Thread,
        bulk::{Done, ensure_none_in_trash, json_of},
        undo::{self, Item, Was},
    },
    ids::{ParticipantId, ThreadId},
};

/// Marks threads read that `staff` have in a list, up to their ends. Nobody has looked at them, so
/// there is no receipt: what a guest is told was seen, somebody saw.
pub async fn mark_all_read(
    tx: &mut Tx,
    threads: &[Thread],
    staff: &User,
    now: Timestamp,
) -> Result<Done> {
    ensure_none_in_trash(threads)?;
    let marks = marks(tx, threads, staff).await?;
    let mark = |thread: &Thread| marks.get(&thread.id).copied().unwrap_or(0);
    let unread = threads.iter().filter(|thread| {
        thread.last_message_at > staff.created_at && thread.last_team_seq > mark(thread)
    });
    let unread: Vec<&Thread> = unread.collect();

    move_marks(tx, &unread, staff, now).await?;
    let items = unread.iter().map(|thread| Item {
        thread: thread.id,
        seq: thread.last_seq,
        was: Was::Read { seq: mark(thread) },
    });
    let undo = undo::remember(tx, staff, &Deed::Read, items.collect(), now).await?;
    if undo.is_some() {
        tx.announce(format!("me-{}", staff.id)).await?;
    }
    Ok(Done {
        deed: Deed::Read,
        changed: unread.len(),
        undo,
    })
}

/// How far `staff` have read each of the threads that they take part in.
async fn marks(tx: &mut Tx, threads: &[Thread], staff: &User) -> Result<HashMap<ThreadId, i64>> {
    let marks: Vec<(ThreadId, i64)> = tx
        .query_each(
            "SELECT thread_id, read_seq FROM participants
             WHERE thread_id IN (SELECT unhex(value) FROM json_each($1)) AND user_id = $2",
            "SELECT thread_id, read_seq FROM participants
             WHERE thread_id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::uuid))
               AND user_id = $2",
        )
        .bind(json_of(threads.iter().map(|thread| thread.id)))
        .bind(staff.id)
        .fetch_all()
        .await?;
    Ok(marks.into_iter().collect())
}

/// Only ever forward. Whoever takes part only by this is not mailed.
async fn move_marks(tx: &mut Tx, threads: &[&Thread], staff: &User, now: Timestamp) -> Result<()> {
    let rows = threads.iter().map(|thread| {
        let id = ParticipantId::new(now);
        (id.0.simple().to_string(), thread.id.0.simple().to_string())
    });
    let rows: Vec<_> = rows.collect();
    tx.query_each(
        "INSERT INTO participants
             (id, thread_id, user_id, name, role, mail_subject, read_seq, notify, created_at)
         SELECT unhex(item.value ->> 0), threads.id, $2, $3, 'admin',
                threads.starter_name || ': ' || threads.subject, threads.last_seq, 'off', $4
         FROM json_each($1) AS item
         CROSS JOIN threads ON threads.id = unhex(item.value ->> 1)
         WHERE TRUE
         ON CONFLICT (thread_id, user_id) DO UPDATE SET read_seq = excluded.read_seq, name = excluded.name
            WHERE participants.read_seq < excluded.read_seq",
        "INSERT INTO participants
             (id, thread_id, user_id, name, role, mail_subject, read_seq, notify, created_at)
         SELECT (item.value ->> 0)::uuid, threads.id, $2, $3, 'admin',
                threads.starter_name || ': ' || threads.subject, threads.last_seq, 'off', $4
         FROM json_array_elements($1::json) AS item (value)
         JOIN threads ON threads.id = (item.value ->> 1)::uuid
         ON CONFLICT (thread_id, user_id) DO UPDATE SET read_seq = excluded.read_seq, name = excluded.name
            WHERE participants.read_seq < excluded.read_seq",
    )
    .bind(serde_json::to_string(&rows).expect("ids are plain text"))
    .bind(staff.id)
    .bind(staff.name.as_str())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
