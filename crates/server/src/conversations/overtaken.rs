use db::Tx;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{Message, Thread, post::preview},
    i18n::{t, t_with},
    ids::{MessageId, ThreadId},
};

/// Refuses to go on if somebody else has written since `seen`, the last message that the page of
/// `staff` showed. Nobody writes until the transaction ends.
pub async fn ensure_not_overtaken(
    tx: &mut Tx,
    thread: ThreadId,
    seen: MessageId,
    staff: &User,
) -> Result<()> {
    let thread = Thread::lock(tx, thread).await?;
    let Some(seen) = Message::get(tx, thread.id, seen).await? else {
        return Err(Error::invalid("seen", t("There is no such message.")));
    };
    if thread.last_team_seq <= seen.seq {
        return Ok(());
    }
    let newest: Option<(String, String)> = tx
        .query(
            "SELECT messages.author_name, messages.body FROM messages
             LEFT JOIN participants ON participants.id = messages.author_id
             WHERE messages.thread_id = $1 AND messages.seq > $2 AND messages.kind <> 'event'
               AND (participants.user_id IS NULL OR participants.user_id <> $3)
             ORDER BY messages.seq DESC LIMIT 1",
        )
        .bind(thread.id)
        .bind(seen.seq)
        .bind(staff.id)
        .fetch_optional()
        .await?;
    let Some((author, body)) = newest else {
        return Ok(());
    };
    Err(Error::Conflict(t_with(
        "{name} wrote while you were writing: “{text}” Your text is not sent: read what is new, then decide.",
        &[("name", &author), ("text", &preview(&body))],
    )))
}
