use db::{Conn, Timestamp, Tx};
use serde::Serialize;

use crate::{
    Result,
    conversations::{Participant, Thread},
    ids::{MessageId, ParticipantId, ThreadId},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Message,
    /// Staff only.
    Note,
    /// Written by the system.
    Event,
}

db::text_enum!(Kind { Message = "message", Note = "note", Event = "event" });

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    Everyone,
    Staff,
}

db::text_enum!(Visibility { Everyone = "everyone", Staff = "staff" });

/// How a message's author was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    SignedIn,
    /// By a private link.
    Link,
    /// By a form that anybody can fill in with any address.
    Form,
    Api,
    Email,
    Sso,
    System,
}

db::text_enum!(Origin {
    SignedIn = "signed_in",
    Link = "link",
    Form = "form",
    Api = "api",
    Email = "email",
    Sso = "sso",
    System = "system",
});

/// An entry in a thread.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Message {
    pub id: MessageId,
    pub thread_id: ThreadId,
    pub seq: i64,
    pub kind: Kind,
    pub visibility: Visibility,
    pub author_id: Option<ParticipantId>,
    pub author_name: String,
    pub by_staff: bool,
    pub origin: Origin,
    /// Whether the author's address had proved itself by then.
    pub proved: bool,
    pub body: String,
    pub created_at: Timestamp,
}

macro_rules! message_columns {
    () => {
        "id, thread_id, seq, kind, visibility, author_id, author_name, by_staff, origin, proved,
         body, created_at"
    };
}

/// How many entries a page shows.
pub(crate) const PAGE: i64 = 50;

impl Message {
    pub async fn get(conn: &mut Conn, thread: ThreadId, id: MessageId) -> Result<Option<Self>> {
        let message = conn
            .query(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages WHERE id = $1 AND thread_id = $2"
            ))
            .bind(id)
            .bind(thread)
            .fetch_optional()
            .await?;
        Ok(message)
    }

    /// What staff see: everything before `seq`, oldest first, as much as a page shows.
    pub async fn page_for_staff(
        conn: &mut Conn,
        thread: ThreadId,
        before: i64,
    ) -> Result<Vec<Self>> {
        let mut page: Vec<Self> = conn
            .query(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages WHERE thread_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
            ))
            .bind(thread)
            .bind(before)
            .bind(PAGE)
            .fetch_all()
            .await?;
        page.reverse();
        Ok(page)
    }

    /// The same from the other end: what comes after `seq`.
    pub async fn page_for_staff_after(
        conn: &mut Conn,
        thread: ThreadId,
        seq: i64,
    ) -> Result<Vec<Self>> {
        let page = conn
            .query(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages WHERE thread_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
            ))
            .bind(thread)
            .bind(seq)
            .bind(PAGE)
            .fetch_all()
            .await?;
        Ok(page)
    }

    /// The first message or note that `reader`, one of the team, has not read and not written.
    pub async fn first_unread(conn: &mut Conn, reader: &Participant) -> Result<Option<MessageId>> {
        let id = conn
            .query(
                "SELECT id FROM messages
                 WHERE thread_id = $1 AND seq > $2 AND kind <> 'event' AND author_id <> $3
                 ORDER BY seq LIMIT 1",
            )
            .bind(reader.thread_id)
            .bind(reader.read_seq)
            .bind(reader.id)
            .fetch_scalars::<MessageId>()
            .await?;
        Ok(id.into_iter().next())
    }

    /// What guests see: the one query for them. Notes and staff's events are not in it.
    pub async fn page_for_guests(
        conn: &mut Conn,
        thread: ThreadId,
        before: i64,
    ) -> Result<Vec<Self>> {
        let mut page: Vec<Self> = conn
            .query(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages
                  WHERE thread_id = $1 AND seq < $2 AND visibility = 'everyone' AND kind <> 'note'
                  ORDER BY seq DESC LIMIT $3"
            ))
            .bind(thread)
            .bind(before)
            .bind(PAGE)
            .fetch_all()
            .await?;
        page.reverse();
        Ok(page)
    }

    /// The last message before `seq` that `author` wrote.
    pub async fn last_by(conn: &mut Conn, author: &Participant, seq: i64) -> Result<Option<Self>> {
        let message = conn
            .query(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages
                  WHERE thread_id = $1 AND seq < $2 AND author_id = $3 AND kind = 'message'
                  ORDER BY seq DESC LIMIT 1"
            ))
            .bind(author.thread_id)
            .bind(seq)
            .bind(author.id)
            .fetch_optional()
            .await?;
        Ok(message)
    }

    /// The thread's last message by the team.
    pub async fn last_by_staff(conn: &mut Conn, thread: ThreadId) -> Result<Option<Self>> {
        let message = conn
            .query(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages WHERE thread_id = $1 AND kind = 'message' AND by_staff = $2
                  ORDER BY seq DESC LIMIT 1"
            ))
            .bind(thread)
            .bind(true)
            .fetch_optional()
            .await?;
        Ok(message)
    }

    /// The thread's last message, neither note nor event.
    pub async fn last(conn: &mut Conn, thread: &Thread) -> Result<Option<Self>> {
        let message = conn
            .query(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages WHERE thread_id = $1 AND seq = $2"
            ))
            .bind(thread.id)
            .bind(thread.last_visible_seq)
            .fetch_optional()
            .await?;
        Ok(message)
    }

    pub(super) async fn insert(&self, tx: &mut Tx) -> Result<()> {
        tx.query(concat!(
            "INSERT INTO messages (",
            message_columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ))
        .bind(self.id)
        .bind(self.thread_id)
        .bind(self.seq)
        .bind(self.kind)
        .bind(self.visibility)
        .bind(self.author_id)
        .bind(self.author_name.as_str())
        .bind(self.by_staff)
        .bind(self.origin)
        .bind(self.proved)
        .bind(self.body.as_str())
        .bind(self.created_at)
        .execute()
        .await?;
        Ok(())
    }
}
