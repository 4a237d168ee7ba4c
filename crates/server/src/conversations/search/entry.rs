use std::collections::BTreeSet;

use db::Timestamp;

use super::{
    Scope,
    query::{Field, NOTE},
    tokenizer::index_terms,
};
use crate::{
    conversations::Status,
    ids::{MessageId, ThreadId, UserId},
};

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
    #[sqlx(flatten)]
    pub(crate) texts: Texts,
}

/// Where its words stand.
#[derive(sqlx::FromRow)]
pub(crate) struct Texts {
    pub(crate) subject: String,
    pub(crate) starter_name: String,
    pub(crate) starter_email: Option<String>,
    pub(crate) author_name: String,
    pub(crate) body: String,
}

/// What its thread is now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Facts {
    pub status: Status,
    pub assignee_id: Option<UserId>,
    pub last_message_at: Timestamp,
}

/// A query for [`Entry`]s, of which it gets the end.
macro_rules! select_entries {
    ($rest:literal) => {
        concat!(
            "SELECT m.id AS message_id, m.thread_id,
                    t.kind = 'support' AND m.kind <> 'event' AS for_staff,
                    m.visibility = 'everyone' AS for_everyone,
                    t.trashed_at IS NOT NULL AS in_trash,
                    t.subject, t.starter_name, t.starter_email, m.author_name, m.body,
                    t.status, t.assignee_id, t.last_message_at
             FROM messages m JOIN threads t ON t.id = m.thread_id ",
            $rest
        )
    };
}
pub(super) use select_entries;

impl Entry {
    /// The words, those of the customer and of the subject once more, and the scopes that may find
    /// them. A staff author's address is not among them: nobody is to learn it by searching.
    pub(crate) fn terms(&self) -> BTreeSet<String> {
        let texts = &self.texts;
        let email = texts.starter_email.as_deref().unwrap_or_default();
        let from = index_terms(&[&texts.starter_name, email]);
        let subject = index_terms(&[&texts.subject]);
        let mut terms = index_terms(&[&texts.author_name, &texts.body]);
        terms.extend(from.iter().map(|term| Field::From.term(term)));
        terms.extend(subject.iter().map(|term| Field::Subject.term(term)));
        terms.extend(from);
        terms.extend(subject);
        if self.for_staff {
            terms.insert(Scope::Staff.term().to_owned());
            if self.for_everyone {
                terms.insert(Scope::Everyone.term().to_owned());
            } else {
                terms.insert(NOTE.to_owned());
            }
        }
        terms
    }
}
