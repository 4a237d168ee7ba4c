//! How the mails about a thread's entries stand, and trying one again.

use std::collections::HashMap;

use db::Conn;

use crate::{
    Error, Result,
    conversations::{self, Message, Participant, Thread, deliveries, notify::Addressee},
    i18n::t,
    ids::{MessageId, UserId},
    views::conversation::Mail,
    web::{
        Call, Done,
        admin::{page_of, staff, summary, thread_of},
    },
};

/// By the entry that they are about.
pub(super) type Mails = HashMap<MessageId, Vec<Mail>>;

pub(super) async fn of(
    conn: &mut Conn,
    thread: &Thread,
    participants: &[Participant],
    messages: &[Message],
) -> Result<Mails> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
        return Ok(Mails::new());
    };
    let found = deliveries(conn, thread, first.seq, last.seq).await?;
    let users = found.iter().filter_map(|mail| match mail.to {
        Addressee::User(id) => Some(id),
        Addressee::Participant(_) | Addressee::Address(_) => None,
    });
    let users = conversations::names_of(conn, users).await?;
    let name = |to: &Addressee| name(to, participants, &users);
    let mut mails = Mails::new();
    for mail in &found {
        let shown = Mail {
            job: mail.job.to_string(),
            to: name(&mail.to),
            state: mail.state.as_str(),
            at: mail.at,
            reason: mail.reason.clone(),
        };
        mails.entry(mail.message).or_default().push(shown);
    }
    for about_one in mails.values_mut() {
        about_one.sort_by(|a, b| (&a.to, &a.job).cmp(&(&b.to, &b.job)));
    }
    Ok(mails)
}

fn name(to: &Addressee, participants: &[Participant], users: &[(UserId, String)]) -> String {
    let known = match to {
        Addressee::Participant(id) => participants
            .iter()
            .find(|who| who.id == *id)
            .map(|who| who.name.clone()),
        Addressee::User(id) => users
            .iter()
            .find(|(user, _)| user == id)
            .map(|(_, name)| name.clone()),
        Addressee::Address(address) => Some(address.clone()),
    };
    known.unwrap_or_else(|| t("Somebody").to_owned())
}

pub async fn retry(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let job = call.fields.get("mail").parse();
    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    let job = job.map_err(|_| Error::NotFound)?;
    conversations::retry_mail(&mut tx, &thread, job, call.now).await?;
    tx.commit().await?;
    let text = t("The mail is tried again.");
    Ok(Done::lead_to(page_of(thread.id), text).with_thread(summary(&thread)))
}
