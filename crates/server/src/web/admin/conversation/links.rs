use crate::{
    Error, Result, conversations,
    i18n::{plural, t},
    ids::ThreadId,
    web::{
        Call, Done,
        admin::{page_of, staff, summary, thread_of},
    },
};

/// Each of the conversations is checked before the links of any are ended.
pub async fn revoke_links(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let mut tx = call.app.db.begin().await?;
    let mut ids: Vec<ThreadId> = Vec::new();
    for id in call.fields.list("threadId") {
        ids.push(thread_of(&mut tx, &staff, id).await?.id);
    }
    if ids.is_empty() {
        return Err(Error::invalid("threadId", t("No conversation is named.")));
    }
    // In one order, so that two people's changes wait for each other and never for ever.
    ids.sort_unstable();
    ids.dedup();
    let mut changed = Vec::new();
    for id in ids {
        changed.push(conversations::revoke_links(&mut tx, id, &staff, call.now).await?);
    }
    tx.commit().await?;
    let text = plural(
        u64::try_from(changed.len()).unwrap_or(u64::MAX),
        "Its private links work no longer.",
        "Private links of {n} conversations work no longer.",
    );
    Ok(match changed.as_slice() {
        [thread] => Done::lead_to(page_of(thread.id), text).with_thread(summary(thread)),
        _ => Done::lead_to("/pigeon/admin/threads", text),
    })
}
