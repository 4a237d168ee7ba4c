//! One conversation of the demo as rows.

use std::time::Duration;

use db::Timestamp;

use super::{
    outline::{Outline, Step, What},
    random::Random,
    rows::{Batch, Link, Message, Participant, Read, Thread},
    texts::By,
};
use crate::{
    conversations::{
        Event, Status, Visibility, inbox::subject_key, is_link_forgotten, preview, search,
    },
    ids::{MessageId, ThreadId},
};

/// A message, with what the search index is to know of it.
pub(super) struct Said {
    pub(super) row: Message,
    /// None for an event.
    pub(super) entry: Option<search::Entry>,
}

/// Adds the conversation's rows to `batch`, but for its messages: those are stored in the order of
/// all conversations' messages. `link` is the hash of the customer's link.
pub(super) fn write(
    outline: &Outline<'_>,
    link: String,
    random: &mut Random,
    batch: &mut Batch,
) -> Vec<Said> {
    let words = outline.words(random);
    let subject = words.fill(outline.script.subject);
    let steps = outline.steps(&words, random);
    let mut writer = Writer {
        thread: id(outline.start, random),
        customer: id(outline.start, random),
        staff: id(outline.start, random),
        outline,
        subject,
        said: Vec::new(),
        customer_read: (0, outline.start),
        staff_read: (0, outline.start),
        proved_at: None,
        row: Standing::default(),
    };
    for step in &steps {
        writer.add(step, random);
    }
    writer.look_again(random);
    writer.finish(link, batch)
}

/// An id of that moment.
pub(super) fn id(at: Timestamp, random: &mut Random) -> uuid::Uuid {
    let millis = u64::try_from(at.as_micros() / 1_000).unwrap_or_default();
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&random.next().to_be_bytes());
    bytes[8..].copy_from_slice(&random.next().to_be_bytes()[..2]);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

struct Writer<'o> {
    outline: &'o Outline<'o>,
    thread: uuid::Uuid,
    customer: uuid::Uuid,
    staff: uuid::Uuid,
    subject: String,
    said: Vec<Said>,
    /// How far each has read, and when they last did.
    customer_read: (i64, Timestamp),
    staff_read: (i64, Timestamp),
    proved_at: Option<Timestamp>,
    row: Standing,
}

/// How the thread stands after the steps so far.
#[derive(Default)]
struct Standing {
    seq: i64,
    team_seq: i64,
    visible_seq: i64,
    messages: i64,
    preview: String,
    by: String,
    by_staff: bool,
    at: Timestamp,
    waiting_since: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    assigned: bool,
    staff_took_part: bool,
}

impl Writer<'_> {
    fn add(&mut self, step: &Step, random: &mut Random) {
        self.row.seq += 1;
        let at = step.at;
        match &step.what {
            What::Message(by, text) => self.message(*by, text, at, random),
            What::Note(text) => {
                self.row.team_seq = self.row.seq;
                self.row.staff_took_part = true;
                self.staff_read = (self.row.seq, at);
                self.entry("note", By::Team, text.clone(), at, random);
            }
            What::Event(event) => {
                match event {
                    Event::Assigned { .. } => self.row.assigned = true,
                    Event::Closed => self.row.closed_at = Some(at),
                    _ => {}
                }
                self.row.staff_took_part = true;
                let body = serde_json::to_string(event).expect("an event is plain data");
                self.event(event.visibility(), body, at, random);
            }
        }
    }

    fn message(&mut self, by: By, text: &str, at: Timestamp, random: &mut Random) {
        match by {
            By::Customer => {
                let answers = self.row.messages > 0;
                if answers && self.row.staff_took_part && self.proved_at.is_none() {
                    self.proved_at = Some(at);
                }
                self.customer_read = (self.row.seq, at);
                self.row.waiting_since = self.row.waiting_since.or(Some(at));
                self.row.by.clone_from(&self.outline.customer.name);
            }
            By::Team => {
                self.row.staff_took_part = true;
                self.staff_read = (self.row.seq, at);
                self.row.waiting_since = None;
                self.row.by = self.outline.staff.name.to_owned();
            }
        }
        self.row.team_seq = self.row.seq;
        self.row.visible_seq = self.row.seq;
        self.row.messages += 1;
        self.row.preview = preview(text);
        self.row.by_staff = by == By::Team;
        self.row.at = at;
        self.entry("message", by, text.to_owned(), at, random);
    }

    fn entry(
        &mut self,
        kind: &'static str,
        by: By,
        body: String,
        at: Timestamp,
        random: &mut Random,
    ) {
        let note = kind == "note";
        let id = id(at, random);
        let staff = by == By::Team;
        let name = if staff {
            self.outline.staff.name
        } else {
            &self.outline.customer.name
        };
        let (origin, proved) = match by {
            By::Team => ("signed_in", true),
            By::Customer if self.row.messages <= 1 => ("form", false),
            By::Customer => ("link", self.proved_at.is_some()),
        };
        self.said.push(Said {
            entry: Some(search::Entry {
                message_id: MessageId(id),
                thread_id: ThreadId(self.thread),
                for_staff: true,
                for_everyone: !note,
                in_trash: false,
                texts: search::Texts {
                    subject: self.subject.clone(),
                    starter_name: self.outline.customer.name.clone(),
                    starter_email: Some(self.outline.customer.email.clone()),
                    author_name: name.to_owned(),
                    body: body.clone(),
                },
            }),
            row: Message {
                id: hex(id),
                thread_id: hex(self.thread),
                seq: self.row.seq,
                kind,
                visibility: if note { "staff" } else { "everyone" },
                author_id: Some(hex(if staff { self.staff } else { self.customer })),
                author_name: name.to_owned(),
                by_staff: staff,
                origin,
                proved,
                body,
                created_at: at,
            },
        });
    }

    fn event(&mut self, seen_by: Visibility, body: String, at: Timestamp, random: &mut Random) {
        self.said.push(Said {
            entry: None,
            row: Message {
                id: hex(id(at, random)),
                thread_id: hex(self.thread),
                seq: self.row.seq,
                kind: "event",
                visibility: match seen_by {
                    Visibility::Everyone => "everyone",
                    Visibility::Staff => "staff",
                },
                author_id: None,
                author_name: self.outline.staff.name.to_owned(),
                by_staff: false,
                origin: "system",
                proved: false,
                body,
                created_at: at,
            },
        });
    }

    /// Most customers have seen the answer, and staff some of what waits for one.
    fn look_again(&mut self, random: &mut Random) {
        let later = self.row.at
            + Duration::from_secs(
                60 * u64::try_from(random.between(2, 200)).expect("some minutes"),
            );
        let later = later.min(self.outline.end);
        if self.row.by_staff && random.chance(75) {
            self.customer_read = (self.row.visible_seq, later);
        }
        let closed = self.row.closed_at.is_some();
        if closed || (self.row.staff_took_part && random.chance(40)) {
            self.staff_read = (self.row.seq, self.row.closed_at.unwrap_or(later));
        }
    }

    fn finish(self, link: String, batch: &mut Batch) -> Vec<Said> {
        let (outline, row) = (self.outline, self.row);
        let customer = &outline.customer;
        batch.threads.push(Thread {
            id: hex(self.thread),
            status: outline.status.as_str(),
            subject: self.subject.clone(),
            subject_key: subject_key(&self.subject),
            starter_name: customer.name.clone(),
            starter_email: customer.email.clone(),
            assignee_id: row.assigned.then(|| outline.staff.id.clone()),
            last_seq: row.seq,
            last_team_seq: row.team_seq,
            last_visible_seq: row.visible_seq,
            message_count: row.messages,
            preview: row.preview,
            preview_by: row.by,
            preview_by_staff: row.by_staff,
            last_message_at: row.at,
            waiting_since: row
                .waiting_since
                .filter(|_| outline.status == Status::Pending),
            created_at: outline.start,
            closed_at: row.closed_at,
        });
        batch.participants.push(Participant {
            id: hex(self.customer),
            thread_id: hex(self.thread),
            user_id: None,
            email: Some(customer.email.clone()),
            name: customer.name.clone(),
            role: "owner",
            mail_subject: "Your message to Pigeon".to_owned(),
            read_seq: self.customer_read.0,
            proved_at: self.proved_at,
            created_at: outline.start,
        });
        batch.reads.push(read(self.customer, self.customer_read));
        // The first sweep would be busy for a while with those that no site would still have.
        if !is_link_forgotten(outline.start, row.at, outline.end) {
            batch.links.push(Link {
                token_hash: link,
                participant_id: hex(self.customer),
                handed_out: "mailed",
                created_at: outline.start,
            });
        }
        if row.staff_took_part {
            batch.participants.push(Participant {
                id: hex(self.staff),
                thread_id: hex(self.thread),
                user_id: Some(outline.staff.id.clone()),
                email: None,
                name: outline.staff.name.to_owned(),
                role: "admin",
                mail_subject: format!("{}: {}", customer.name, self.subject),
                read_seq: self.staff_read.0,
                proved_at: None,
                created_at: outline.start,
            });
            if self.staff_read.0 > 0 {
                batch.reads.push(read(self.staff, self.staff_read));
            }
        }
        self.said
    }
}

fn read(participant: uuid::Uuid, (seq, at): (i64, Timestamp)) -> Read {
    Read {
        participant_id: hex(participant),
        seq,
        at,
    }
}

fn hex(id: uuid::Uuid) -> String {
    id.simple().to_string()
}
