use std::collections::{BTreeSet, HashMap};

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
    /// When they first looked.
    pub seen_at: Timestamp,
    /// They have seen nothing later on the page.
    pub is_last: bool,
}

#[derive(sqlx::FromRow)]
struct Read {
    participant_id: ParticipantId,
    seq: i64,
    at: Timestamp,
}

/// The receipts to show on a page of `messages` (as its reader may see them): for each person the
/// last one that somebody else wrote and they have seen; and of such a message, whoever has seen it.
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
    let looked_at = |reader: &Participant, message: &Message| {
        // A guest's read mark may pass a note, and says nothing of it.
        let is_for_them = match message.kind {
            MessageKind::Message => true,
            MessageKind::Note => reader.is_staff(),
            MessageKind::Event => false,
        };
        let is_seen = message.seq <= reader.read_seq && message.author_id != Some(reader.id);
        if !is_for_them || !is_seen {
            return None;
        }
        let mut own = reads.iter().filter(|read| read.participant_id == reader.id);
        own.find(|read| read.seq >= message.seq).map(|read| read.at)
    };
    let mut last = HashMap::new();
    for reader in participants {
        let mut newest_first = messages.iter().rev();
        if let Some(seen) = newest_first.find(|message| looked_at(reader, message).is_some()) {
            last.insert(reader.id, seen.id);
        }
    }
    let shown: BTreeSet<MessageId> = last.values().copied().collect();
    let shown = messages
        .iter()
        .filter(|message| shown.contains(&message.id));
    let (last, looked_at) = (&last, &looked_at);
    let receipts = shown.flat_map(|message| {
        participants.iter().filter_map(move |reader| {
            Some(Receipt {
                message: message.id,
                reader: reader.id,
                name: reader.name.clone(),
                seen_at: looked_at(reader, message)?,
                is_last: last.get(&reader.id) == Some(&message.id),
            })
        })
    });
    Ok(receipts.collect())
}
