//! Nodes go by the database's clock, so that they agree on what is due and what has expired.

use std::{
    sync::{Weak, atomic::Ordering::Relaxed},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};

use crate::{Error, Result, app::Inner};

/// A machine whose clock is further off has something wrong with it, and does not work.
const MOST: Duration = Duration::from_mins(5);
const EVERY: Duration = Duration::from_mins(1);

/// Told by whatever does not work meanwhile.
pub const SKEWED: &str =
    "this machine’s clock differs from the database’s by more than five minutes: set it right";

impl Inner {
    /// Measures how far the database's clock is ahead, and goes by it.
    pub async fn look_at_clocks(&self) -> Result<()> {
        let ahead = self.db.clock_offset().await?;
        self.go_by(ahead);
        Ok(())
    }

    /// The database's clock is so many microseconds ahead of this machine's.
    pub fn go_by(&self, ahead: i64) {
        let skewed = u128::from(ahead.unsigned_abs()) > MOST.as_micros();
        if skewed {
            tracing::error!(ahead_micros = ahead, "{SKEWED}");
        } else {
            self.clock.follow(ahead);
        }
        self.skewed.store(skewed, Relaxed);
    }

    /// An error while this node may not work.
    pub fn ensure_in_time(&self) -> Result<(), &'static str> {
        if self.skewed.load(Relaxed) {
            return Err(SKEWED);
        }
        Ok(())
    }
}

/// Until the app is gone. While the database is gone, what was found last counts.
pub(super) async fn watch(app: Weak<Inner>) {
    let mut looks = interval(EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks.tick().await; // opening has looked already
    loop {
        looks.tick().await;
        let Some(app) = app.upgrade() else { return };
        if let Err(error) = app.look_at_clocks().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "cannot read the clock"
            );
        }
    }
}

/// What opening answers where the clocks differ.
pub(super) fn refused() -> Error {
    Error::Internal {
        what: SKEWED,
        source: "the database cannot be worked with until then".into(),
    }
}
