use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{Event, Thread, event, inbox, post::announce, search},
    ids::ThreadId,
};

/// Names the thread anew, and leaves an event. What mail about it is called stays as it is for each
/// participant, so that their mail programs keep it together.
pub async fn set_subject(
    tx: &mut Tx,
    thread: ThreadId,
    staff: &User,
    subject: &str,
    now: Timestamp,
) -> Result<Thread> {
    let mut thread = Thread::lock(tx, thread).await?;
    if thread.subject == subject {
        return Ok(thread);
    }
    let from = std::mem::replace(&mut thread.subject, subject.to_owned());
    tx.query("UPDATE threads SET subject = $2, subject_key = $3 WHERE id = $1")
        .bind(thread.id)
        .bind(thread.subject.as_str())
        .bind(inbox::subject_key(&thread.subject))
        .execute()
        .await?;
    let event = Event::Subject {
        from,
        to: thread.subject.clone(),
    };
    event::record(tx, &mut thread, &event, &staff.name, now).await?;
    search::take_in_again(tx, thread.id).await?;
    announce(tx, &thread).await?;
    Ok(thread)
}
