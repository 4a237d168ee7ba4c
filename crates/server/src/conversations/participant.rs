use db::{Conn, Timestamp, Tx};
use serde::Serialize;

use crate::{
    Result,
    accounts::User,
    conversations::Thread,
    email_address::Address,
    ids::{ParticipantId, ThreadId, UserId},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Who started the thread.
    Owner,
    /// Staff on a support thread.
    Admin,
    Guest,
    Participant,
}

db::text_enum!(Role {
    Owner = "owner",
    Admin = "admin",
    Guest = "guest",
    Participant = "participant",
});

/// Whether someone is mailed about a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    On,
    /// Never asked for: staff who only read.
    Off,
    /// Switched off by the person: replying does not switch it on again.
    Muted,
}

db::text_enum!(Notify { On = "on", Off = "off", Muted = "muted" });

/// One party on a thread: a user, or a guest by e-mail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Participant {
    pub id: ParticipantId,
    pub thread_id: ThreadId,
    pub user_id: Option<UserId>,
    /// A guest's address as it was typed: mail goes only there.
    pub email: Option<String>,
    /// Its canonical form.
    pub email_key: Option<String>,
    pub name: String,
    pub role: Role,
    /// The subject of all mail about this thread to this person.
    pub mail_subject: String,
    pub read_seq: i64,
    pub notify: Notify,
    /// When a guest's address proved itself in this thread.
    pub proved_at: Option<Timestamp>,
    pub left_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// The columns of [`Participant`].
macro_rules! participant_columns {
    () => {
        "participants.id, participants.thread_id, participants.user_id, participants.email,
         participants.email_key, participants.name, participants.role, participants.mail_subject,
         participants.read_seq, participants.notify, participants.proved_at, participants.left_at,
         participants.created_at"
    };
}
pub(super) use participant_columns;

impl Participant {
    pub fn is_staff(&self) -> bool {
        self.role == Role::Admin
    }

    pub async fn get(conn: &mut Conn, id: ParticipantId) -> Result<Option<Self>> {
        let participant = conn
            .query(concat!(
                "SELECT ",
                participant_columns!(),
                " FROM participants WHERE id = $1"
            ))
            .bind(id)
            .fetch_optional()
            .await?;
        Ok(participant)
    }

    /// Everybody who ever took part, in the order in which they came.
    pub async fn list(conn: &mut Conn, thread: ThreadId) -> Result<Vec<Self>> {
        let participants = conn
            .query(concat!(
                "SELECT ",
                participant_columns!(),
                " FROM participants WHERE thread_id = $1 ORDER BY id"
            ))
            .bind(thread)
            .fetch_all()
            .await?;
        Ok(participants)
    }

    pub async fn of_user(conn: &mut Conn, thread: ThreadId, user: UserId) -> Result<Option<Self>> {
        let participant = conn
            .query(concat!(
                "SELECT ",
                participant_columns!(),
                " FROM participants WHERE thread_id = $1 AND user_id = $2"
            ))
            .bind(thread)
            .bind(user)
            .fetch_optional()
            .await?;
        Ok(participant)
    }

    /// The guest with this address, whether they left or not.
    pub(super) async fn of_address(
        conn: &mut Conn,
        thread: ThreadId,
        address: &Address,
    ) -> Result<Option<Self>> {
        let participant = conn
            .query(concat!(
                "SELECT ",
                participant_columns!(),
                " FROM participants WHERE thread_id = $1 AND email_key = $2"
            ))
            .bind(thread)
            .bind(address.key())
            .fetch_optional()
            .await?;
        Ok(participant)
    }

    /// Takes them back into the thread, and mails them from now on.
    pub(super) async fn come_back(&mut self, tx: &mut Tx) -> Result<()> {
        tx.query("UPDATE participants SET left_at = NULL, notify = 'on' WHERE id = $1")
            .bind(self.id)
            .execute()
            .await?;
        self.left_at = None;
        self.notify = Notify::On;
        Ok(())
    }

    /// Adds `staff` to a support thread, as a reader; what they are already, they stay.
    pub async fn add_staff(
        tx: &mut Tx,
        thread: &Thread,
        staff: &User,
        now: Timestamp,
    ) -> Result<Self> {
        let new = Self::staff(thread, staff, Notify::Off, now);
        tx.query(
            "INSERT INTO participants
                 (id, thread_id, user_id, name, role, mail_subject, read_seq, notify, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (thread_id, user_id) DO NOTHING",
        )
        .bind(new.id)
        .bind(new.thread_id)
        .bind(new.user_id)
        .bind(new.name.as_str())
        .bind(new.role)
        .bind(new.mail_subject.as_str())
        .bind(new.read_seq)
        .bind(new.notify)
        .bind(new.created_at)
        .execute()
        .await?;
        let participant = Self::of_user(tx, thread.id, staff.id).await?;
        let mut participant = participant.expect("it was there, or has just been added");
        if participant.name != staff.name {
            participant.rename(tx, &staff.name).await?;
        }
        Ok(participant)
    }

    /// One of the team, who has read nothing yet.
    pub(super) fn staff(thread: &Thread, staff: &User, notify: Notify, now: Timestamp) -> Self {
        Self {
            id: ParticipantId::new(now),
            thread_id: thread.id,
            user_id: Some(staff.id),
            email: None,
            email_key: None,
            name: staff.name.clone(),
            role: Role::Admin,
            mail_subject: format!("{}: {}", thread.starter_name, thread.subject),
            read_seq: 0,
            notify,
            proved_at: None,
            left_at: None,
            created_at: now,
        }
    }

    /// What they write from now on carries the new name.
    async fn rename(&mut self, tx: &mut Tx, name: &str) -> Result<()> {
        tx.query("UPDATE participants SET name = $2 WHERE id = $1")
            .bind(self.id)
            .bind(name)
            .execute()
            .await?;
        name.clone_into(&mut self.name);
        Ok(())
    }

    pub(super) async fn insert(&self, tx: &mut Tx) -> Result<()> {
        tx.query(
            "INSERT INTO participants
                 (id, thread_id, user_id, email, email_key, name, role, mail_subject, read_seq,
                  notify, proved_at, left_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(self.id)
        .bind(self.thread_id)
        .bind(self.user_id)
        .bind(self.email.as_deref())
        .bind(self.email_key.as_deref())
        .bind(self.name.as_str())
        .bind(self.role)
        .bind(self.mail_subject.as_str())
        .bind(self.read_seq)
        .bind(self.notify)
        .bind(self.proved_at)
        .bind(self.left_at)
        .bind(self.created_at)
        .execute()
        .await?;
        Ok(())
    }

    /// Mails them from now on, unless they muted the thread: whoever had left is back.
    pub(super) async fn subscribe(&mut self, tx: &mut Tx) -> Result<()> {
        if self.notify == Notify::Muted {
            tx.query("UPDATE participants SET left_at = NULL WHERE id = $1")
                .bind(self.id)
                .execute()
                .await?;
            self.left_at = None;
        } else if self.notify == Notify::Off || self.left_at.is_some() {
            self.come_back(tx).await?;
        }
        Ok(())
    }

    /// Switches their mail about this thread.
    pub async fn set_notify(&mut self, tx: &mut Tx, notify: Notify) -> Result<()> {
        tx.query("UPDATE participants SET notify = $2 WHERE id = $1")
            .bind(self.id)
            .bind(notify)
            .execute()
            .await?;
        self.notify = notify;
        Ok(())
    }
}
