use crate::{
    Error, Result,
    accounts::Permission,
    conversations::{
        StartDraft, Thread, Written,
        held::{self, Hold},
        notify::Office,
        start_by_staff, start_draft,
    },
    i18n::t,
    ids::ThreadId,
    web::{
        Call, Done, HeldSummary,
        admin::{
            assignee_of,
            conversation::held::{leaves_in, undo_seconds},
            page_of, staff, summary, thread_of,
        },
        once,
    },
};

use super::page_of_draft;

/// Begins a conversation with a guest. With `undoSeconds` it is held: it begins later, unless its
/// writer takes it back.
pub async fn start(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let field = |name| call.fields.get(name);
    let mut written = written(&call);
    let new = written.parse()?;
    let seconds = undo_seconds(field("undoSeconds"))?;
    let once = once::of(&call, "pigeon/admin/start", &staff.id.to_string());

    let mut tx = call.app.db.begin().await?;
    if let Some(previous) = once.find(&mut tx, call.now).await? {
        let thread = thread_of(&mut tx, &staff, &previous.thread_id.to_string()).await?;
        return Ok(done(&thread));
    }
    if let Some(held) = StartDraft::find_held(&mut tx, &staff, &once).await? {
        return Ok(is_held(&call, &held));
    }
    let assignee = assignee_of(&mut tx, field("assigneeId")).await?;
    if assignee.is_some() && !staff.can(Permission::AssignThreads) {
        return Err(Error::Forbidden(
            t("Your account may not assign conversations.").to_owned(),
        ));
    }
    if let Ok(draft) = field("draftId").parse() {
        start_draft::drop_draft(&mut tx, &staff, draft).await?;
    }
    if seconds > 0 {
        let hold = Hold {
            seconds,
            once: &once,
        };
        written.assignee_id = assignee.map(|user| user.id);
        let held = held::start::hold(&mut tx, &staff, written, hold, call.now).await?;
        tx.commit().await?;
        return Ok(is_held(&call, &held));
    }
    let office = Office::new(&call.app.config, &call.app.settings());
    let (id, to) = (ThreadId::new(call.now), assignee.as_ref());
    let started = start_by_staff(&mut tx, &office, id, new, &staff, to, call.now).await?;
    let seq = started.message.seq;
    let is_first = once
        .remember(&mut tx, id, None, seq, None, call.now)
        .await?;
    if !is_first {
        // The same was posted at this very moment: that one stays, and this one is undone.
        return Ok(Done::lead_to(
            "/pigeon/admin/threads?source=open",
            t("Sent."),
        ));
    }
    tx.commit().await?;
    Ok(done(&started.thread))
}

/// What is typed into the form, as it was typed; whom it names is another matter.
pub(super) fn written(call: &Call) -> Written {
    let field = |name| call.fields.get(name).to_owned();
    Written {
        email: field("email"),
        name: field("name"),
        subject: field("subject"),
        body: field("body"),
        assignee_id: None,
    }
}

pub(super) fn done(thread: &Thread) -> Done {
    Done::lead_to(page_of(thread.id), t("Sent.")).with_thread(summary(thread))
}

fn is_held(call: &Call, held: &StartDraft) -> Done {
    let leave_at = held.leave_at.unwrap_or(call.now);
    let said = leaves_in(leave_at.since(call.now).as_secs());
    Done::lead_to(page_of_draft(held.id), said).with_held(HeldSummary::new(held.id, leave_at))
}
