//! What the writer of a new conversation can do with it before it begins.

use crate::{
    Error, Result,
    conversations::{
        Written,
        held::{self, Left},
        notify::Office,
        start_draft::{drop_draft, keep},
    },
    i18n::t,
    ids::DraftId,
    web::{
        Call, Done,
        admin::{
            conversation::held::{id, not_sent, too_late},
            staff, thread_of,
        },
    },
};

use super::start::{done, written};

/// Whether a form is about a conversation that has not begun.
pub fn is_about_start(call: &Call) -> bool {
    call.fields.get("threadId").is_empty()
}

pub fn page_of_draft(id: DraftId) -> String {
    format!("/pigeon/admin/new?draft={id}")
}

/// `pigeon/admin/draft`, without a thread: what is typed takes the place of what was kept.
pub async fn keep_draft(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let field = |name| call.fields.get(name);
    let id: DraftId = field("draftId").parse().map_err(|_| Error::NotFound)?;
    let written = Written {
        // Whether they can be assigned is asked when it is sent.
        assignee_id: field("assigneeId").parse().ok(),
        ..written(&call)
    };
    let discards = call.fields.is_on("discard");
    let mut tx = call.app.db.begin().await?;
    let found = if discards {
        drop_draft(&mut tx, &staff, id).await?
    } else {
        keep(&mut tx, &staff, id, &written, call.now).await?
    };
    if !found {
        let text = t("This draft was sent or deleted meanwhile.");
        return Err(Error::Conflict(text.to_owned()));
    }
    tx.commit().await?;
    Ok(if discards {
        Done::lead_to("/pigeon/admin/threads", t("Draft deleted."))
    } else {
        Done::lead_to(page_of_draft(id), t("Draft kept."))
    })
}

/// `pigeon/admin/unsend`, without a thread: *Undo*, all that was typed is in the form again.
pub async fn unsend(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let id = id(&call)?;
    let mut tx = call.app.db.begin().await?;
    if !held::start::undo(&mut tx, &staff, id, call.now).await? {
        return Err(too_late());
    }
    tx.commit().await?;
    let said = t("Not sent. Your text is a draft again.");
    Ok(Done::lead_to(page_of_draft(id), said))
}

/// `pigeon/admin/send-now`, without a thread.
pub async fn send_now(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let office = Office::new(&call.app.config, &call.app.settings());
    let id = id(&call)?;
    let mut tx = call.app.db.begin().await?;
    let left = held::start::send_now(&mut tx, &office, staff.id, id, call.now).await?;
    let left = left.ok_or_else(too_late)?;
    let thread = thread_of(&mut tx, &staff, &id.to_string()).await;
    tx.commit().await?;
    match left {
        Left::Posted(_) => Ok(done(&thread?)),
        Left::Returned(returned) => Err(not_sent(returned)),
    }
}
