use db::{Timestamp, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    conversations::{Message, MessageKind, Origin, Status, Thread, Visibility},
    ids::MessageId,
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
            | Self::Subject { .. } => Visibility::Staff,
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
