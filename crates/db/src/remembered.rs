//! What was read is remembered until the database changes.
//!
//! Most pages are looked at again before anything was written: by the next of a team, whom the same
//! announcement told of the same change, or by the same person. Then every statement finds what it
//! found before, and asking once more what the state of the database is costs less than asking it
//! all. Nothing is ever shown that a statement would not find now: see the two ways of asking,
//! [`Reader`](crate::readers::Reader) and [`Snapshots`](crate::snapshots::Snapshots).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::types::Value as Owned;

use crate::direct::DirectArguments;

/// When there is no more room, one of so many goes: whichever, since nothing is known of what is
/// asked for next.
const GOES: usize = 4;
/// What is kept of one statement at most.
const LARGEST: usize = 128 << 10;
/// What an entry and a row take besides the bytes in them.
const ENTRY: usize = 128;

/// A state of the database, as far as this process has seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State(u64);

/// A statement, its values, and how many rows are wanted.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked(Box<[u8]>);

/// How much of what a statement finds is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    All,
    First,
}

pub(crate) struct Remembered<R>(Mutex<Inner<R>>);

struct Inner<R> {
    state: u64,
    found: HashMap<Asked, Entry<R>>,
    /// What it holds, and what it may.
    bytes: usize,
    most: usize,
}

struct Entry<R> {
    rows: Arc<[R]>,
    bytes: usize,
}

impl<R> Remembered<R> {
    /// Keeps so many bytes at most.
    pub(crate) fn new(most: usize) -> Self {
        Self(Mutex::new(Inner {
            state: 0,
            found: HashMap::new(),
            bytes: 0,
            most,
        }))
    }

    /// The state that is remembered.
    pub(crate) fn state(&self) -> State {
        State(self.inner().state)
    }

    /// Forgets everything: the database has changed, or may have.
    pub(crate) fn forget(&self) -> State {
        let mut inner = self.inner();
        inner.state += 1;
        inner.clear();
        State(inner.state)
    }

    /// What was found by whoever asked the same in the same state.
    pub(crate) fn find(&self, state: State, asked: &Asked) -> Option<Arc<[R]>> {
        let inner = self.inner();
        let found = inner.found.get(asked)?;
        (inner.state == state.0).then(|| Arc::clone(&found.rows))
    }

    /// Keeps what was found by somebody who came in that state: it may be newer, which whoever
    /// comes later learns by its being another state.
    pub(crate) fn keep(&self, state: State, asked: Asked, found: &Arc<[R]>, bytes: usize) {
        let bytes = bytes + asked.0.len() + ENTRY * (1 + found.len());
        let mut inner = self.inner();
        if inner.state != state.0 || bytes > LARGEST.min(inner.most) {
            return;
        }
        while inner.bytes + bytes > inner.most {
            inner.make_room();
        }
        inner.bytes += bytes;
        let rows = Arc::clone(found);
        if let Some(before) = inner.found.insert(asked, Entry { rows, bytes }) {
            inner.bytes -= before.bytes;
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner<R>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R> Inner<R> {
    fn clear(&mut self) {
        self.found.clear();
        self.bytes = 0;
    }

    fn make_room(&mut self) {
        let (mut number, bytes) = (0, &mut self.bytes);
        self.found.retain(|_, entry| {
            number += 1;
            let stays = number % GOES != 1;
            if !stays {
                *bytes -= entry.bytes;
            }
            stays
        });
    }
}

impl Asked {
    pub(crate) fn of(sql: &'static str, values: &DirectArguments, wanted: Wanted) -> Self {
        let mut all = Vec::with_capacity(32 + 24 * values.values().len());
        // A text that is never freed is known by its place.
        all.extend((sql.as_ptr().addr() as u64).to_ne_bytes());
        all.extend((sql.len() as u64).to_ne_bytes());
        all.push(wanted as u8);
        for value in values.values() {
            match value {
                Owned::Null => all.push(0),
                Owned::Integer(number) => {
                    all.push(1);
                    all.extend(number.to_ne_bytes());
                }
                Owned::Real(number) => {
                    all.push(2);
                    all.extend(number.to_ne_bytes());
                }
                Owned::Text(text) => add(&mut all, 3, text.as_bytes()),
                Owned::Blob(bytes) => add(&mut all, 4, bytes),
            }
        }
        Self(all.into())
    }
}

fn add(all: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    all.push(kind);
    all.extend((bytes.len() as u64).to_ne_bytes());
    all.extend(bytes);
}

#[cfg(test)]
mod tests {
    use sqlx::Arguments as _;

    use super::*;

    const SQL: &str = "SELECT 1";
    const MOST: usize = 1 << 20;

    fn asked(value: i64) -> Asked {
        let mut values = DirectArguments::default();
        values.add(value).unwrap();
        Asked::of(SQL, &values, Wanted::All)
    }

    #[test]
    fn what_was_found_is_known_until_the_state_changes() {
        let remembered = Remembered::new(MOST);
        let state = remembered.state();
        remembered.keep(state, asked(1), &Arc::from(["one"]), 3);
        let found = remembered.find(state, &asked(1));
        assert_eq!(found.as_deref(), Some(&["one"][..]));
        assert_eq!(remembered.find(state, &asked(2)), None);

        let later = remembered.forget();
        assert_eq!(remembered.find(later, &asked(1)), None);
        assert_eq!(remembered.find(state, &asked(1)), None);
    }

    #[test]
    fn whoever_came_before_a_change_leaves_nothing_to_those_after() {
        let remembered = Remembered::new(MOST);
        let before = remembered.state();
        let after = remembered.forget();
        remembered.keep(before, asked(1), &Arc::from(["old"]), 3);
        assert_eq!(remembered.find(after, &asked(1)), None);
    }

    #[test]
    fn the_first_row_is_not_all_rows_and_a_text_is_not_its_bytes() {
        let mut text = DirectArguments::default();
        text.add("a").unwrap();
        let mut bytes = DirectArguments::default();
        bytes.add(&b"a"[..]).unwrap();
        let all = Asked::of(SQL, &text, Wanted::All);
        assert_ne!(all, Asked::of(SQL, &text, Wanted::First));
        assert_ne!(all, Asked::of(SQL, &bytes, Wanted::All));
    }

    #[test]
    fn it_stays_small() {
        let remembered = Remembered::new(MOST);
        let state = remembered.state();
        for value in 0..40_000 {
            remembered.keep(state, asked(value), &Arc::from(["x"]), 1_000);
            assert!(remembered.inner().bytes <= MOST);
        }
        remembered.keep(state, asked(-1), &Arc::from(["x"]), LARGEST);
        assert_eq!(remembered.find(state, &asked(-1)), None);
    }
}
