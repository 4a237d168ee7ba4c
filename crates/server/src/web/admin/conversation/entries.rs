use crate::{
    conversations::{Event, Message, MessageKind, Origin, Participant, Receipt},
    views::conversation::{self as views, Entry, How, What},
    web::Visit,
};

/// What stands in the thread, with a line where a day begins and where the news does.
pub(super) fn of(
    visit: &Visit,
    me: Option<&Participant>,
    unread: bool,
    messages: &[Message],
    receipts: &[Receipt],
) -> Vec<Entry> {
    // Whoever has never looked has nothing to tell the news from.
    let mark = me.map_or(0, |me| me.read_seq);
    let mut news = (unread && mark > 0).then_some(mark);
    let mut day = None;
    let mut entries = Vec::with_capacity(messages.len() + 8);
    for message in messages {
        let date = visit.zoned(message.created_at).date();
        let is_mine = me.is_some_and(|me| message.author_id == Some(me.id));
        let is_news = message.kind != MessageKind::Event && !is_mine;
        let begins = is_news && news.is_some_and(|mark| message.seq > mark);
        if begins || day != Some(date) {
            entries.push(Entry::Day {
                at: message.created_at,
                new: begins,
            });
            day = Some(date);
        }
        if begins {
            news = None;
        }
        entries.extend(entry(message, me, receipts));
    }
    entries
}

fn entry(message: &Message, me: Option<&Participant>, receipts: &[Receipt]) -> Option<Entry> {
    if message.kind == MessageKind::Event {
        return Some(Entry::Event {
            at: message.created_at,
            by: message.author_name.clone(),
            what: what(message)?,
        });
    }
    let own = me.map(|me| me.id);
    let seen_by = receipts
        .iter()
        .filter(|receipt| receipt.message == message.id && Some(receipt.reader) != own);
    let shown = views::Message {
        id: message.id.to_string(),
        author: message.author_name.clone(),
        by_staff: message.by_staff,
        how: how(message),
        at: message.created_at,
        body: message.body.clone(),
        first: message.seq == 1,
        receipts: seen_by
            .map(|receipt| views::Receipt {
                name: receipt.name.clone(),
                at: receipt.seen_at,
            })
            .collect(),
    };
    Some(match message.kind {
        MessageKind::Note => Entry::Note(shown),
        MessageKind::Message | MessageKind::Event => Entry::Message(shown),
    })
}

/// None for an event that a newer version has written.
fn what(message: &Message) -> Option<What> {
    Some(match serde_json::from_str(&message.body).ok()? {
        Event::Closed => What::Closed,
        Event::Reopened => What::Reopened,
        Event::Status { to } => What::Status { to },
        Event::Assigned { to } => What::Assigned { to },
        Event::Unassigned => What::Unassigned,
        Event::LinksRevoked => What::LinksRevoked,
    })
}

fn how(message: &Message) -> Option<How> {
    match (message.origin, message.proved) {
        (Origin::Form, true) => Some(How::Confirmed),
        (Origin::Form, false) => Some(How::Unconfirmed),
        (Origin::Link, true) => Some(How::Link),
        (Origin::Link, false) => Some(How::UnconfirmedLink),
        _ => None,
    }
}
