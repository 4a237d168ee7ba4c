//! A lease, and a handler that cannot outlive it.

use std::{
    future::poll_fn,
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, ready},
    time::{Duration, Instant},
};

use db::{Clock, Timestamp};
use futures_util::FutureExt;
use tokio::time;

use crate::{Outcome, outcome::End};

/// How long a job is its worker's; after that anybody may take it.
pub(crate) const LEASE: Duration = Duration::from_mins(1);

/// How long a job is still ours. Two clocks tell: the machine's, which sees that it was suspended,
/// and the monotonic one, which nobody sets back.
#[derive(Debug)]
pub(crate) struct Lease {
    clock: Clock,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    until: Timestamp,
    since: Instant,
    acted: bool,
}

impl Lease {
    /// `now` and `since` are the same moment, before the lease was asked for.
    pub(crate) fn new(clock: Clock, now: Timestamp, since: Instant) -> Self {
        let held = Mutex::new(Held {
            until: now + LEASE,
            since,
            acted: false,
        });
        Self { clock, held }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn extend(&self, now: Timestamp, since: Instant) {
        let mut held = self.held();
        held.until = now + LEASE;
        held.since = since;
    }

    pub(crate) fn set_acted(&self) {
        self.held().acted = true;
    }

    pub(crate) fn has_acted(&self) -> bool {
        self.held().acted
    }

    pub(crate) fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    fn left(&self) -> Duration {
        let held = self.held();
        let by_date = held.until.since(self.clock.now());
        by_date.min(LEASE.saturating_sub(held.since.elapsed()))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `handler` while the lease lasts. The lease is looked at before each step, so a process that
/// was stopped takes none after it thaws.
pub(crate) async fn run_within(lease: &Lease, handler: impl Future<Output = Outcome>) -> End {
    let mut handler = pin!(AssertUnwindSafe(handler).catch_unwind());
    let mut alarm = pin!(time::sleep(lease.left()));
    poll_fn(|cx| {
        loop {
            if lease.is_over() {
                return Poll::Ready(End::Expired);
            }
            if let Poll::Ready(end) = handler.as_mut().poll(cx) {
                return Poll::Ready(match end {
                    Ok(outcome) => End::Outcome(outcome),
                    Err(panic) => End::Panic(panic_message(&*panic)),
                });
            }
            ready!(alarm.as_mut().poll(cx));
            let left = lease.left().max(Duration::from_millis(1));
            alarm.as_mut().reset(time::Instant::now() + left);
        }
    })
    .await
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
