//! Staff say who takes part in a thread.

use db::{Timestamp, Tx};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{
        Event, Notify, Participant, Role, Thread, event, link,
        notify::{self, Office, What},
        post::announce,
    },
    email_address::Address,
    i18n::{t, t_with},
    ids::{MessageId, ParticipantId, ThreadId},
};

/// Somebody to be added to a thread.
#[derive(Debug)]
pub enum Newcomer {
    /// Of the team: they read in the control panel.
    Staff(Box<User>),
    /// Anybody else, by address: they read by private link.
    Guest { address: Address, name: String },
}

/// Adds `newcomer`, or takes back whoever had left; leaves an event, and mails them.
pub async fn add_participant(
    tx: &mut Tx,
    office: &Office,
    thread: ThreadId,
    by: &User,
    newcomer: Newcomer,
    now: Timestamp,
) -> Result<Thread> {
    let mut thread = Thread::lock(tx, thread).await?;
    let (added, email) = match newcomer {
        Newcomer::Staff(user) => {
            let added = add_staff(tx, &thread, &user, now).await?;
            (added, user.email)
        }
        Newcomer::Guest { address, name } => {
            if office.own.iter().any(|own| own == address.key()) {
                return Err(refused(t("This is Pigeon’s own address.")));
            }
            let added = add_guest(tx, office, &thread, &address, name, now).await?;
            (added, address.as_typed().to_owned())
        }
    };
    may_be_mailed(tx, "add", &added, now).await?;
    let event = Event::Added {
        who: added.name.clone(),
    };
    let event = event::record(tx, &mut thread, &event, &by.name, now).await?;
    announce(tx, &thread).await?;
    if added.user_id != Some(by.id) {
        let what = What::Added {
            to: added.id,
            by: by.name.clone(),
            event,
        };
        // A guest who comes back is written to at the address that is stored.
        let email = added.email.as_deref().unwrap_or(&email);
        notify::push(tx, office, email, what, now).await?;
    }
    Ok(thread)
}

async fn add_staff(
    tx: &mut Tx,
    thread: &Thread,
    user: &User,
    now: Timestamp,
) -> Result<Participant> {
    let mut added = Participant::add_staff(tx, thread, user, now).await?;
    if added.left_at.is_none() && added.notify == Notify::On {
        return Err(already(&added));
    }
    added.come_back(tx).await?;
    Ok(added)
}

async fn add_guest(
    tx: &mut Tx,
    office: &Office,
    thread: &Thread,
    address: &Address,
    name: String,
    now: Timestamp,
) -> Result<Participant> {
    if let Some(mut known) = Participant::of_address(tx, thread.id, address).await? {
        if known.left_at.is_none() {
            return Err(already(&known));
        }
        known.come_back(tx).await?;
        return Ok(known);
    }
    let guest = Participant {
        id: ParticipantId::new(now),
        thread_id: thread.id,
        user_id: None,
        email: Some(address.as_typed().to_owned()),
        email_key: Some(address.key().to_owned()),
        name,
        role: Role::Guest,
        // The thread's own subject may be what a stranger typed.
        mail_subject: t_with(
            "Your message to {siteName}",
            &[("siteName", &office.site_name)],
        ),
        read_seq: 0,
        notify: Notify::On,
        proved_at: None,
        left_at: None,
        created_at: now,
    };
    guest.insert(tx).await?;
    Ok(guest)
}

/// Ends somebody's part in the thread, and with it their links and their mail.
pub async fn remove_participant(
    tx: &mut Tx,
    thread: ThreadId,
    by: &User,
    who: ParticipantId,
    now: Timestamp,
) -> Result<Thread> {
    let mut thread = Thread::lock(tx, thread).await?;
    let who = present(tx, &thread, who).await?;
    if who.user_id.is_some() && who.user_id == thread.assignee_id {
        let why = "The conversation is assigned to {name}. Assign it to somebody else first.";
        let why = t_with(why, &[("name", &who.name)]);
        return Err(Error::invalid("remove", why));
    }
    tx.query("UPDATE participants SET left_at = $2 WHERE id = $1")
        .bind(who.id)
        .bind(now)
        .execute()
        .await?;
    link::revoke_of(tx, who.id, now).await?;
    let event = Event::Removed { who: who.name };
    event::record(tx, &mut thread, &event, &by.name, now).await?;
    announce(tx, &thread).await?;
    Ok(thread)
}

/// Mails a guest a new link to the thread; those sent before keep working.
pub async fn send_new_link(
    tx: &mut Tx,
    office: &Office,
    thread: ThreadId,
    by: &User,
    who: ParticipantId,
    now: Timestamp,
) -> Result<Thread> {
    let mut thread = Thread::lock(tx, thread).await?;
    let who = present(tx, &thread, who).await?;
    let Some(email) = who.email.clone() else {
        let why = t("Only guests have private links.");
        return Err(Error::invalid("newLink", why));
    };
    may_be_mailed(tx, "newLink", &who, now).await?;
    let event = Event::NewLink {
        to: who.name.clone(),
    };
    let event: MessageId = event::record(tx, &mut thread, &event, &by.name, now).await?;
    announce(tx, &thread).await?;
    let what = What::NewLink { to: who.id, event };
    notify::push(tx, office, &email, what, now).await?;
    Ok(thread)
}

/// Whoever takes part, and has not left.
async fn present(tx: &mut Tx, thread: &Thread, who: ParticipantId) -> Result<Participant> {
    let found = Participant::get(tx, who).await?;
    found
        .filter(|found| found.thread_id == thread.id && found.left_at.is_none())
        .ok_or(Error::NotFound)
}

/// An address that has not proved itself gets only so many mails a day, whoever wants to send them.
async fn may_be_mailed(
    tx: &mut Tx,
    field: &'static str,
    to: &Participant,
    now: Timestamp,
) -> Result<()> {
    let Some(key) = &to.email_key else {
        return Ok(());
    };
    if to.proved_at.is_some() || notify::may_contact(tx, key, now).await? {
        return Ok(());
    }
    let why =
        t("This address is not confirmed, and has had three mails today. Try again tomorrow.");
    Err(Error::invalid(field, why))
}

fn already(who: &Participant) -> Error {
    refused(&t_with(
        "{name} takes part already.",
        &[("name", &who.name)],
    ))
}

fn refused(why: &str) -> Error {
    Error::invalid("add", why)
}
