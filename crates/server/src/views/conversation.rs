use db::Timestamp;
use serde::Serialize;

use crate::{
    conversations::Earlier,
    views::{
        inbox::{Band, Source},
        present::Present,
        shell::Shell,
    },
};

mod sample;

/// A thread as staff see it.
#[derive(Clone, Debug, Serialize)]
pub struct Conversation {
    pub shell: Shell,
    pub thread: Thread,
    /// The source from which the thread was opened, and its rows around it.
    pub queue: Queue,
    pub entries: Vec<Entry>,
    /// Why a form beside the composer was refused.
    pub refused: Option<String>,
    /// What was typed into the forms that add people and name the thread.
    pub typed: TypedPeople,
    /// Other threads of the same person, newest first.
    pub others: Vec<Other>,
    /// Where the page with earlier entries is.
    pub earlier: Option<String>,
    /// Where the page with later ones is.
    pub later: Option<String>,
    /// What a reply has seen, and how far this page is read.
    pub seen: Option<String>,
    /// Something here is past this person's read mark.
    pub unread: bool,
    /// Who else of the team is in the thread now.
    pub present: Vec<Present>,
    pub people: Vec<Person>,
    /// Whoever looks hears of new messages.
    pub following: bool,
    /// Whom it may be assigned to.
    pub assignees: Vec<Choice>,
    pub links: Option<Links>,
    /// What whoever looks has sent that has not left yet: nobody else's page has it.
    pub held: Vec<Held>,
    pub composer: Composer,
}

#[derive(Clone, Debug, Serialize)]
pub struct Thread {
    pub id: String,
    pub subject: String,
    pub status: &'static str,
    /// The customer.
    pub from: String,
    /// None if the customer is a user of the site, whose account holds it.
    pub email: Option<String>,
    pub created_at: Timestamp,
    pub waiting_since: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// It is in the trash: it can be restored, and nothing else.
    pub trashed: Option<Trashed>,
    pub assigned_to_me: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Trashed {
    pub at: Timestamp,
    /// When it is deleted for good.
    pub until: Timestamp,
}

#[derive(Clone, Debug, Serialize)]
pub struct Queue {
    pub source: Source,
    /// Of the list's address; rows take it along, and forms its parts.
    pub query: String,
    pub sort: &'static str,
    pub assignee: String,
    pub bands: Vec<Band>,
    /// The id of the row before this thread, and of the one after it.
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// What stands in the thread, from top to bottom.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Entry {
    /// A day begins.
    Day {
        at: Timestamp,
        /// What follows is past the reader's mark.
        new: bool,
    },
    Message(Message),
    Note(Message),
    Event {
        id: String,
        at: Timestamp,
        by: String,
        what: What,
        mails: Vec<Mail>,
    },
}

/// A mail about an entry, and how it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Mail {
    /// Its job, to try again.
    pub job: String,
    /// A name; an address only for a support recipient of the settings.
    pub to: String,
    /// `queued`, `failed`, `stale`, `sent`, `caught` or `discarded`.
    pub state: &'static str,
    pub at: Timestamp,
    /// In the words of the server.
    pub reason: Option<String>,
}

/// What was typed into a form of the details that was refused.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TypedPeople {
    pub add: String,
    pub name: String,
    pub subject: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Other {
    pub id: String,
    pub subject: String,
    pub at: Timestamp,
}

impl Other {
    pub fn new(other: Earlier) -> Self {
        Self {
            id: other.id.to_string(),
            subject: other.subject,
            at: other.created_at,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct Message {
    pub id: String,
    pub author: String,
    pub by_staff: bool,
    /// How a customer was known who was not signed in.
    pub how: Option<How>,
    pub at: Timestamp,
    pub body: String,
    /// What in it means whoever looks.
    pub mentions: Vec<String>,
    /// It began the thread.
    pub first: bool,
    pub seen: Option<Seen>,
    pub mails: Vec<Mail>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A guest whose address has not proved itself.
    Unconfirmed,
    /// A guest who has proved the address, by a form.
    Confirmed,
    /// Whoever held the guest's private link.
    Link,
    /// The same, before the address proved itself.
    UnconfirmedLink,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    Closed,
    Reopened,
    Status { to: String },
    Assigned { to: String },
    Unassigned,
    LinksRevoked,
    Added { who: String },
    Removed { who: String },
    NewLink { to: String },
    Subject { from: String, to: String },
    Trashed,
    Restored,
}

/// Who has seen a message.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    pub by: Vec<Receipt>,
    /// How many could have.
    pub of: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    pub name: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Serialize)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    pub part: Part,
    /// They hear of new messages.
    pub notified: bool,
    /// The thread is theirs, so that nobody can remove them.
    pub assigned: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Me,
    Staff,
    /// A customer with an account.
    User,
    Guest,
    /// A guest whose address has not proved itself.
    UnconfirmedGuest,
    Left,
}

#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub id: String,
    pub name: String,
    pub me: bool,
    pub current: bool,
}

/// The guest's private links.
#[derive(Clone, Debug, Serialize)]
pub struct Links {
    /// When the newest stops working; none: no link works.
    pub until: Option<Timestamp>,
}

/// A message that leaves in some seconds.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    pub id: String,
    pub body: String,
    pub leaves_at: Timestamp,
    /// Seconds from now.
    pub leaves_in: u64,
    /// The thread is closed when it leaves.
    pub closes: bool,
}

/// The form at the thread's end, with what was typed if it was refused, else with what was kept.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Composer {
    pub body: String,
    pub note: bool,
    /// What stands in it is kept as a draft.
    pub kept: bool,
    /// The draft of the other kind: of a note beside a reply, or the other way round.
    pub other: Option<String>,
    /// Why what stands in it did not leave.
    pub returned: Option<&'static str>,
    /// How many characters of it are too many for one message: it came back before what was typed
    /// since.
    pub excess: usize,
    /// Why nothing was posted.
    pub problem: Option<String>,
    /// What others posted meanwhile, where that is why: the form offers to send it anyway.
    pub newer: Vec<Newer>,
    /// It was to close the thread, too.
    pub closes: bool,
    /// For how many seconds a reply is held.
    pub hold: i64,
}

/// What somebody wrote meanwhile.
#[derive(Clone, Debug, Serialize)]
pub struct Newer {
    /// The message's.
    pub id: String,
    pub author: String,
    /// Its beginning.
    pub text: String,
}

impl Composer {
    /// With a saved reply: in the empty field, or below what was typed.
    #[must_use]
    pub fn with_saved(mut self, text: Option<String>) -> Self {
        let Some(text) = text.filter(|text| !self.body.contains(text.as_str())) else {
            return self;
        };
        if !self.body.trim().is_empty() {
            self.body.push_str("\n\n");
        }
        self.body.push_str(&text);
        self
    }
}
