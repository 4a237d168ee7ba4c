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
    /// If it was found out less than `age` ago; with for how long that is so.
    pub fn get(&self, age: Duration, now: Timestamp) -> Option<(T, Duration)> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, found) = held.as_ref()?;
        let left = age
            .checked_sub(now.since(*at))
            .filter(|left| !left.is_zero())?;
        Some((found.clone(), left))
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
