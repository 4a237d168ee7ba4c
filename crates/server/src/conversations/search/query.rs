//! What is asked: words, "phrases", operators, each with a `-` before it if it must not be so.
//!
//! Only the operators listed here are any; whatever else has a colon in it is words.

use std::collections::BTreeSet;

use jiff::{Zoned, civil::Date};

use super::{
    Facts, Scope,
    dates::{self, Span},
    phrase::Phrase,
    scan,
    tokenizer::{MOST_ASKED, index_terms, query_terms},
};
use crate::{
    accounts::User,
    conversations::Status,
    i18n::{t, t_with},
    ids::UserId,
};

/// A question, understood.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What one message must have, all of it.
    pub(super) wanted: Wanted,
    /// What no message of the thread may have.
    pub(super) unwanted: Vec<Wanted>,
    /// What must hold for the thread, and what must not.
    pub(super) tests: Vec<(Test, bool)>,
}

/// Terms, and the phrases that they make up.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) terms: BTreeSet<String>,
    pub(super) phrases: Vec<Phrase>,
}

/// A condition on a thread as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Status(Status),
    /// Assigned to one of them; to nobody, if there are none.
    Assignee(Vec<UserId>),
    /// Its last message came in this time.
    Active(Span),
    Noted,
}

/// Who asks, when, and whom `assignee:` may name.
#[derive(Clone, Debug)]
pub struct Asker<'a> {
    pub viewer: &'a User,
    pub staff: &'a [User],
    pub now: Zoned,
}

/// Which part of a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Any,
    /// The customer's name and address.
    From,
    Subject,
}

impl Field {
    /// As the index has a term of this field; no word can be written like it.
    pub(super) fn term(self, term: &str) -> String {
        match self {
            Self::Any => term.to_owned(),
            Self::From => format!("#f.{term}"),
            Self::Subject => format!("#s.{term}"),
        }
    }
}

/// The term of every note.
pub(super) const NOTE: &str = "#note";

impl Query {
    /// What `text` asks; or what is wrong with it, and what to write instead.
    pub fn parse(text: &str, asker: &Asker<'_>) -> Result<Self, String> {
        let mut query = Self::default();
        for part in scan::parts(text) {
            let field = match part.operator {
                None => Field::Any,
                Some("from") => Field::From,
                Some("subject") => Field::Subject,
                Some(name) => {
                    let test = test(name, part.value, asker)?;
                    query.tests.push((test, !part.negated));
                    continue;
                }
            };
            if let Some(name) = part.operator
                && query_terms(part.value).is_empty()
            {
                return Err(no_value(name));
            }
            query.add_words(&part, field);
        }
        query.look_for_notes();
        Ok(query)
    }

    /// Only words: nothing in it is an operator. For what a program asks.
    pub fn words(text: &str) -> Self {
        let mut query = Self::default();
        query.wanted.terms = query_terms(text);
        query
    }

    /// Whether it asks for words, so that the index leads to what it finds.
    pub fn has_words(&self) -> bool {
        !self.wanted.terms.is_empty()
    }

    /// Whether it asks nothing at all: signs only.
    pub fn is_empty(&self) -> bool {
        !self.has_words() && self.tests.is_empty() && self.unwanted.is_empty()
    }

    /// The one status that it asks for.
    pub fn status(&self) -> Option<Status> {
        self.tests.iter().find_map(|test| match test {
            (Test::Status(status), true) => Some(*status),
            _ => None,
        })
    }

    /// What a thread must be, as far as the thread itself tells.
    pub(super) fn allows(&self, facts: &Facts) -> bool {
        self.tests.iter().all(|(test, wanted)| match test {
            Test::Status(status) => (facts.status == *status) == *wanted,
            Test::Assignee(meant) => is_of(meant, facts) == *wanted,
            Test::Active(span) => span.has(facts.last_message_at) == *wanted,
            Test::Noted => true,
        })
    }

    pub(super) fn asks_for_notes(&self) -> bool {
        self.tests.iter().any(|(test, _)| *test == Test::Noted)
    }

    pub(super) fn terms_for(&self, scope: Scope) -> BTreeSet<String> {
        let mut terms = self.wanted.terms.clone();
        terms.insert(scope.term().to_owned());
        terms
    }

    /// The time in which it asks for the last message.
    pub fn active(&self) -> Option<Span> {
        let spans = self.tests.iter().filter_map(|test| match test {
            (Test::Active(span), true) => Some(*span),
            _ => None,
        });
        spans.reduce(Span::and)
    }

    /// The same, and only threads that are assigned to one of these; to nobody, if there are none.
    #[must_use]
    pub fn assigned_to(mut self, meant: Vec<UserId>) -> Self {
        self.tests.push((Test::Assignee(meant), true));
        self
    }

    fn add_words(&mut self, part: &scan::Part<'_>, field: Field) {
        let terms = query_terms(part.value);
        let left = MOST_ASKED.saturating_sub(self.wanted.terms.len() + self.unwanted.len());
        let terms: BTreeSet<_> = terms
            .iter()
            .map(|term| field.term(term))
            .take(left)
            .collect();
        if terms.is_empty() {
            return;
        }
        let phrase = part
            .quoted
            .then(|| Phrase::new(field, part.value))
            .flatten();
        if part.negated {
            let phrases = phrase.into_iter().collect();
            self.unwanted.push(Wanted { terms, phrases });
        } else {
            self.wanted.terms.extend(terms);
            self.wanted.phrases.extend(phrase);
        }
    }

    /// `has:note` alone is answered by the index of notes.
    fn look_for_notes(&mut self) {
        let noted = (Test::Noted, true);
        if !self.has_words() && self.tests.contains(&noted) {
            self.tests.retain(|test| *test != noted);
            self.wanted.terms.insert(NOTE.to_owned());
        }
    }
}

fn is_of(meant: &[UserId], facts: &Facts) -> bool {
    match facts.assignee_id {
        Some(assignee) => meant.contains(&assignee),
        None => meant.is_empty(),
    }
}

fn test(name: &str, value: &str, asker: &Asker<'_>) -> Result<Test, String> {
    if value.trim().is_empty() {
        return Err(no_value(name));
    }
    match name {
        "status" => match Status::parse(&value.to_ascii_lowercase()) {
            Some(status) => Ok(Test::Status(status)),
            None => Err(t_with(
                t("“{value}” is no status. Write status:pending, status:open or status:closed."),
                &[("value", value)],
            )),
        },
        "assignee" => assignees(value, asker).map(Test::Assignee),
        "before" | "after" => {
            let date =
                dates::parse(value, asker.now.date()).ok_or_else(|| no_date(name, value, asker))?;
            let zone = asker.now.time_zone();
            let span = if name == "before" {
                date.before(zone)
            } else {
                date.after(zone)
            };
            span.map(Test::Active)
                .ok_or_else(|| no_date(name, value, asker))
        }
        "has" if value.eq_ignore_ascii_case("note") => Ok(Test::Noted),
        _ => Err(t_with(
            t(
                "Pigeon cannot look for “has:{value}”. Write has:note for conversations with an internal note.",
            ),
            &[("value", value)],
        )),
    }
}

/// Whom `assignee:` means: oneself, nobody, or everybody of the team whose name, user name or
/// address has all the words.
fn assignees(value: &str, asker: &Asker<'_>) -> Result<Vec<UserId>, String> {
    match value.to_lowercase().as_str() {
        "me" => return Ok(vec![asker.viewer.id]),
        "nobody" | "none" => return Ok(Vec::new()),
        _ => {}
    }
    let asked = query_terms(value);
    let is_meant = |user: &&User| {
        let username = user.username.as_deref().unwrap_or_default();
        let known = index_terms(&[&user.name, username, &user.email]);
        !asked.is_empty() && asked.is_subset(&known)
    };
    let meant: Vec<_> = asker
        .staff
        .iter()
        .filter(is_meant)
        .map(|user| user.id)
        .collect();
    if meant.is_empty() {
        return Err(t_with(
            t(
                "Nobody of the team is called “{value}”. Write assignee:me, assignee:nobody or a name, as in assignee:\"{name}\".",
            ),
            &[("value", value), ("name", &asker.viewer.name)],
        ));
    }
    Ok(meant)
}

fn no_value(name: &str) -> String {
    let example = match name {
        "from" => "from:ann@example.com",
        "subject" => "subject:parcel",
        "assignee" => "assignee:me",
        "status" => "status:open",
        "before" => "before:2026-11-20",
        "after" => "after:2026-11-20",
        _ => "has:note",
    };
    t_with(
        t(
            "After “{name}:” something is missing. Write it without a space, as in {example}. To look for the word itself, write “{name}”.",
        ),
        &[("name", name), ("example", example)],
    )
}

fn no_date(name: &str, value: &str, asker: &Asker<'_>) -> String {
    let today: Date = asker.now.date();
    t_with(
        t(
            "“{value}” is no date. Write it as {name}:{today}, or a month as {name}:{month}; today and yesterday work, too.",
        ),
        &[
            ("value", value),
            ("name", name),
            ("today", &today.to_string()),
            ("month", &today.strftime("%Y-%m").to_string()),
        ],
    )
}

#[cfg(test)]
mod tests;
