use db::{Conn, Timestamp};

use crate::{
    Result,
    conversations::{Message, MessageKind, Participant},
    ids::{MessageId, ParticipantId, ThreadId},
};

/// "Seen by `name` at `seen_at`", under `message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub message: MessageId,
    pub reader: ParticipantId,
    pub name: String,
    pub seen_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Read {
    participant_id: ParticipantId,
    seq: i64,
    at: Timestamp,
}

/// The receipts to show on a page of `messages` (as its reader may see them): for each person the
/// last one that somebody else wrote and they have seen, with the time of their first look.
pub async fn receipts(
    conn: &mut Conn,
    thread: ThreadId,
    participants: &[Participant],
    messages: &[Message],
) -> Result<Vec<Receipt>> {
    let Some(first) = messages.first() else {
        return Ok(Vec::new());
    };
    let reads: Vec<Read> = conn
        .query(
            "SELECT reads.participant_id, reads.seq, reads.read_at AS at
             FROM participants JOIN reads ON reads.participant_id = participants.id
             WHERE participants.thread_id = $1 AND reads.seq >= $2
             ORDER BY reads.participant_id, reads.seq",
        )
        .bind(thread)
        .bind(first.seq)
        .fetch_all()
        .await?;
    let receipts = participants.iter().filter_map(|reader| {
        // A guest's read mark may pass a note, and says nothing of it.
        let seen = messages.iter().rev().find(|message| {
            let is_for_them = match message.kind {
                MessageKind::Message => true,
                MessageKind::Note => reader.is_staff(),
                MessageKind::Event => false,
            };
            is_for_them && message.seq <= reader.read_seq && message.author_id != Some(reader.id)
        })?;
        let look = reads
            .iter()
            .find(|read| read.participant_id == reader.id && read.seq >= seen.seq)?;
        Some(Receipt {
            message: seen.id,
            reader: reader.id,
            name: reader.name.clone(),
            seen_at: look.at,
        })
    });
    Ok(receipts.collect())
}
