//! What a guest sees. None of these types has a place for a note, an address of staff, an assignee
//! or an event that only staff may see.

mod entry;
mod links;
mod samples;
mod track;

use db::Timestamp;
use serde::Serialize;

use crate::{Problems, ids::MessageId, ids::ThreadId};

pub use links::{ExpiredPage, LinkSentPage, UnsubscribePage, UnsubscribeState};
pub use track::{Course, Side, Step, track};

/// `guest/thread.html`: a conversation, by its private link.
#[derive(Debug, Serialize)]
pub struct ThreadPage {
    /// The secret of the link that was opened: the page's forms say it again.
    pub token: String,
    /// Under which name this device keeps the draft of a reply.
    pub draft: ThreadId,
    pub subject: String,
    pub track: Vec<Step>,
    pub entries: Vec<Entry>,
    /// The first entry shown, when there are earlier ones.
    pub earlier: Option<MessageId>,
    /// The last message on this page: what a reply or *Mark read* marks as read.
    pub seen: Option<MessageId>,
    pub unread: bool,
    pub closed_at: Option<Timestamp>,
    /// The link came by e-mail, and the address has not proved itself.
    pub can_confirm: bool,
    pub notified: bool,
    /// How many other conversations the same proved address has.
    pub others: u64,
    pub works_until: Timestamp,
    /// A reply that was refused, as it was typed.
    pub typed: String,
    pub problems: Problems,
    pub alert: Option<String>,
    pub honeypot: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    Message(Message),
    Closed { id: MessageId, at: Timestamp },
    Reopened { id: MessageId, at: Timestamp },
}

#[derive(Debug, Serialize)]
pub struct Message {
    /// The numbers of entries would tell guests how many they do not see.
    pub id: MessageId,
    /// The display name.
    pub author: String,
    pub by: By,
    /// The first message of a conversation that its guest began carries a stamp.
    pub stamped: bool,
    /// Nothing was written after it.
    pub latest: bool,
    pub body: String,
    pub at: Timestamp,
    /// Who of the others read up to here and no further.
    pub seen_by: Vec<Receipt>,
}

/// Whose message it is, for whoever looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    You,
    /// The site's.
    Team,
    /// Another guest or user in the conversation.
    Other,
}

#[derive(Debug, Serialize)]
pub struct Receipt {
    pub name: String,
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::rendering::page;

    #[test]
    fn a_conversation_renders_with_every_sample() {
        let open = page("guest/thread.html", "thread", &ThreadPage::sample());
        assert!(open.contains("<title>Your conversation · Fernhill Pottery</title>"));
        assert!(open.contains("Seen by Maya Lindqvist, today 11:40"));
        assert!(open.contains("Confirm my address"));
        assert!(open.contains("Mark read"));
        assert!(!open.contains("other conversation"));

        let closed = page(
            "guest/thread.html",
            "thread-closed",
            &ThreadPage::sample_closed(),
        );
        assert!(closed.contains("Write again and it opens"));
        assert!(closed.contains("You have 2 other conversations with us"));
        assert!(!closed.contains("Confirm my address"));
        assert!(!closed.contains("Mark read"));

        let new = page("guest/thread.html", "thread-new", &ThreadPage::sample_new());
        assert!(new.contains("Delivered"));
        page(
            "guest/thread.html",
            "thread-refused",
            &ThreadPage::sample_refused(),
        );
    }

    #[test]
    fn the_title_says_nothing_of_the_conversation() {
        let html = page("guest/thread.html", "thread", &ThreadPage::sample());
        let head = html.split("</head>").next().unwrap();
        assert!(!head.contains("Parcel") && head.contains(r#"content="noindex""#));
    }

    #[test]
    fn what_a_stranger_writes_stays_text() {
        let hostile = r#""></title><svg onload=alert(1)><script>alert(1)</script>"#;
        let mut view = ThreadPage::sample_refused();
        view.subject = hostile.into();
        view.typed = hostile.into();
        for entry in &mut view.entries {
            if let Entry::Message(message) = entry {
                message.author = hostile.into();
                message.body = hostile.into();
                message.by = By::Other;
            }
        }
        let html = page("guest/thread.html", "thread-hostile", &view);
        assert!(!html.contains("<svg onload") && !html.contains("<script>alert"));
    }
}
