use db::{Conn, Tx};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{
        self, Draft, Message, Origin, Participant, Seen, Status, Thread, ensure_not_overtaken,
        notify::Office, set_status,
    },
    i18n::t,
    ids::MessageId,
    web::{
        Call, Done,
        admin::{page_of, staff, summary, thread_of},
        once,
    },
};

/// A reply or, with `isInternalNote`, a note; `status` is set along with it.
pub async fn reply(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let draft = Draft {
        status: status(call.fields.get("status"))?,
        ..Draft::parse(call.fields.get("body"))?
    };
    ensure_leaves_at_once(call.fields.get("undoSeconds"))?;
    let status = draft.status;
    let once = once::of(&call, "pigeon/admin/reply", &staff.id.to_string());

    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    if once.find(&mut tx, call.now).await?.is_some() {
        return Ok(done(&thread));
    }
    let seen = seen(&call, &mut tx, &thread, &staff).await?;
    let (mut after, message) = write(&call, &mut tx, &thread, &staff, draft, seen).await?;
    if let Some(status) = status {
        after = set_status(&mut tx, thread.id, &staff, status, call.now).await?;
    }
    let is_first = once
        .remember(&mut tx, thread.id, None, message.seq, None, call.now)
        .await?;
    if !is_first {
        // The same was posted at this very moment: that one stays, and this one is undone.
        return Ok(done(&thread));
    }
    tx.commit().await?;
    Ok(done(&after))
}

async fn write(
    call: &Call,
    tx: &mut Tx,
    thread: &Thread,
    staff: &User,
    draft: Draft,
    seen: Seen,
) -> Result<(Thread, Message)> {
    let office = Office::new(&call.app.config, &call.app.settings());
    if call.fields.is_on("isInternalNote") {
        return conversations::note(tx, &office, thread.id, staff, draft, seen, call.now).await;
    }
    let mut author = Participant::add_staff(tx, thread, staff, call.now).await?;
    let origin = Origin::SignedIn;
    conversations::post(tx, &office, &mut author, origin, draft, seen, call.now).await
}

/// What the page had shown; refuses what was written without knowing of a newer message, unless
/// `anyway`.
async fn seen(call: &Call, tx: &mut Tx, thread: &Thread, staff: &User) -> Result<Seen> {
    let Some(seen) = call.fields.find("seen").filter(|seen| !seen.is_empty()) else {
        return Ok(Seen::Everything);
    };
    let seen: MessageId = seen.parse().map_err(|_| no_such_message())?;
    if !call.fields.is_on("anyway") {
        ensure_not_overtaken(tx, thread.id, seen, staff).await?;
    }
    seq_of(tx, thread, seen).await.map(Seen::UpTo)
}

async fn seq_of(conn: &mut Conn, thread: &Thread, seen: MessageId) -> Result<i64> {
    let message = Message::get(conn, thread.id, seen).await?;
    message
        .map(|message| message.seq)
        .ok_or_else(no_such_message)
}

fn no_such_message() -> Error {
    Error::invalid("seen", t("There is no such message."))
}

/// Messages cannot be held back yet: better to say so than to send what somebody wants held.
fn ensure_leaves_at_once(seconds: &str) -> Result<()> {
    if matches!(seconds, "" | "0") {
        return Ok(());
    }
    let problem = t("A message cannot be held back yet: leave this out, and it leaves at once.");
    Err(Error::invalid("undoSeconds", problem))
}

/// None where nothing is to be set.
fn status(text: &str) -> Result<Option<Status>> {
    if text.is_empty() {
        return Ok(None);
    }
    let problem = || Error::invalid("status", t("Choose open, pending or closed."));
    Status::parse(text).ok_or_else(problem).map(Some)
}

fn done(thread: &Thread) -> Done {
    Done::lead_to(page_of(thread), t("Sent.")).with_thread(summary(thread))
}
