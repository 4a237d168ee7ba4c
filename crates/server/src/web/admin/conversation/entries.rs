use std::collections::{BTreeSet, HashMap};

use db::Conn;

use crate::{
    Result,
    accounts::User,
    conversations::{
        Event, Message, MessageKind, Origin, Participant, Thread, mentions, notes_that_mention,
    },
    ids::MessageId,
    views::conversation::{self as views, Entry, How, What},
    web::{Visit, admin::conversation::mails::Mails},
};

/// The notes on a page that name whoever looks.
pub(super) struct Mentioned {
    notes: BTreeSet<MessageId>,
    viewer: [User; 1],
}

impl Mentioned {
    pub(super) async fn load(
        conn: &mut Conn,
        thread: &Thread,
        viewer: &User,
        messages: &[Message],
    ) -> Result<Self> {
        let is_note = |message: &&Message| message.kind == MessageKind::Note;
        let first = messages
            .iter()
            .filter(is_note)
            .find(|note| note.body.contains('@'));
        let notes = match first {
            Some(note) => notes_that_mention(conn, thread.id, note.seq, viewer.id).await?,
            None => BTreeSet::new(),
        };
        let viewer = [viewer.clone()];
        Ok(Self { notes, viewer })
    }

    /// What was typed for them; at least something, as their name may have changed since.
    fn in_(&self, message: &Message) -> Vec<String> {
        if !self.notes.contains(&message.id) {
            return Vec::new();
        }
        let typed = mentions(&message.body, &self.viewer).into_iter();
        let mut typed: Vec<String> = typed.map(|(_, typed)| typed.to_owned()).collect();
        if typed.is_empty() {
            typed.push(format!("@{}", self.viewer[0].name));
        }
        typed
    }
}

/// What stands in the thread, with a line where a day begins and where the news does.
pub(super) fn of(
    visit: &Visit,
    me: Option<&Participant>,
    unread: bool,
    messages: &[Message],
    mut seen: HashMap<MessageId, views::Seen>,
    mentioned: &Mentioned,
    mut mails: Mails,
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
        let mails = mails.remove(&message.id).unwrap_or_default();
        let seen = seen.remove(&message.id);
        entries.extend(entry(message, seen, mentioned, mails));
    }
    entries
}

fn entry(
    message: &Message,
    seen: Option<views::Seen>,
    mentioned: &Mentioned,
    mails: Vec<views::Mail>,
) -> Option<Entry> {
    if message.kind == MessageKind::Event {
        return Some(Entry::Event {
            id: message.id.to_string(),
            mails,
            at: message.created_at,
            by: message.author_name.clone(),
            what: what(message)?,
        });
    }
    let shown = views::Message {
        id: message.id.to_string(),
        author: message.author_name.clone(),
        by_staff: message.by_staff,
        how: how(message),
        at: message.created_at,
        body: message.body.clone(),
        mentions: mentioned.in_(message),
        first: message.seq == 1,
        mails,
        seen,
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
        Event::Added { who } => What::Added { who },
        Event::Removed { who } => What::Removed { who },
        Event::NewLink { to } => What::NewLink { to },
        Event::Subject { from, to } => What::Subject { from, to },
        Event::Trashed => What::Trashed,
        Event::Restored => What::Restored,
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
