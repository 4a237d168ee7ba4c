use crate::{
    Error, Result,
    conversations::{Message, read_as_staff},
    i18n::t,
    ids::MessageId,
    web::{
        Call, Done,
        admin::{page_of, staff, summary, thread_on_page},
    },
};

/// Staff have seen the page: up to `seen`, the last message that it showed; without it, all.
pub async fn mark_read(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let id = call.fields.get("threadId");
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let mut tx = call.app.db.begin().await?;
    let thread = thread_on_page(&mut tx, &staff, id).await?;
    let seq = match call.fields.get("seen") {
        "" => thread.last_seq,
        seen => {
            let seen: MessageId = seen.parse().map_err(|_| Error::NotFound)?;
            let seen = Message::get(&mut tx, thread.id, seen).await?;
            seen.ok_or(Error::NotFound)?.seq
        }
    };
    read_as_staff(&mut tx, &thread, &staff, seq, call.now).await?;
    tx.commit().await?;
    Ok(Done::lead_to(page_of(thread.id), t("Marked as read.")).with_thread(summary(&thread)))
}
