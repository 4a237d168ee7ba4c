//! What the e-mails say: `emails/<name>/{subject.txt,body.txt,body.html}`.
//!
//! Nobody's address is in any of them. What goes to an address that has not proved itself has no
//! place for anything that a sender typed.

mod samples;
#[cfg(test)]
mod tests;

use db::Timestamp;
use serde::Serialize;

/// `received`: to a guest, right after the first message.
#[derive(Debug, Serialize)]
pub struct Received {
    pub link_url: String,
    pub works_until: Timestamp,
    pub unsubscribe_url: String,
}

/// `answer`: to a guest, from staff; also what staff write first.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The participant's own, which never changes.
    pub subject: String,
    /// The display name of who wrote.
    pub author: String,
    pub body: String,
    /// The guest's own last message; none until the address has proved itself.
    pub quote: Option<Quote>,
    pub link_url: String,
    pub works_until: Timestamp,
    pub unsubscribe_url: String,
}

#[derive(Debug, Serialize)]
pub struct Quote {
    pub at: Timestamp,
    pub text: String,
}

/// `added`: to whoever staff added to a thread.
#[derive(Debug, Serialize)]
pub struct Added {
    /// The participant's own, which never changes.
    pub subject: String,
    /// None to an address that has not proved itself: a sender may have typed it.
    pub thread_subject: Option<String>,
    /// The display name of who added them.
    pub by: String,
    pub thread_url: String,
    /// Where the link is a private one.
    pub works_until: Option<Timestamp>,
    pub unsubscribe_url: String,
}

/// `new_links`: to whoever asked for them, at most ten, the newest conversation first.
#[derive(Debug, Serialize)]
pub struct NewLinks {
    pub links: Vec<NewLink>,
    /// They asked for them; else staff sent one.
    pub asked: bool,
    pub works_until: Timestamp,
    pub unsubscribe_url: String,
}

#[derive(Debug, Serialize)]
pub struct NewLink {
    pub url: String,
    /// Only where the address has proved itself: a sender typed it.
    pub subject: Option<String>,
    pub started_at: Timestamp,
    pub closed: bool,
}

/// `staff_alert`: a customer wrote, and nobody is assigned.
#[derive(Debug, Serialize)]
pub struct StaffAlert {
    pub subject: String,
    pub thread_subject: String,
    pub author: String,
    pub author_known: AuthorKnown,
    pub body: String,
    pub thread_url: String,
    pub unsubscribe_url: String,
}

/// `staff_notification`: to staff who follow the thread, of a message or a note.
#[derive(Debug, Serialize)]
pub struct StaffNotification {
    pub subject: String,
    pub thread_subject: String,
    pub author: String,
    pub author_known: AuthorKnown,
    /// Only staff may read it.
    pub note: bool,
    pub body: String,
    pub thread_url: String,
    pub unsubscribe_url: String,
}

/// How the reader is told who wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKnown {
    User,
    Guest,
    /// A guest whose address has not proved itself.
    Unproved,
}

/// `assignment`: to the new assignee.
#[derive(Debug, Serialize)]
pub struct Assignment {
    pub subject: String,
    pub thread_subject: String,
    pub assigned_by: String,
    /// The last message, its author and time.
    pub author: String,
    pub body: String,
    pub at: Timestamp,
    pub thread_url: String,
    pub unsubscribe_url: String,
}

/// `mention`: to staff whom a note names.
#[derive(Debug, Serialize)]
pub struct Mention {
    pub subject: String,
    pub thread_subject: String,
    pub author: String,
    pub body: String,
    /// Of the note itself.
    pub thread_url: String,
    pub unsubscribe_url: String,
}

/// `assignments`: to the new assignee of several threads, once.
#[derive(Debug, Serialize)]
pub struct Assignments {
    pub assigned_by: String,
    pub count: u64,
    /// The newest few.
    pub threads: Vec<AssignedThread>,
    /// How many there are besides them.
    pub more: u64,
    pub inbox_url: String,
    pub unsubscribe_url: String,
}

#[derive(Debug, Serialize)]
pub struct AssignedThread {
    pub url: String,
    pub subject: String,
    /// The customer's name.
    pub from: String,
}

/// `password`: a link to choose a new one.
#[derive(Debug, Serialize)]
pub struct Password {
    pub reset_url: String,
}
