use db::{Timestamp, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    conversations::{Message, MessageKind, Origin, Status, Thread, Visibility},
    ids::{MessageId, ThreadId},
};

/// What happened to a thread, other than a message. Stored as JSON in the entry's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    Closed,
    Reopened,
    /// Between open and pending.
    Status {
        to: String,
    },
    Assigned {
        to: String,
    },
    Unassigned,
    LinksRevoked,
    /// Staff added somebody.
    Added {
        who: String,
    },
    Removed {
        who: String,
    },
    /// Staff mailed a guest a new link.
    NewLink {
        to: String,
    },
    Subject {
        from: String,
        to: String,
    },
    Trashed,
    Restored,
}

impl Event {
    /// Guests and users see only closing and reopening.
    pub(crate) fn visibility(&self) -> Visibility {
        match self {
            Self::Closed | Self::Reopened => Visibility::Everyone,
            Self::Status { .. }
            | Self::Assigned { .. }
            | Self::Unassigned
            | Self::LinksRevoked
            | Self::Added { .. }
            | Self::Removed { .. }
            | Self::NewLink { .. }
            | Self::Subject { .. }
            | Self::Trashed
            | Self::Restored => Visibility::Staff,
        }
    }

    /// The event for a change of status.
    pub(super) fn of_change(from: Status, to: Status) -> Self {
        match (from, to) {
            (_, Status::Closed) => Self::Closed,
            (Status::Closed, _) => Self::Reopened,
            (_, to) => Self::Status {
                to: to.as_str().to_owned(),
            },
        }
    }
}

/// Writes `event` into the thread; `by` is the name of whoever caused it. Leaves status, last
/// activity and what is unread alone.
pub(super) async fn record(
    tx: &mut Tx,
    thread: &mut Thread,
    event: &Event,
    by: &str,
    now: Timestamp,
) -> Result<MessageId> {
    thread.last_seq += 1;
    tx.query("UPDATE threads SET last_seq = $2 WHERE id = $1")
        .bind(thread.id)
        .bind(thread.last_seq)
        .execute()
        .await?;
    let entry = Message {
        id: MessageId::new(now),
        thread_id: thread.id,
        seq: thread.last_seq,
        kind: MessageKind::Event,
        visibility: event.visibility(),
        author_id: None,
        author_name: by.to_owned(),
        by_staff: false,
        origin: Origin::System,
        proved: false,
        body: serde_json::to_string(event).expect("an event is plain data"),
        created_at: now,
    };
    entry.insert(tx).await?;
    Ok(entry.id)
}

/// An event, and where in its thread it is written.
pub(super) struct Told {
    thread: ThreadId,
    seq: i64,
    event: Event,
}

impl Told {
    /// After everything that the thread had when it was locked.
    pub(super) fn in_next_entry(thread: &Thread, event: Event) -> Self {
        Self {
            thread: thread.id,
            seq: thread.last_seq + 1,
            event,
        }
    }
}

/// Writes an event into each of many threads, whose `last_seq` counts it already; gives their ids.
pub(super) async fn record_all(
    tx: &mut Tx,
    told: impl Iterator<Item = Told>,
    by: &str,
    now: Timestamp,
) -> Result<Vec<MessageId>> {
    let mut ids = Vec::new();
    let rows = told.map(|told| {
        let visibility = match told.event.visibility() {
            Visibility::Everyone => "everyone",
            Visibility::Staff => "staff",
        };
        let body = serde_json::to_string(&told.event).expect("an event is plain data");
        let id = MessageId::new(now);
        ids.push(id);
        let id = id.0.simple().to_string();
        (
            id,
            told.thread.0.simple().to_string(),
            told.seq,
            visibility,
            body,
        )
    });
    let rows: Vec<_> = rows.collect();
    tx.query_each(
        "INSERT INTO messages (id, thread_id, seq, kind, visibility, author_name, by_staff, origin,
                               proved, body, created_at)
         SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, 'event', value ->> 3, $2,
                FALSE, 'system', FALSE, value ->> 4, $3
         FROM json_each($1)",
        "INSERT INTO messages (id, thread_id, seq, kind, visibility, author_name, by_staff, origin,
                               proved, body, created_at)
         SELECT (value ->> 0)::uuid, (value ->> 1)::uuid, (value ->> 2)::bigint, 'event',
                value ->> 3, $2, FALSE, 'system', FALSE, value ->> 4, $3
         FROM json_array_elements($1::json)",
    )
    .bind(serde_json::to_string(&rows).expect("rows are plain data"))
    .bind(by)
    .bind(now)
    .execute()
    .await?;
    Ok(ids)
}
