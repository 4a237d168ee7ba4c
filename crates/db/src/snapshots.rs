//! What state a PostgreSQL database is in.
//!
//! What a statement sees is settled by its snapshot: which transactions had ended when it began
//! (<https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT>). Two with
//! the same snapshot see the same. It never comes back once something was written: numbers of
//! transactions are given once, and a snapshot tells all those from which on none has ended.
//!
//! Those who ask at the same time ask together, as those who write are committed together.

use std::{
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use sqlx::postgres::PgRow;
use tokio::sync::Notify;

use crate::{
    Result,
    remembered::{Remembered, State},
};

pub(crate) const SQL: &str = "SELECT CAST(pg_current_snapshot() AS TEXT)";

/// A moment from which on what is committed may be unknown, by its number.
#[derive(Clone, Copy, Debug)]
pub struct Arrival(pub(crate) u64);

pub(crate) struct Snapshots {
    pub(crate) remembered: Arc<Remembered<PgRow>>,
    /// How many have asked so far.
    asked: AtomicU64,
    last: Mutex<Last>,
    /// A look has ended: all who wait for it go on at once, on every core.
    ended: Notify,
}

#[derive(Default)]
struct Last {
    /// How many had asked when the last look that was answered began.
    answered: u64,
    snapshot: String,
    /// Whether somebody is looking.
    looking: bool,
}

impl Snapshots {
    /// Remembers so many bytes of what was read.
    pub(crate) fn new(remembered: usize) -> Self {
        Self {
            remembered: Arc::new(Remembered::new(remembered)),
            asked: AtomicU64::new(0),
            last: Mutex::default(),
            ended: Notify::new(),
        }
    }

    /// From now on.
    pub(crate) fn arrive(&self) -> Arrival {
        Arrival(self.asked.fetch_add(1, SeqCst) + 1)
    }

    /// The state then, or later: `look` is called unless somebody's look began after that.
    pub(crate) async fn state<L>(&self, since: Arrival, look: impl FnOnce() -> L) -> Result<State>
    where
        L: Future<Output = Result<String>>,
    {
        loop {
            let mut ended = pin!(self.ended.notified());
            {
                let mut last = self.last();
                if last.answered >= since.0 {
                    return Ok(self.remembered.state());
                }
                if !last.looking {
                    last.looking = true;
                    break;
                }
                ended.as_mut().enable();
            }
            ended.await;
        }
        let looking = Looking(self);
        let answered = self.asked.load(SeqCst);
        let snapshot = look().await?;
        let mut last = self.last();
        if last.snapshot != snapshot {
            self.remembered.forget();
            last.snapshot = snapshot;
        }
        last.answered = answered;
        let state = self.remembered.state();
        drop(last);
        drop(looking);
        Ok(state)
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the next one look, even when whoever looked went away in between.
struct Looking<'a>(&'a Snapshots);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.0.last().looking = false;
        self.0.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::atomic::AtomicUsize,
        task::{Context, Waker},
    };

    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn those_who_ask_at_the_same_time_ask_together() {
        let snapshots = Arc::new(Snapshots::new(1 << 20));
        let looks = Arc::new(AtomicUsize::new(0));
        let ask = |since| {
            let (snapshots, looks) = (Arc::clone(&snapshots), Arc::clone(&looks));
            tokio::spawn(async move {
                let look = async || {
                    looks.fetch_add(1, SeqCst);
                    yield_now().await;
                    Ok("1:1:".to_owned())
                };
                snapshots.state(since, look).await.unwrap();
            })
        };
        let arrivals: Vec<_> = (0..8).map(|_| snapshots.arrive()).collect();
        for asked in arrivals.into_iter().map(ask).collect::<Vec<_>>() {
            asked.await.unwrap();
        }
        assert_eq!(looks.load(SeqCst), 1);
        // Whoever comes later wants to know what has happened since.
        ask(snapshots.arrive()).await.unwrap();
        assert_eq!(looks.load(SeqCst), 2);
    }

    #[test]
    fn whoever_goes_away_while_looking_leaves_it_to_the_next() {
        let snapshots = Snapshots::new(1 << 20);
        let look = async || Ok("1:1:".to_owned());
        let mut first = Box::pin(snapshots.state(snapshots.arrive(), pending));
        let mut second = Box::pin(snapshots.state(snapshots.arrive(), look));
        let mut context = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(second.as_mut().poll(&mut context).is_pending());
        drop(first);
        assert!(second.as_mut().poll(&mut context).is_ready());
    }
}
