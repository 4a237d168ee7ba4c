//! What was rendered lately.

use std::collections::HashMap;

/// What an entry takes besides what it keeps, in bytes.
const ENTRY: usize = 128;
/// When there is no more room, one of so many goes: whichever, since nothing is known of what is
/// asked for next.
const GOES: usize = 4;

pub(crate) struct Kept<T> {
    entries: HashMap<u128, Entry<T>>,
    /// What it holds, and what it may, in bytes.
    bytes: usize,
    most: usize,
}

#[derive(Clone)]
struct Entry<T> {
    what: T,
    bytes: usize,
    /// It says what is true from then to then, in microseconds.
    from: i64,
    until: i64,
}

impl<T: Clone> Kept<T> {
    /// Keeps so many bytes at most.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            entries: HashMap::new(),
            bytes: 0,
            most,
        }
    }

    pub(crate) fn find(&self, key: u128, now: i64) -> Option<T> {
        let found = self.entries.get(&key)?;
        let holds = (found.from..found.until).contains(&now);
        holds.then(|| found.what.clone())
    }

    pub(crate) fn put(&mut self, key: u128, from: i64, until: i64, what: T, bytes: usize) {
        let bytes = bytes + ENTRY;
        if from >= until || bytes > self.most {
            return;
        }
        while self.bytes + bytes > self.most {
            self.make_room();
        }
        let entry = Entry {
            what,
            bytes,
            from,
            until,
        };
        self.bytes += bytes;
        if let Some(before) = self.entries.insert(key, entry) {
            self.bytes -= before.bytes;
        }
    }

    fn make_room(&mut self) {
        let mut number = 0;
        self.entries.retain(|_, entry| {
            number += 1;
            let stays = number % GOES != 1;
            if !stays {
                self.bytes -= entry.bytes;
            }
            stays
        });
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.entries.values().map(|entry| entry.bytes).sum()
    }
}
