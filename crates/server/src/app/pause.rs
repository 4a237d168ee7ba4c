use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use db::Timestamp;

const FIRST: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_mins(15);

/// A rest for all mail: after the mail server refused our password, or could not be trusted, trying
/// on with every mail would only get the account locked.
#[derive(Debug, Default)]
pub struct Pause(Mutex<Option<Rest>>);

#[derive(Clone, Debug)]
struct Rest {
    until: Timestamp,
    /// How long the next one is.
    next: Duration,
    words: String,
}

impl Pause {
    /// How long mail rests still, and why.
    pub fn left(&self, now: Timestamp) -> Option<(Duration, String)> {
        let rest = self.lock();
        let rest = rest.as_ref().filter(|rest| rest.until > now)?;
        Some((rest.until.since(now), rest.words.clone()))
    }

    /// The set-up is wrong: rest, longer each time.
    pub fn begin(&self, words: &str, now: Timestamp) {
        let mut rest = self.lock();
        let length = rest.as_ref().map_or(FIRST, |rest| rest.next);
        let next = (length * 2).min(LONGEST);
        *rest = Some(Rest {
            until: now + length,
            next,
            words: words.to_owned(),
        });
    }

    /// Mail flows.
    pub fn end(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Rest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rest_is_longer_until_mail_flows_again() {
        let (pause, now) = (Pause::default(), Timestamp::from_micros(0));
        assert!(pause.left(now).is_none());
        let mut lengths = Vec::new();
        for _ in 0..6 {
            pause.begin("535 wrong password", now);
            lengths.push(pause.left(now).unwrap().0.as_secs() / 60);
        }
        assert_eq!(lengths, [1, 2, 4, 8, 15, 15]);
        assert!(pause.left(now + LONGEST).is_none());
        pause.end();
        pause.begin("535 wrong password", now);
        assert_eq!(pause.left(now).unwrap().0, FIRST);
    }
}
