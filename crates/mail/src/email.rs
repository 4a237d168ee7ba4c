use std::{fmt, time::SystemTime};

use crate::{
    address::{Address, Mailbox},
    message,
};

/// One mail to one person. Any text may stand in any field: what would break a header is taken out when it is written.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    /// Also the envelope's sender: failures come back to it.
    pub from: Mailbox,
    pub to: Address,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Made once, before the first attempt, so that a mail sent twice is the same mail. With or without `<>`.
    pub message_id: String,
    pub in_reply_to: Option<String>,
    /// The mails before this one in its conversation, oldest first.
    pub references: Vec<String>,
    /// Names the conversation or the list, like `support.example.com`. With or without `<>`.
    pub list_id: Option<String>,
    /// An address that ends these mails when it is posted to, without asking (RFC 8058).
    pub list_unsubscribe: Option<String>,
    pub auto_submitted: AutoSubmitted,
    pub date: SystemTime,
}

/// Why a mail exists, so that robots don't answer it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutoSubmitted {
    /// Something happened that its reader wants to hear of.
    #[default]
    Generated,
    /// It answers a mail.
    Replied,
}

impl Email {
    /// The mail as it goes over the wire. The same each time.
    pub fn to_bytes(&self) -> Vec<u8> {
        message::build(self).formatted()
    }
}

impl fmt::Debug for Email {
    /// Without addresses and text, which belong in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email")
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}
