use std::time::Duration;

use db::Timestamp;
use templates::Page;

use super::{By, Course, Entry, Message, Receipt, Side, ThreadPage, track};
use crate::{
    Problems,
    ids::{MessageId, ThreadId},
};

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

fn now() -> Timestamp {
    Timestamp::from_micros(Page::sample().now)
}

fn ago(seconds: u64) -> Timestamp {
    now() - Duration::from_secs(seconds)
}

fn message(author: &str, body: &str, at: Timestamp) -> Message {
    let is_you = author == "Ada Okonkwo";
    Message {
        id: MessageId::new(at),
        author: author.into(),
        by: if is_you { By::You } else { By::Team },
        stamped: true,
        latest: false,
        body: body.into(),
        at,
        seen_by: Vec::new(),
    }
}

impl ThreadPage {
    /// With us again, the link came by e-mail.
    pub fn sample() -> Self {
        let first = message(
            "Ada Okonkwo",
            "Hello,\n\nmy order 20391 came this morning, but the box was open on one side. I ordered \
             six of the speckled cups and there are only four inside. Nothing is broken, two are \
             simply gone.\n\nThey are a birthday present for Saturday the 28th. Is there any way to \
             get the missing two by then?\n\nAda",
            ago(3 * DAY + 173 * MINUTE),
        );
        let answer = message(
            "Maya Lindqvist",
            "Hi Ada,\n\nI’m sorry, that is no way for a present to arrive. I have put two speckled \
             cups aside for you, and there is plenty of time before the 28th.\n\nCould you send me \
             a photo of the box? The courier asks for one: https://courier.example/claims\n\nWarm \
             regards,\nMaya",
            ago(3 * DAY + 99 * MINUTE),
        );
        let second = Message {
            stamped: false,
            latest: true,
            seen_by: vec![Receipt {
                name: "Maya Lindqvist".into(),
                at: ago(25 * MINUTE),
            }],
            ..message(
                "Ada Okonkwo",
                "Thank you Maya, that is a relief! The tape was already cut when the driver handed \
                 it over.",
                ago(183 * MINUTE),
            )
        };
        let course = Course {
            begun_by: Side::Customer,
            begun_at: first.at,
            answered_at: Some(answer.at),
            waiting_since: Some(second.at),
            closed_at: None,
        };
        Self {
            token: "sample-token".into(),
            draft: ThreadId::new(first.at),
            subject: "Parcel arrived open, two cups missing".into(),
            track: track(&course),
            seen: Some(MessageId::new(second.at)),
            entries: [first, answer, second].map(Entry::Message).into(),
            earlier: None,
            unread: true,
            closed_at: None,
            can_confirm: true,
            notified: true,
            others: 0,
            works_until: now() + Duration::from_secs(30 * DAY),
            typed: String::new(),
            problems: Problems::default(),
            alert: None,
            honeypot: Some("pigeon_hp".into()),
        }
    }

    /// Closed, proved, with more conversations and without e-mail.
    pub fn sample_closed() -> Self {
        let mut view = Self::sample();
        let closed_at = ago(5 * MINUTE);
        view.entries.push(Entry::Reopened {
            id: MessageId::new(ago(9 * MINUTE)),
            at: ago(9 * MINUTE),
        });
        view.entries.push(Entry::Closed {
            id: MessageId::new(closed_at),
            at: closed_at,
        });
        view.track = track(&Course {
            begun_by: Side::Customer,
            begun_at: ago(3 * DAY),
            answered_at: Some(ago(2 * DAY)),
            waiting_since: None,
            closed_at: Some(closed_at),
        });
        Self {
            closed_at: Some(closed_at),
            can_confirm: false,
            unread: false,
            notified: false,
            others: 2,
            earlier: view.seen,
            ..view
        }
    }

    /// Just posted.
    pub fn sample_new() -> Self {
        let first = Message {
            latest: true,
            ..message("Ada Okonkwo", "Where is my parcel?", now())
        };
        let course = Course {
            begun_by: Side::Customer,
            begun_at: first.at,
            answered_at: None,
            waiting_since: Some(first.at),
            closed_at: None,
        };
        Self {
            track: track(&course),
            seen: Some(MessageId::new(first.at)),
            entries: vec![Entry::Message(first)],
            can_confirm: false,
            unread: false,
            ..Self::sample()
        }
    }

    /// A reply came back.
    pub fn sample_refused() -> Self {
        let mut problems = Problems::default();
        problems.add("body", "Write something first.");
        Self {
            problems,
            ..Self::sample()
        }
    }
}
