use super::{
    Choice, Composer, Conversation, Entry, Held, How, Links, Mail, Message, Newer, Other, Part,
    Person, Queue, Receipt, Seen, Thread, Trashed, TypedPeople, What,
};
use crate::views::{
    inbox::Band,
    present::Present,
    samples::{self, minutes_ago},
    shell::{Place, Shell},
};

const DAY: u64 = 24 * 60;
/// Tuesday 17 November, 09:12.
const FIRST: u64 = 3 * DAY + 173;

impl Conversation {
    pub fn samples() -> Vec<(&'static str, Self)> {
        let mut rows = samples::rows();
        rows[0].current = true;
        let busy = Self {
            shell: Shell::sample(Place::Inbox),
            thread: Thread {
                id: rows[0].id.clone(),
                subject: rows[0].subject.clone(),
                status: "pending",
                from: rows[0].from.clone(),
                email: Some("ada.okonkwo@posteo.example".into()),
                created_at: minutes_ago(FIRST),
                waiting_since: rows[0].waiting_since,
                closed_at: None,
                trashed: None,
                assigned_to_me: true,
            },
            queue: Queue {
                source: samples::sources("all").swap_remove(4),
                query: "?source=all".into(),
                sort: "activity",
                assignee: String::new(),
                previous: None,
                next: Some(rows[1].id.clone()),
                bands: vec![Band {
                    title: "Needs a reply",
                    name: 'p',
                    hot: true,
                    count: None,
                    rows,
                }],
            },
            entries: entries(),
            refused: None,
            typed: TypedPeople::default(),
            others: vec![Other {
                id: "01920000-0000-7000-8000-000000000301".into(),
                subject: "Do the bowls stack?".into(),
                at: minutes_ago(250 * DAY),
            }],
            earlier: None,
            later: None,
            seen: Some("01920000-0000-7000-8000-000000000204".into()),
            unread: true,
            present: Present::sample(),
            people: people(),
            following: true,
            assignees: assignees(),
            links: Some(Links {
                until: Some(minutes_ago(0) + std::time::Duration::from_secs(30 * DAY * 60)),
            }),
            held: Vec::new(),
            composer: Composer {
                hold: 10,
                ..Composer::default()
            },
        };
        let held = Self {
            shell: Shell::sample(Place::Inbox).with_unsent(),
            held: vec![Held {
                id: "01920000-0000-7000-8000-000000000401".into(),
                body: "Thank you, Ada. Your two cups leave us this afternoon.".into(),
                leaves_at: minutes_ago(0),
                leaves_in: 8,
                closes: true,
            }],
            composer: Composer {
                body: "He called: they come on Friday.".into(),
                note: true,
                kept: true,
                other: Some("And thank you for the photo.".into()),
                ..busy.composer.clone()
            },
            ..busy.clone()
        };
        let returned = Self {
            composer: Composer {
                body: "Your two cups leave us this afternoon.".into(),
                kept: true,
                returned: Some("Your account could not answer at that time."),
                excess: 20_002,
                ..busy.composer.clone()
            },
            ..busy.clone()
        };
        let refused = Self {
            composer: Composer {
                problem: Some("Please write a message.".into()),
                ..Composer::default()
            },
            earlier: Some("?before=42".into()),
            later: Some("?after=92".into()),
            ..busy.clone()
        };
        let overtaken = Self {
            composer: Composer {
                body: "Your two cups leave us this afternoon.".into(),
                problem: Some("Tom Adeyemi answered while you were writing. Your text is not sent. Read what is new, then decide.".into()),
                newer: vec![Newer {
                    id: "01920000-0000-7000-8000-000000000204".into(),
                    author: "Tom Adeyemi".into(),
                    text: "Two more cups are on their way to you.".into(),
                }],
                closes: true,
                ..busy.composer.clone()
            },
            ..busy.clone()
        };
        let beside = Self {
            refused: Some("Ada Okonkwo takes part already.".into()),
            typed: TypedPeople {
                add: "ada.okonkwo@posteo.example".into(),
                ..TypedPeople::default()
            },
            ..busy.clone()
        };
        let reader = Self {
            shell: Shell::sample_reader(Place::Inbox),
            unread: false,
            assignees: Vec::new(),
            links: None,
            ..busy.clone()
        };
        let closed = Self {
            thread: Thread {
                status: "closed",
                waiting_since: None,
                closed_at: Some(minutes_ago(30)),
                assigned_to_me: false,
                ..busy.thread.clone()
            },
            unread: false,
            following: false,
            links: Some(Links { until: None }),
            ..busy.clone()
        };
        let trashed = Self {
            shell: Shell::sample(Place::Inbox).with_toast("Conversation moved to the trash."),
            thread: Thread {
                trashed: Some(Trashed {
                    at: minutes_ago(5),
                    until: minutes_ago(0) + std::time::Duration::from_secs(30 * DAY * 60),
                }),
                ..busy.thread.clone()
            },
            ..busy.clone()
        };
        vec![
            ("trashed", trashed),
            ("busy", busy),
            ("held", held),
            ("returned", returned),
            ("refused", refused),
            ("overtaken", overtaken),
            ("refused-beside", beside),
            ("reader", reader),
            ("closed", closed),
        ]
    }
}

fn entries() -> Vec<Entry> {
    let message = |n: u8, author: &str, minutes: u64, body: &str| Message {
        id: format!("01920000-0000-7000-8000-00000000020{n}"),
        author: author.into(),
        by_staff: false,
        how: None,
        at: minutes_ago(minutes),
        body: body.into(),
        mentions: Vec::new(),
        first: false,
        seen: None,
        mails: Vec::new(),
    };
    vec![
        Entry::Day {
            at: minutes_ago(FIRST),
            new: false,
        },
        Entry::Message(Message {
            how: Some(How::Unconfirmed),
            first: true,
            ..message(
                1,
                "Ada Okonkwo",
                FIRST,
                "Hello,\n\nmy order 20391 came this morning, but the box was open on one side. I ordered six of the speckled cups and there are only four inside. Nothing is broken, two are simply gone.\n\nThey are a birthday present for Saturday the 28th. Is there any way to get the missing two by then?\n\nAda",
            )
        }),
        Entry::Event {
            id: "01920000-0000-7000-8000-000000000209".into(),
            mails: Vec::new(),
            at: minutes_ago(FIRST - 28),
            by: "Tom Adeyemi".into(),
            what: What::Assigned {
                to: "Maya Lindqvist".into(),
            },
        },
        Entry::Note(Message {
            by_staff: true,
            seen: Some(seen(&["Maya Lindqvist", "Nils Berg"])),
            mentions: vec!["@Maya".into()],
            ..message(
                2,
                "Tom Adeyemi",
                FIRST - 32,
                "The courier scanned it as “damaged in transit”, so they will pay: https://courier.example/20391?proof=1. Nine speckled cups on the shelf. @Maya, please don’t make her send anything back.",
            )
        }),
        Entry::Message(Message {
            by_staff: true,
            seen: Some(seen(&["Ada Okonkwo"])),
            mails: vec![mail("Ada Okonkwo", "sent", None)],
            ..message(
                3,
                "Maya Lindqvist",
                FIRST - 74,
                "Hi Ada,\n\nI’m sorry, that is no way for a present to arrive. I have put two speckled cups aside for you, and there is plenty of time before the 28th.\n\nCould you send me a photo of the box? The courier asks for one. You can keep the packaging or throw it away.\n\nWarm regards,\nMaya",
            )
        }),
        Entry::Day {
            at: minutes_ago(183),
            new: true,
        },
        Entry::Message(Message {
            how: Some(How::Link),
            mails: every_mail(),
            ..message(
                4,
                "Ada Okonkwo",
                183,
                "Thank you Maya, that is a relief! Here they are. The tape was already cut when the driver handed it over.",
            )
        }),
    ]
}

fn seen(by: &[&str]) -> Seen {
    let receipt = |name: &&str| Receipt {
        name: (*name).into(),
        at: minutes_ago(194),
    };
    Seen {
        by: by.iter().map(receipt).collect(),
        of: by.len() + 1,
    }
}

fn mail(to: &str, state: &'static str, reason: Option<&str>) -> Mail {
    Mail {
        job: "01920000-0000-7000-8000-000000000501".into(),
        to: to.into(),
        state,
        at: minutes_ago(180),
        reason: reason.map(str::to_owned),
    }
}

/// One of each kind.
fn every_mail() -> Vec<Mail> {
    vec![
        mail("Tom Adeyemi", "queued", None),
        mail("Priya Raman", "queued", Some("451 4.7.1 try again later")),
        mail(
            "Maya Lindqvist",
            "failed",
            Some("550 5.1.1 no such mailbox"),
        ),
        mail("Nils Berg", "stale", None),
        mail("Ivo Kovač", "caught", None),
        mail("Lin Wei", "discarded", None),
    ]
}

fn people() -> Vec<Person> {
    let person = |name: &str, part, notified| Person {
        id: format!("01920000-0000-7000-8000-0000000004{:02x}", name.len()),
        name: name.into(),
        email: None,
        part,
        notified,
        assigned: part == Part::Me,
    };
    vec![
        Person {
            email: Some("ada.okonkwo@posteo.example".into()),
            ..person("Ada Okonkwo", Part::Guest, true)
        },
        person("Maya Lindqvist", Part::Me, true),
        person("Tom Adeyemi", Part::Staff, false),
    ]
}

fn assignees() -> Vec<Choice> {
    ["Maya Lindqvist", "Tom Adeyemi", "Priya Raman"]
        .into_iter()
        .zip(1..)
        .map(|(name, n)| Choice {
            id: format!("01920000-0000-7000-8000-00000000000{n}"),
            name: name.into(),
            me: n == 1,
            current: n == 1,
        })
        .collect()
}
