use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use db::Timestamp;

use super::network;
use crate::{Error, Result};

/// Wrong links a minute that one network may try before it is told to wait.
const MOST: u32 = 60;
const WINDOW: Duration = Duration::from_mins(1);
/// So many networks are remembered; then all are forgotten, which costs nobody anything.
const REMEMBERED: usize = 10_000;

/// How often each network has lately come with a link that does not work. In memory, so that
/// guessing writes nothing; and only asked where a link did not work, so that none that does is
/// ever refused.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<HashMap<String, Window>>);

#[derive(Debug)]
struct Window {
    began: Timestamp,
    count: u32,
}

impl Guesses {
    /// Counts a wrong link; refuses when there were too many.
    pub fn count(&self, from: IpAddr, now: Timestamp) -> Result<()> {
        let mut networks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if networks.len() >= REMEMBERED {
            networks.clear();
        }
        let new = || Window {
            began: now,
            count: 0,
        };
        let window = networks.entry(network(from)).or_insert_with(new);
        if now.since(window.began) >= WINDOW {
            *window = new();
        }
        window.count = window.count.saturating_add(1);
        if window.count > MOST {
            let retry_after = WINDOW.saturating_sub(now.since(window.began));
            return Err(Error::TooMany { retry_after });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_a_minute_may_be_wrong_and_each_network_counts_by_itself() {
        let guesses = Guesses::default();
        let from = |text: &str| text.parse::<IpAddr>().unwrap();
        let now = Timestamp::from_micros(0);
        for _ in 0..60 {
            guesses.count(from("192.0.2.1"), now).unwrap();
        }
        assert!(guesses.count(from("192.0.2.1"), now).is_err());
        guesses.count(from("192.0.2.2"), now).unwrap();
        guesses
            .count(from("192.0.2.1"), now + WINDOW)
            .expect("a minute later");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let guesses = Guesses::default();
        for n in 0..100_000_u32 {
            let from = IpAddr::from(n.to_be_bytes());
            guesses.count(from, Timestamp::from_micros(0)).unwrap();
        }
        assert!(guesses.0.lock().unwrap().len() <= REMEMBERED);
    }
}
