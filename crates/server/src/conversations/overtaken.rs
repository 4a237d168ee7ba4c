use db::{Conn, Tx};

use crate::{
    Error, Result,
    accounts::User,
    conversations::{Message, MessageKind, Thread, post::preview},
    error::{Newer, NewerKind},
    i18n::t,
    ids::{MessageId, ThreadId},
};

/// How many of the new ones are named; whoever looks at the page sees all.
const NAMED: i64 = 10;

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
    let newer = newer_by_others(tx, thread.id, seen.seq, staff).await?;
    if newer.is_empty() {
        return Ok(());
    }
    Err(Error::Overtaken(newer))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: MessageId,
    kind: MessageKind,
    author_name: String,
    by_staff: bool,
    body: String,
}

/// What others than `staff` have written after `seq`, the oldest first.
pub(super) async fn newer_by_others(
    conn: &mut Conn,
    thread: ThreadId,
    seq: i64,
    staff: &User,
) -> Result<Vec<Newer>> {
    let newer: Vec<Row> = conn
        .query(
            "SELECT messages.id, messages.kind, messages.author_name, messages.by_staff,
                    messages.body
             FROM messages LEFT JOIN participants ON participants.id = messages.author_id
             WHERE messages.thread_id = $1 AND messages.seq > $2 AND messages.kind <> 'event'
               AND (participants.user_id IS NULL OR participants.user_id <> $3)
             ORDER BY messages.seq LIMIT $4",
        )
        .bind(thread)
        .bind(seq)
        .bind(staff.id)
        .bind(NAMED)
        .fetch_all()
        .await?;
    let newer = newer.into_iter().map(|row| Newer {
        id: row.id.to_string(),
        kind: match (row.kind, row.by_staff) {
            (MessageKind::Note, _) => NewerKind::Note,
            (_, true) => NewerKind::Answer,
            (_, false) => NewerKind::Message,
        },
        author: row.author_name,
        text: preview(&row.body),
    });
    Ok(newer.collect())
}
