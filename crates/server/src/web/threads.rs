//! What everybody who takes part in a thread can do with it: mark it read, and be mailed or not.

use db::Tx;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{Actor, Guest, Notify, Thread, follow, mark_read as mark},
    i18n::t,
    ids::ThreadId,
    web::{
        Call, Done, ThreadSummary,
        admin::{bulk, conversation},
        guest::{by_link, own_page, seen},
    },
};

/// The page of the form: a guest's, or staff's.
pub fn page(call: &Call) -> String {
    if call.token().is_empty() {
        bulk::page(call)
    } else {
        own_page(call)
    }
}

/// `pigeon/threads/mark-read`: up to what the page showed.
pub async fn mark_read(call: Call) -> Result<Done> {
    if call.token().is_empty() {
        // The form of a conversation's page names that one; a list's, rows of it.
        return match call.fields.find("threadId") {
            Some(_) => conversation::mark_read(call).await,
            None => bulk::mark_read(call).await,
        };
    }
    let mut tx = call.app.db.begin().await?;
    let mut guest = by_own_link(&call, &mut tx).await?;
    let seq = seen(&call, &mut tx, &guest).await?;
    let seq = seq.unwrap_or(guest.thread.last_visible_seq);
    mark(
        &mut tx,
        &guest.thread,
        &mut guest.participant,
        seq,
        call.now,
    )
    .await?;
    tx.commit().await?;
    let done = Done::lead_to(page(&call), t("Marked read."));
    Ok(done.with_thread(ThreadSummary::of(&guest.thread)))
}

/// `pigeon/threads/notify`: `on` is 1 or 0.
pub async fn notify(call: Call) -> Result<Done> {
    let mut tx = call.app.db.begin().await?;
    let thread = if call.token().is_empty() {
        let (user, thread) = by_user(&call, &mut tx).await?;
        Actor::User(Box::new(user.clone())).staff()?;
        follow(&mut tx, &thread, user, wanted(&call)?, call.now).await?;
        thread
    } else {
        let mut guest = by_own_link(&call, &mut tx).await?;
        guest
            .participant
            .set_notify(&mut tx, wanted(&call)?)
            .await?;
        guest.thread
    };
    tx.commit().await?;
    let message = match wanted(&call)? {
        Notify::On => t("You get e-mails about this conversation."),
        Notify::Off | Notify::Muted => t("You get no more e-mails about this conversation."),
    };
    let done = Done::lead_to(page(&call), message);
    Ok(done.with_thread(ThreadSummary::of(&thread)))
}

/// A link opens its own thread: a form that names another one finds nothing.
async fn by_own_link(call: &Call, tx: &mut Tx) -> Result<Guest> {
    let guest = by_link(call, tx).await?;
    let named = call.fields.get("threadId");
    if !named.is_empty() && named != guest.thread.id.to_string() {
        return Err(Error::NotFound);
    }
    Ok(guest)
}

fn wanted(call: &Call) -> Result<Notify> {
    match call.fields.get("on") {
        "1" => Ok(Notify::On),
        "0" => Ok(Notify::Muted),
        _ => Err(Error::invalid("on", t("This is 0 or 1."))),
    }
}

async fn by_user<'c>(call: &'c Call, tx: &mut Tx) -> Result<(&'c User, Thread)> {
    let user = call.user.as_ref().ok_or(Error::SignInFirst)?;
    let id: Result<ThreadId, _> = call.fields.get("threadId").parse();
    let id = id.map_err(|_| Error::NotFound)?;
    let thread = Actor::User(Box::new(user.clone())).thread(tx, id).await?;
    Ok((user, thread))
}
