use std::collections::HashMap;

use crate::{
    conversations::{Message, MessageKind, Participant, Receipt},
    ids::MessageId,
    views::conversation as views,
};

/// Who has seen which message, besides its author and `me`: where the last look of somebody was.
/// Where that of several was, it is said how many have seen it, and of how many.
pub(super) fn of(
    me: Option<&Participant>,
    participants: &[Participant],
    messages: &[Message],
    receipts: &[Receipt],
) -> HashMap<MessageId, views::Seen> {
    let own = me.map(|me| me.id);
    let others: Vec<&Participant> = participants.iter().filter(|p| Some(p.id) != own).collect();
    let seen = messages.iter().filter_map(|message| {
        let seen = of_one(message, &others, receipts)?;
        Some((message.id, seen))
    });
    seen.collect()
}

fn of_one(message: &Message, others: &[&Participant], receipts: &[Receipt]) -> Option<views::Seen> {
    let is_other = |receipt: &&Receipt| others.iter().any(|other| other.id == receipt.reader);
    let here = receipts
        .iter()
        .filter(|receipt| receipt.message == message.id)
        .filter(is_other);
    let here: Vec<&Receipt> = here.collect();
    let is_of_several = here.iter().filter(|receipt| receipt.is_last).count() > 1;
    let shown = here
        .iter()
        .filter(|receipt| receipt.is_last || is_of_several);
    let by: Vec<views::Receipt> = shown
        .map(|receipt| views::Receipt {
            name: receipt.name.clone(),
            at: receipt.seen_at,
        })
        .collect();
    let could = others.iter().filter(|other| {
        let may = message.kind == MessageKind::Message || other.is_staff();
        let has = here.iter().any(|receipt| receipt.reader == other.id);
        may && Some(other.id) != message.author_id && (has || other.left_at.is_none())
    });
    let of = could.count();
    (!by.is_empty()).then_some(views::Seen { by, of })
}
