//! What the writer of a message that is held can do with it.

use crate::{
    Error, Result,
    conversations::{
        Returned,
        held::{self, LONGEST, Left},
        notify::Office,
    },
    i18n::{plural, t, t_with},
    ids::DraftId,
    web::{
        Call, Done,
        admin::{new, staff, summary, thread_of},
    },
};

use super::{after, composer::why};

/// `pigeon/admin/unsend`: *Undo*, the text is back in the composer.
pub async fn unsend(call: Call) -> Result<Done> {
    if new::is_about_start(&call) {
        return new::unsend(call).await;
    }
    let staff = staff(&call)?;
    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    if !held::undo(&mut tx, &staff, thread.id, id(&call)?, call.now).await? {
        return Err(too_late());
    }
    tx.commit().await?;
    let page = after::own_page(&call, thread.id);
    let sign = if page.contains('?') { '&' } else { '?' };
    let page = format!("{page}{sign}write=reply#write");
    let said = t("Not sent. Your text is a draft again.");
    Ok(Done::lead_to(page, said).with_thread(summary(&thread)))
}

/// `pigeon/admin/send-now`
pub async fn send_now(call: Call) -> Result<Done> {
    if new::is_about_start(&call) {
        return new::send_now(call).await;
    }
    let staff = staff(&call)?;
    let office = Office::new(&call.app.config, &call.app.settings());
    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    let id = id(&call)?;
    let left = held::send_now(&mut tx, &office, &staff, thread.id, id, call.now).await?;
    let left = left.ok_or_else(too_late)?;
    let after = thread_of(&mut tx, &staff, call.fields.get("threadId")).await;
    tx.commit().await?;
    if let Left::Returned(returned) = left {
        return Err(not_sent(returned));
    }
    let page = after::own_page(&call, thread.id);
    let page = after::end_of(page, &call, thread.id);
    Ok(Done::lead_to(page, t("Sent.")).with_thread(summary(&after?)))
}

/// The message that is meant.
pub(in crate::web::admin) fn id(call: &Call) -> Result<DraftId> {
    let id = call.fields.get("heldId").parse();
    id.map_err(|_| Error::invalid("heldId", t("Say which message is meant.")))
}

pub(in crate::web::admin) fn too_late() -> Error {
    Error::Conflict(t("Too late: this message is not held any more.").to_owned())
}

pub(in crate::web::admin) fn not_sent(returned: Returned) -> Error {
    let text = t("It was not sent, and is a draft again.");
    Error::Conflict(format!("{text} {}", why(returned)))
}

/// For how long it is held; 0: it leaves at once.
pub(in crate::web::admin) fn undo_seconds(text: &str) -> Result<u64> {
    if text.is_empty() {
        return Ok(0);
    }
    let problem = || {
        let most = LONGEST.to_string();
        let text = t_with("This is a number from 0 to {most}.", &[("most", &most)]);
        Error::invalid("undoSeconds", text)
    };
    let seconds = text.parse().ok().filter(|seconds| *seconds <= LONGEST);
    seconds.ok_or_else(problem)
}

pub(in crate::web::admin) fn leaves_in(seconds: u64) -> String {
    plural(
        seconds,
        "It leaves in a second.",
        "It leaves in {n} seconds.",
    )
}
