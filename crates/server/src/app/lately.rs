use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use db::Timestamp;

/// What was last found out, for those who need not have it newer.
#[derive(Debug)]
pub struct Lately<T>(Mutex<Option<(Timestamp, T)>>);

impl<T> Default for Lately<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Lately<T> {
    /// If it was found out less than `age` ago.
    pub fn get(&self, age: Duration, now: Timestamp) -> Option<T> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = held.as_ref().filter(|(at, _)| now.since(*at) < age);
        fresh.map(|(_, found)| found.clone())
    }

    pub fn keep(&self, found: T, now: Timestamp) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some((now, found));
    }
}

/// How much was written in a week, before it is told in days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Quarters of an hour since 1970, with the messages that came in and went out.
    pub quarters: Vec<(i64, i64, i64)>,
    /// Between a question and its first answer, in microseconds; none, when nothing was answered.
    pub median_wait: Option<i64>,
}
