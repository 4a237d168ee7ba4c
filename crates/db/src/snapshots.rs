//! What state a PostgreSQL database is in.
//!
//! What a statement sees is settled by its snapshot: which transactions had ended when it began
//! (<https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT>). Two with
//! the same snapshot see the same. It never comes back once something was written: numbers of
//! transactions are given once, and a snapshot tells all those from which on none has ended.
//!
//! Those who ask at the same time ask together, as those who write are committed together.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::SeqCst},
};

use sqlx::postgres::PgRow;
use tokio::sync::Mutex;

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
}

#[derive(Default)]
struct Last {
    /// How many had asked when the last look began.
    answered: u64,
    snapshot: String,
}

impl Snapshots {
    /// Remembers so many bytes of what was read.
    pub(crate) fn new(remembered: usize) -> Self {
        Self {
            remembered: Arc::new(Remembered::new(remembered)),
            asked: AtomicU64::new(0),
            last: Mutex::default(),
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
        let mut last = self.last.lock().await;
        if last.answered < since.0 {
            let answered = self.asked.load(SeqCst);
            let snapshot = look().await?;
            if last.snapshot != snapshot {
                self.remembered.forget();
                last.snapshot = snapshot;
            }
            last.answered = answered;
        }
        Ok(self.remembered.state())
    }
}
