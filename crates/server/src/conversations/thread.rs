use db::{Conn, Timestamp, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    conversations::Participant,
    ids::{ThreadId, UserId},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A guest or customer with staff.
    Support,
    /// Users with users.
    Direct,
}

db::text_enum!(Kind { Support = "support", Direct = "direct" });

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Staff answered.
    Open,
    /// Awaiting staff.
    Pending,
    Closed,
}

db::text_enum!(Status { Open = "open", Pending = "pending", Closed = "closed" });

impl Status {
    /// Since when somebody waits for staff, while they do: by hand even a thread where everything
    /// is answered can be pending.
    pub(super) fn waits_since(
        self,
        unanswered: Option<Timestamp>,
        last_message_at: Timestamp,
    ) -> Option<Timestamp> {
        (self == Self::Pending).then_some(unanswered.unwrap_or(last_message_at))
    }
}

/// A conversation.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Thread {
    pub id: ThreadId,
    pub kind: Kind,
    pub status: Status,
    pub subject: String,
    /// The customer, as the inbox shows them.
    pub starter_name: String,
    pub starter_email: Option<String>,
    pub assignee_id: Option<UserId>,
    /// Of the last entry of any kind; entries are numbered 1, 2, 3 …
    pub last_seq: i64,
    /// Of the last message or note: what can be unread for staff.
    pub last_team_seq: i64,
    /// Of the last message: what can be unread for everybody else.
    pub last_visible_seq: i64,
    pub message_count: i64,
    pub last_message_at: Timestamp,
    /// When the oldest customer message without an answer came, whatever the status.
    pub waiting_since: Option<Timestamp>,
    pub created_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub trashed_at: Option<Timestamp>,
}

/// The columns of [`Thread`].
macro_rules! thread_columns {
    () => {
        "threads.id, threads.kind, threads.status, threads.subject, threads.starter_name,
         threads.starter_email, threads.assignee_id, threads.last_seq, threads.last_team_seq,
         threads.last_visible_seq, threads.message_count, threads.last_message_at,
         threads.waiting_since, threads.created_at, threads.closed_at, threads.trashed_at"
    };
}
pub(super) use thread_columns;

impl Thread {
    /// A support thread outside the trash: what everybody with a view of the inbox may see.
    pub(crate) async fn find_support(conn: &mut Conn, id: ThreadId) -> Result<Option<Self>> {
        let thread = conn
            .query(concat!(
                "SELECT ",
                thread_columns!(),
                " FROM threads WHERE id = $1 AND kind = 'support' AND trashed_at IS NULL"
            ))
            .bind(id)
            .fetch_optional()
            .await?;
        Ok(thread)
    }

    /// The thread as it is now, and nobody else changes it until the transaction ends: numbers of
    /// entries are given out under its row.
    pub(super) async fn lock(tx: &mut Tx, id: ThreadId) -> Result<Self> {
        tx.query_each(
            concat!("SELECT ", thread_columns!(), " FROM threads WHERE id = $1"),
            concat!(
                "SELECT ",
                thread_columns!(),
                " FROM threads WHERE id = $1 FOR UPDATE"
            ),
        )
        .bind(id)
        .fetch_optional()
        .await?
        .ok_or(Error::NotFound)
    }

    /// Of the last entry that can be unread for this participant.
    pub(super) fn last_seq_for(&self, participant: &Participant) -> i64 {
        if participant.is_staff() {
            self.last_team_seq
        } else {
            self.last_visible_seq
        }
    }

    pub fn waits_since(&self) -> Option<Timestamp> {
        self.status
            .waits_since(self.waiting_since, self.last_message_at)
    }

    /// Announced when anything about the thread changes.
    pub fn topic(&self) -> String {
        Self::topic_of(self.id)
    }

    pub(super) fn topic_of(id: ThreadId) -> String {
        format!("conv-{id}")
    }

    /// Announced when something changes that guests can see: that a note was written, who is
    /// assigned, or who of the team reads, they do not even hear of.
    pub fn guests_topic(&self) -> String {
        format!("guests-{}", self.id)
    }
}
