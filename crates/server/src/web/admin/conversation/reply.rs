use db::{Conn, Tx};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{
        self, Draft, DraftKind, Message, Origin, Participant, Seen, Status, Thread, drafts,
        ensure_not_overtaken,
        held::{self, Hold},
        notify::Office,
        set_status,
    },
    i18n::t,
    ids::MessageId,
    web::{
        Call, Done, HeldSummary,
        admin::{staff, summary, thread_of},
        once,
    },
};

use super::{
    after::{end_of, page_after},
    draft::{kind, note_sent},
    held::{leaves_in, undo_seconds},
};

/// A reply or, with `isInternalNote`, a note; `status` is set along with it. With `undoSeconds` a
/// reply is held: it leaves later, unless its writer takes it back.
pub async fn reply(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let draft = Draft {
        status: status(&call)?,
        ..Draft::parse(call.fields.get("body"))?
    };
    let seconds = undo_seconds(call.fields.get("undoSeconds"))?;
    let (status, kind) = (draft.status, kind(&call));
    let once = once::of(&call, "pigeon/admin/reply", &staff.id.to_string());

    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    let page = page_after(&call, &mut tx, &staff, &thread, status).await?;
    let page = end_of(page, &call, thread.id);
    if once.find(&mut tx, call.now).await?.is_some() {
        return Ok(done(&page, &thread));
    }
    let seen = seen(&call, &mut tx, &thread, &staff).await?;
    let (done, seq) = if kind == DraftKind::Reply && seconds > 0 {
        let hold = Hold {
            seconds,
            once: &once,
        };
        let held = held::hold(&mut tx, &staff, thread.id, draft, seen, hold, call.now).await?;
        let done = Done::lead_to(&page, leaves_in(seconds))
            .with_held(HeldSummary::new(held.id, held.leave_at));
        (done.with_thread(summary(&thread)), thread.last_seq)
    } else {
        let (mut after, message) = write(&call, &mut tx, &thread, &staff, draft, seen).await?;
        drafts::drop_draft(&mut tx, staff.id, thread.id, kind).await?;
        if let Some(status) = status {
            after = set_status(&mut tx, thread.id, &staff, status, call.now).await?;
        }
        (done(&page, &after), message.seq)
    };
    let is_first = once
        .remember(&mut tx, thread.id, None, seq, None, call.now)
        .await?;
    if !is_first {
        // The same was posted at this very moment: that one stays, and this one is undone.
        return Ok(self::done(&page, &thread));
    }
    note_sent(&call, &mut tx, &staff, &thread).await?;
    tx.commit().await?;
    Ok(done)
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
    if !is_anyway(call) {
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

/// Whoever has seen what is new sends theirs anyway; `closed`: and closes, as they wanted to.
fn is_anyway(call: &Call) -> bool {
    call.fields.is_on("anyway") || call.fields.get("anyway") == Status::Closed.as_str()
}

/// None where nothing is to be set.
fn status(call: &Call) -> Result<Option<Status>> {
    let text = match call.fields.get("status") {
        "" if !call.fields.is_on("anyway") => call.fields.get("anyway"),
        text => text,
    };
    if text.is_empty() {
        return Ok(None);
    }
    let problem = || Error::invalid("status", t("Choose open, pending or closed."));
    Status::parse(text).ok_or_else(problem).map(Some)
}

fn done(page: &str, thread: &Thread) -> Done {
    Done::lead_to(page, t("Sent.")).with_thread(summary(thread))
}
