use crate::{
    Result,
    conversations::{self, parse_subject},
    i18n::t,
    web::{
        Call, Done,
        admin::{page_of, staff, summary, thread_of},
    },
};

pub async fn set(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let subject = parse_subject(call.fields.get("subject"))?;
    let mut tx = call.app.db.begin().await?;
    let thread = thread_of(&mut tx, &staff, call.fields.get("threadId")).await?;
    let thread = conversations::set_subject(&mut tx, thread.id, &staff, &subject, call.now).await?;
    tx.commit().await?;
    let text = t("The subject is changed.");
    Ok(Done::lead_to(page_of(thread.id), text).with_thread(summary(&thread)))
}
