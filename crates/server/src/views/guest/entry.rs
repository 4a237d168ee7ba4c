use crate::{
    conversations::{Event, Message as Stored, MessageKind, Participant, Thread, Visibility},
    views::guest::{By, Entry, Message, Receipt},
};

impl Entry {
    /// A stored entry as `guest` sees it; none for what is not for guests.
    pub fn of(
        stored: &Stored,
        guest: &Participant,
        thread: &Thread,
        receipts: &[crate::conversations::Receipt],
    ) -> Option<Self> {
        if stored.visibility != Visibility::Everyone {
            return None;
        }
        let (id, at) = (stored.id, stored.created_at);
        match stored.kind {
            MessageKind::Note => None,
            MessageKind::Event => match serde_json::from_str(&stored.body).ok()? {
                Event::Closed => Some(Self::Closed { id, at }),
                Event::Reopened => Some(Self::Reopened { id, at }),
                _ => None,
            },
            MessageKind::Message => Some(Self::Message(message(stored, guest, thread, receipts))),
        }
    }
}

fn message(
    stored: &Stored,
    guest: &Participant,
    thread: &Thread,
    receipts: &[crate::conversations::Receipt],
) -> Message {
    let by = if stored.author_id == Some(guest.id) {
        By::You
    } else if stored.by_staff {
        By::Team
    } else {
        By::Other
    };
    let receipts = receipts
        .iter()
        .filter(|receipt| receipt.message == stored.id && receipt.is_last && by == By::You);
    Message {
        id: stored.id,
        author: stored.author_name.clone(),
        by,
        stamped: stored.seq == 1 && !stored.by_staff,
        latest: stored.seq == thread.last_visible_seq,
        body: stored.body.clone(),
        at: stored.created_at,
        seen_by: receipts
            .map(|receipt| Receipt {
                name: receipt.name.clone(),
                at: receipt.seen_at,
            })
            .collect(),
    }
}
