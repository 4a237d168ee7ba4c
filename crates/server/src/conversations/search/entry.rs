use std::collections::BTreeSet;

use super::{Scope, tokenizer::index_terms};
use crate::ids::{MessageId, ThreadId};

/// A message, as far as it can be searched.
#[derive(sqlx::FromRow)]
pub(crate) struct Entry {
    pub(crate) message_id: MessageId,
    pub(crate) thread_id: ThreadId,
    /// Whether it is in a thread that staff read, and no event.
    pub(crate) for_staff: bool,
    /// Whether it is no note.
    pub(crate) for_everyone: bool,
    pub(crate) in_trash: bool,
    pub(crate) subject: String,
    pub(crate) starter_name: String,
    pub(crate) starter_email: Option<String>,
    pub(crate) author_name: String,
    pub(crate) body: String,
}

/// A query for [`Entry`]s, of which it gets the end.
macro_rules! select_entries {
    ($rest:literal) => {
        concat!(
            "SELECT m.id AS message_id, m.thread_id,
                    t.kind = 'support' AND m.kind <> 'event' AS for_staff,
                    m.visibility = 'everyone' AS for_everyone,
                    t.trashed_at IS NOT NULL AS in_trash,
                    t.subject, t.starter_name, t.starter_email, m.author_name, m.body
             FROM messages m JOIN threads t ON t.id = m.thread_id ",
            $rest
        )
    };
}
pub(super) use select_entries;

impl Entry {
    /// The words, and the scopes that may find them. A staff author's address is not among them:
    /// nobody is to learn it by searching.
    pub(crate) fn terms(&self) -> BTreeSet<String> {
        let mut terms = index_terms(&[
            &self.subject,
            &self.starter_name,
            self.starter_email.as_deref().unwrap_or_default(),
            &self.author_name,
            &self.body,
        ]);
        if self.for_staff {
            terms.insert(Scope::Staff.term().to_owned());
            if self.for_everyone {
                terms.insert(Scope::Everyone.term().to_owned());
            }
        }
        terms
    }
}
