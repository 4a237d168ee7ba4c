use crate::{
    Error, Result,
    accounts::User,
    conversations::{self, Status, Thread, notify::Office},
    i18n::{plural, t},
    ids::ThreadId,
    web::{
        Call, Done,
        admin::{assignee_of, page_of, staff, summary, thread_of},
        done::Then,
    },
};
use db::Conn;

use super::after::page_after;

pub async fn set_status(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let status = Status::parse(call.fields.get("status"))
        .ok_or_else(|| Error::invalid("status", t("Choose open, pending or closed.")))?;
    let mut tx = call.app.db.begin().await?;
    let mut changed = Vec::new();
    let threads = threads(&call, &mut tx, &staff).await?;
    let page = page_after_status(&call, &mut tx, &staff, &threads, status).await?;
    for thread in threads {
        changed.push(conversations::set_status(&mut tx, thread, &staff, status, call.now).await?);
    }
    tx.commit().await?;
    let mut done = done(&changed);
    if let Some(page) = page {
        done.then = Then::LeadTo(page);
    }
    Ok(done)
}

/// After one was closed on its page, what its reader has chosen opens.
async fn page_after_status(
    call: &Call,
    conn: &mut Conn,
    staff: &User,
    threads: &[ThreadId],
    status: Status,
) -> Result<Option<String>> {
    let [one] = threads else {
        return Ok(None);
    };
    let before = thread_of(conn, staff, &one.to_string()).await?;
    page_after(call, conn, staff, &before, Some(status))
        .await
        .map(Some)
}

pub async fn assign(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let office = Office::new(&call.app.config, &call.app.settings());
    let Some(id) = call.fields.find("assigneeId") else {
        let problem = t("Say whom to assign it to, or leave it empty for nobody.");
        return Err(Error::invalid("assigneeId", problem));
    };
    let mut tx = call.app.db.begin().await?;
    let assignee = assignee_of(&mut tx, id).await?;
    let mut changed = Vec::new();
    for thread in threads(&call, &mut tx, &staff).await? {
        let to = assignee.as_ref();
        changed.push(conversations::assign(&mut tx, &office, thread, &staff, to, call.now).await?);
    }
    tx.commit().await?;
    Ok(done(&changed))
}

pub async fn revoke_links(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let mut tx = call.app.db.begin().await?;
    let mut changed = Vec::new();
    for thread in threads(&call, &mut tx, &staff).await? {
        changed.push(conversations::revoke_links(&mut tx, thread, &staff, call.now).await?);
    }
    tx.commit().await?;
    Ok(done(&changed))
}

/// Those that the form names, each of them checked before any is changed.
async fn threads(call: &Call, conn: &mut Conn, staff: &User) -> Result<Vec<ThreadId>> {
    let mut ids = Vec::new();
    for id in call.fields.list("threadId") {
        ids.push(thread_of(conn, staff, id).await?.id);
    }
    if ids.is_empty() {
        return Err(Error::invalid("threadId", t("No conversation is named.")));
    }
    // In one order, so that two people's changes wait for each other and never for ever.
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn done(changed: &[Thread]) -> Done {
    let count = u64::try_from(changed.len()).unwrap_or(u64::MAX);
    let text = plural(
        count,
        "{n} conversation changed.",
        "{n} conversations changed.",
    );
    match changed {
        [thread] => Done::lead_to(page_of(thread.id), text).with_thread(summary(thread)),
        _ => Done::lead_to("/pigeon/admin/threads", text),
    }
}
