use db::{Conn, Tx};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{DraftKind, Thread, drafts, once::Once},
    i18n::t,
    web::{
        Call, Done,
        admin::{new, staff, summary, thread_of},
    },
};

/// `pigeon/admin/draft`: what is typed so far; nothing: there is no draft any more.
pub async fn keep_draft(call: Call) -> Result<Done> {
    if new::is_about_start(&call) {
        return new::keep_draft(call).await;
    }
    let staff = staff(&call)?;
    let (kind, body) = (kind(&call), call.fields.get("body"));
    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    if was_sent(&call, &mut tx, &staff).await? {
        let text = t("This was sent already, so no draft of it is kept.");
        return Err(Error::Conflict(text.to_owned()));
    }
    drafts::keep(&mut tx, staff.id, thread.id, kind, body, call.now).await?;
    tx.commit().await?;
    let said = if body.trim().is_empty() {
        t("Draft deleted.")
    } else {
        t("Draft kept.")
    };
    Ok(Done::lead_to(page(&call, &thread, kind), said).with_thread(summary(&thread)))
}

/// What the form is about.
pub(super) fn kind(call: &Call) -> DraftKind {
    if call.fields.is_on("isInternalNote") {
        DraftKind::Note
    } else {
        DraftKind::Reply
    }
}

/// Notes that this very form was sent: what its script still keeps comes too late.
pub(super) async fn note_sent(
    call: &Call,
    tx: &mut Tx,
    staff: &User,
    thread: &Thread,
) -> Result<()> {
    if let Some(form) = form(call, staff) {
        // Sent twice, it was sent.
        let _ = form
            .remember(tx, thread.id, None, thread.last_seq, None, call.now)
            .await?;
    }
    Ok(())
}

async fn was_sent(call: &Call, conn: &mut Conn, staff: &User) -> Result<bool> {
    match form(call, staff) {
        Some(form) => Ok(form.find(conn, call.now).await?.is_some()),
        None => Ok(false),
    }
}

fn form(call: &Call, staff: &User) -> Option<Once> {
    let key = call.fields.find("key").filter(|key| !key.is_empty())?;
    // A reply and a note are sent from one form, one after the other.
    let kind = [("isInternalNote", call.fields.get("isInternalNote"))];
    Some(Once::keyed(key, "sent", &staff.id.to_string(), &kind))
}

fn page(call: &Call, thread: &Thread, kind: DraftKind) -> String {
    let write = match kind {
        DraftKind::Reply => "reply",
        DraftKind::Note => "note",
    };
    let page = super::after::own_page(call, thread.id);
    let sign = if page.contains('?') { '&' } else { '?' };
    format!("{page}{sign}write={write}#write")
}
