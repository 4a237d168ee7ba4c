use std::fmt;

use db::Timestamp;
use uuid::Uuid;

use super::{Band, Row, Sort, subject_key};
use crate::{
    conversations::{Kind, Status, Thread},
    ids::ThreadId,
};

/// What a row stands by in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    At(Timestamp),
    Text(String),
}

/// Where a page begins or ends: the band, the place in its order, and the id of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(super) band: Band,
    pub(super) key: Key,
    pub(super) id: ThreadId,
}

/// Which page of a list.
#[derive(Clone, Debug)]
pub enum Place {
    First,
    /// What stands below the cursor.
    Below(Cursor),
    /// What stands above it.
    Above(Cursor),
}

/// Down the list, or up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Down,
    Up,
}

impl Place {
    /// `b` (below) or `a` (above) and a cursor, as it stands in an address; anything else is the
    /// first page.
    pub fn parse(text: &str, sort: Sort) -> Self {
        let cursor = |rest| Cursor::parse(rest, sort);
        let below = text.strip_prefix('b').and_then(cursor).map(Self::Below);
        let above = || text.strip_prefix('a').and_then(cursor).map(Self::Above);
        below.or_else(above).unwrap_or(Self::First)
    }
}

impl Cursor {
    pub fn of(row: &Row, sort: Sort) -> Self {
        let key = match sort.within(row.band) {
            Sort::Subject => Key::Text(row.sort_text.clone()),
            Sort::Activity | Sort::Wait | Sort::Created => Key::At(row.sort_at),
        };
        Self {
            band: row.band,
            key,
            id: row.id,
        }
    }

    /// Where a thread stands, or would stand.
    pub fn at(thread: &Thread, sort: Sort) -> Self {
        let band = match thread.trashed_at {
            Some(_) => Band::Trash,
            None if thread.kind == Kind::Direct && thread.status == Status::Closed => {
                Band::ClosedDirect
            }
            None if thread.kind == Kind::Direct => Band::Direct,
            None => Band::of(thread.status),
        };
        let activity = thread.trashed_at.unwrap_or(thread.last_message_at);
        let key = match sort.within(band) {
            Sort::Activity => Key::At(activity),
            Sort::Wait => Key::At(thread.waits_since().unwrap_or(activity)),
            Sort::Created => Key::At(thread.created_at),
            Sort::Subject => Key::Text(subject_key(&thread.subject)),
        };
        let id = thread.id;
        Self { band, key, id }
    }

    /// Before the first row of a band, or after its last one, whichever way it is walked.
    pub(super) fn edge(band: Band, sort: Sort, way: Way) -> Self {
        let sort = sort.within(band);
        let falls = matches!(sort, Sort::Activity | Sort::Created);
        let at_high_end = falls == (way == Way::Down);
        let key = match (sort, at_high_end) {
            (Sort::Subject, true) => Key::Text("\u{10ffff}\u{10ffff}".to_owned()),
            (Sort::Subject, false) => Key::Text(String::new()),
            (_, true) => Key::At(Timestamp::from_micros(i64::MAX)),
            (_, false) => Key::At(Timestamp::from_micros(i64::MIN)),
        };
        let id = if at_high_end {
            Uuid::max()
        } else {
            Uuid::nil()
        };
        Self {
            band,
            key,
            id: ThreadId(id),
        }
    }

    fn parse(text: &str, sort: Sort) -> Option<Self> {
        let band = text.chars().next().and_then(Band::parse)?;
        let (id, key) = text.get(1..)?.split_once('.')?;
        let key = match sort.within(band) {
            Sort::Subject => Key::Text(key.to_owned()),
            Sort::Activity | Sort::Wait | Sort::Created => {
                Key::At(Timestamp::from_micros(key.parse().ok()?))
            }
        };
        let id = id.parse().ok()?;
        Some(Self { band, key, id })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.", self.band.letter(), self.id)?;
        match &self.key {
            Key::At(at) => write!(f, "{}", at.as_micros()),
            Key::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_text_and_back() {
        let id = ThreadId(Uuid::from_u128(7));
        for (sort, key) in [
            (Sort::Activity, Key::At(Timestamp::from_micros(-5))),
            (Sort::Subject, Key::Text("a.b & ü".into())),
        ] {
            let band = Band::Closed;
            let cursor = Cursor { band, key, id };
            let again = Cursor::parse(&cursor.to_string(), sort);
            assert_eq!(again, Some(cursor));
        }
    }

    #[test]
    fn nonsense_is_the_first_page() {
        for text in ["", "b", "bp", "bx1.2", "bp1", "bpé.1", "cp1.2", "b1795.x"] {
            let place = Place::parse(text, Sort::Activity);
            assert!(matches!(place, Place::First), "{text}");
        }
    }
}
