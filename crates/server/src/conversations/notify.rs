//! Who hears of what, and the job for each of them.
//!
//! Jobs are pushed in the transaction of what causes them. A job says whom it is for and what
//! about, never what it says: that is read when it is sent, and so is whether it is still wanted.

mod office;
mod push;

use std::{collections::BTreeSet, time::Duration};

use db::{Timestamp, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    accounts::User,
    conversations::{Kind, Message, MessageKind, Notify, Participant, Thread},
    ids::{MessageId, ParticipantId, ThreadId, UndoId, UserId},
    limits::{self, Taken},
};

pub use office::Office;
pub use push::push;

/// The kind of job that [`Letter`] is the payload of.
pub const JOB: &str = "mail";

/// At most so many mails a day go to an address that has not proved itself, whoever asks.
const FIRST_CONTACTS: u32 = 3;
const DAY: Duration = Duration::from_hours(24);

/// An e-mail to be sent. Its Message-ID is fixed here, so that a copy sent twice is the same mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letter {
    pub message_id: String,
    pub what: What,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// To a guest: we have your message. Holds nothing that was typed.
    Received {
        to: ParticipantId,
        /// The message that began the thread.
        #[serde(default)]
        message: Option<MessageId>,
    },
    /// To a guest: a message by somebody else.
    Answer {
        to: ParticipantId,
        message: MessageId,
    },
    /// To subscribed staff: a message or a note.
    Team {
        to: ParticipantId,
        message: MessageId,
    },
    /// To staff: a customer's message that nobody is assigned to.
    Alert {
        to: UserId,
        thread: ThreadId,
        message: MessageId,
    },
    /// The same to an address from the settings.
    AlertAddress {
        to: String,
        thread: ThreadId,
        message: MessageId,
    },
    /// To staff: a note names them, whether or not they follow the thread.
    Mentioned {
        to: UserId,
        thread: ThreadId,
        message: MessageId,
    },
    Assigned {
        to: ParticipantId,
        by: String,
        /// The thread's entry about it.
        #[serde(default)]
        event: Option<MessageId>,
    },
    /// To somebody whom staff added to a thread.
    Added {
        to: ParticipantId,
        by: String,
        event: MessageId,
    },
    /// To a guest: a new link, which staff sent.
    NewLink { to: ParticipantId, event: MessageId },
    /// To the new assignee of many threads, once: those of a deed that are still theirs.
    AssignedMany {
        to: UserId,
        by: String,
        undo: UndoId,
    },
    /// New links to threads of one address, each to its own participant.
    NewLinks { to: Vec<ParticipantId> },
    /// A link to choose a new password.
    Password { to: UserId },
    /// What *Send me a test mail* sends.
    Test { to: UserId },
}

/// Whom a mail goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addressee {
    Participant(ParticipantId),
    User(UserId),
    Address(String),
}

impl What {
    /// The entry of a thread that the mail belongs to.
    pub fn about(&self) -> Option<MessageId> {
        match self {
            Self::Received { message, .. } => *message,
            Self::Answer { message, .. }
            | Self::Team { message, .. }
            | Self::Alert { message, .. }
            | Self::Mentioned { message, .. }
            | Self::AlertAddress { message, .. } => Some(*message),
            Self::Assigned { event, .. } => *event,
            Self::Added { event, .. } | Self::NewLink { event, .. } => Some(*event),
            Self::AssignedMany { .. }
            | Self::NewLinks { .. }
            | Self::Password { .. }
            | Self::Test { .. } => None,
        }
    }

    pub fn addressee(&self) -> Option<Addressee> {
        match self {
            Self::Received { to, .. }
            | Self::Answer { to, .. }
            | Self::Team { to, .. }
            | Self::Assigned { to, .. }
            | Self::Added { to, .. }
            | Self::NewLink { to, .. } => Some(Addressee::Participant(*to)),
            Self::Alert { to, .. }
            | Self::Mentioned { to, .. }
            | Self::AssignedMany { to, .. }
            | Self::Password { to }
            | Self::Test { to } => Some(Addressee::User(*to)),
            Self::AlertAddress { to, .. } => Some(Addressee::Address(to.clone())),
            Self::NewLinks { to } => to.first().copied().map(Addressee::Participant),
        }
    }
}

/// Whom a mail is about, as far as choosing recipients goes.
#[derive(sqlx::FromRow)]
struct Recipient {
    id: ParticipantId,
    user_id: Option<UserId>,
    is_guest: bool,
    notify: Notify,
    email: String,
    email_key: String,
}

/// Queues a mail to everybody who is to hear of `message`, each once; it is a note if it has
/// `mentioned` somebody.
pub(super) async fn everyone_else(
    tx: &mut Tx,
    office: &Office,
    thread: &Thread,
    author: &Participant,
    message: &Message,
    mentioned: &[User],
    now: Timestamp,
) -> Result<()> {
    let mut told: BTreeSet<String> = office.own.iter().cloned().collect();
    // An address that is not proved may be somebody else's, who must not miss the message.
    if let Some(key) = &author.email_key
        && author.proved_at.is_some()
    {
        told.insert(key.clone());
    }

    let participants: Vec<Recipient> = tx
        .query(
            "SELECT participants.id, participants.user_id,
                    participants.user_id IS NULL AS is_guest, participants.notify,
                    COALESCE(participants.email, users.email) AS email,
                    COALESCE(participants.email_key, users.email_key) AS email_key
             FROM participants LEFT JOIN users ON users.id = participants.user_id
             WHERE participants.thread_id = $1 AND participants.id <> $2
               AND participants.left_at IS NULL
             ORDER BY participants.user_id IS NULL, participants.id",
        )
        .bind(thread.id)
        .bind(author.id)
        .fetch_all()
        .await?;
    let mut mails = Vec::new();
    for user in mentioned {
        let has_muted =
            |to: &Recipient| to.notify == Notify::Muted && to.email_key == user.email_key;
        if !participants.iter().any(has_muted) && told.insert(user.email_key.clone()) {
            let what = What::Mentioned {
                to: user.id,
                thread: thread.id,
                message: message.id,
            };
            mails.push((user.email.clone(), what));
        }
    }
    let hears = |user| {
        let is_theirs = |to: &Recipient| to.user_id == Some(user) && to.notify == Notify::On;
        participants.iter().any(is_theirs)
    };
    let hearing_assignee = thread.assignee_id.filter(|assignee| hears(*assignee));
    for to in participants {
        let is_for_them = match to.notify {
            Notify::On => message.kind == MessageKind::Message || !to.is_guest,
            // Whoever only reads was told nothing yet, and may be alerted.
            Notify::Off => false,
            // A user who muted the thread is not alerted of it either.
            Notify::Muted => {
                if !to.is_guest {
                    told.insert(to.email_key.clone());
                }
                false
            }
        };
        if !is_for_them || !told.insert(to.email_key) {
            continue;
        }
        let what = if to.is_guest {
            What::Answer {
                to: to.id,
                message: message.id,
            }
        } else {
            What::Team {
                to: to.id,
                message: message.id,
            }
        };
        mails.push((to.email, what));
    }

    let is_customers =
        thread.kind == Kind::Support && message.kind == MessageKind::Message && !author.is_staff();
    if is_customers && !is_able(tx, hearing_assignee).await? {
        mails.extend(alerts(tx, office, thread, message, told).await?);
    }
    push::all(tx, office, mails, now).await
}

/// Whether there is an assignee who can answer: an account may have been disabled since.
async fn is_able(tx: &mut Tx, assignee: Option<UserId>) -> Result<bool> {
    let Some(assignee) = assignee else {
        return Ok(false);
    };
    let user = User::find(tx, assignee).await?;
    Ok(user.is_some_and(|user| user.is_active() && user.is_staff()))
}

/// An alert to each support recipient who is not told already.
async fn alerts(
    tx: &mut Tx,
    office: &Office,
    thread: &Thread,
    message: &Message,
    mut told: BTreeSet<String>,
) -> Result<Vec<(String, What)>> {
    let mut mails = Vec::new();
    for address in &office.recipients {
        if told.insert(address.key().to_owned()) {
            let to = address.as_typed().to_owned();
            let what = What::AlertAddress {
                to: to.clone(),
                thread: thread.id,
                message: message.id,
            };
            mails.push((to, what));
        }
    }
    if !office.recipients.is_empty() {
        return Ok(mails);
    }
    for user in User::list_staff(tx).await? {
        if told.insert(user.email_key) {
            let what = What::Alert {
                to: user.id,
                thread: thread.id,
                message: message.id,
            };
            mails.push((user.email, what));
        }
    }
    Ok(mails)
}

/// Queues "we have your message" with a fresh link to the guest who began a thread.
pub(super) async fn received(
    tx: &mut Tx,
    office: &Office,
    guest: &Participant,
    message: MessageId,
    now: Timestamp,
) -> Result<()> {
    let (Some(email), Some(key)) = (&guest.email, &guest.email_key) else {
        return Ok(());
    };
    if office.own.contains(key) {
        return Ok(());
    }
    if guest.proved_at.is_none() && !may_contact(tx, key, now).await? {
        return Ok(());
    }
    let what = What::Received {
        to: guest.id,
        message: Some(message),
    };
    push(tx, office, email, what, now).await
}

pub(super) async fn assigned(
    tx: &mut Tx,
    office: &Office,
    to: &Participant,
    assignee: &User,
    by: &User,
    event: MessageId,
    now: Timestamp,
) -> Result<()> {
    let what = What::Assigned {
        to: to.id,
        by: by.name.clone(),
        event: Some(event),
    };
    push(tx, office, &assignee.email, what, now).await
}

pub(super) async fn assigned_many(
    tx: &mut Tx,
    office: &Office,
    undo: UndoId,
    assignee: &User,
    by: &User,
    now: Timestamp,
) -> Result<()> {
    let what = What::AssignedMany {
        to: assignee.id,
        by: by.name.clone(),
        undo,
    };
    push(tx, office, &assignee.email, what, now).await
}

/// Counts a mail to an address that has not proved itself; false when it has had enough today.
pub(super) async fn may_contact(tx: &mut Tx, email_key: &str, now: Timestamp) -> Result<bool> {
    let bucket = format!("first-contact:{email_key}");
    let taken = limits::take(tx, &bucket, FIRST_CONTACTS, DAY, now).await?;
    Ok(matches!(taken, Taken::Allowed))
}
