use db::Timestamp;

use super::Band;
use crate::{
    accounts::User,
    conversations::Status,
    ids::{ThreadId, UserId},
};

/// A row of the inbox.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    pub id: ThreadId,
    pub status: Status,
    pub subject: String,
    pub starter_name: String,
    pub message_count: i64,
    pub preview: String,
    pub preview_by: String,
    pub preview_by_staff: bool,
    pub last_message_at: Timestamp,
    pub waiting_since: Option<Timestamp>,
    pub assignee_id: Option<UserId>,
    pub assignee_name: Option<String>,
    /// Of the last message or note.
    pub last_team_seq: i64,
    pub trashed_at: Option<Timestamp>,
    /// The read mark of whoever looks, if they have one.
    pub read_seq: Option<i64>,
    /// What it stands by in its list: a time, or a text.
    pub(super) sort_at: Timestamp,
    pub(super) sort_text: String,
    /// The part of the list in which it was found.
    #[sqlx(skip)]
    pub band: Band,
    /// The entry of the index by which a search has found it.
    #[sqlx(skip)]
    pub entry: Option<i64>,
}

impl Row {
    pub fn waits_since(&self) -> Option<Timestamp> {
        self.status
            .waits_since(self.waiting_since, self.last_message_at)
    }

    /// Whether `viewer` has something to read. Threads older than their account count as read,
    /// and so does everything for those who leave no read marks.
    pub fn is_unread_by(&self, viewer: &User) -> bool {
        viewer.is_staff()
            && self.last_message_at > viewer.created_at
            && self.last_team_seq > self.read_seq.unwrap_or(0)
    }
}
