//! What comes of a try, and what that means for the job.

use std::time::Duration;

use db::Timestamp;

use crate::Job;

const FIRST_WAIT: Duration = Duration::from_secs(10);
/// The longest wait between tries of a job that its server puts off.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// The longest wait when the server cannot be reached at all: soon after its return, mail flows.
const LONGEST_DOWN: Duration = Duration::from_mins(1);
/// Temporary failures are final after this long.
const GIVE_UP: Duration = Duration::from_hours(24);
/// So many tries may panic, or never come back.
const MAX_CRASHES: i64 = 5;
/// So many tries may have done their work without an answer.
const MAX_COPIES: i64 = 3;
const MAX_ERROR: usize = 2000;

/// What a handler made of its job. An error is kept in the words it is given, for people to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Not now, for a reason of this job's own. `after` is used when the other side named a time;
    /// else the wait grows from 10 seconds to an hour. Given up after a day.
    Retry {
        error: String,
        after: Option<Duration>,
    },
    /// What the whole lane depends on cannot be reached: the lane rests, for a minute at most, and
    /// then one job tries again.
    Down {
        error: String,
    },
    /// It may have worked, but the answer was lost: tried again, three times in all.
    Uncertain {
        error: String,
    },
    /// It will never work: parked at once.
    Fail {
        error: String,
    },
    /// It has waited for too long to be done by itself: parked until somebody decides.
    Stale,
}

/// How a try ended, seen by the worker.
#[derive(Debug)]
pub(crate) enum End {
    Outcome(Outcome),
    Panic(String),
    /// The lease ran out first; the job comes back by itself.
    Expired,
    /// The worker had to go; the job is due again at once.
    Stopped,
}

/// What becomes of the row of a job that is not done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub run_at: Timestamp,
    pub failures: i64,
    pub crashes: i64,
    pub copies: i64,
    pub failing_since: Option<Timestamp>,
    pub error: Option<String>,
    pub parked_at: Option<Timestamp>,
    pub stale: bool,
}

/// None: it is done. `random` spreads the next tries.
pub(crate) fn verdict(job: &Job, end: &End, now: Timestamp, random: u32) -> Option<Verdict> {
    let verdict = Verdict {
        run_at: now,
        failures: job.row.failures,
        crashes: job.row.crashes,
        copies: job.row.copies,
        failing_since: job.row.failing_since,
        error: None,
        parked_at: None,
        stale: false,
    };
    let wait = |longest| backoff(job.row.failures, longest, random);
    Some(match end {
        End::Outcome(Outcome::Done) => return None,
        End::Outcome(Outcome::Retry { error, after }) => {
            let wait = after.map_or_else(|| wait(LONGEST_WAIT), |after| after.min(GIVE_UP));
            verdict.put_off(error, wait, now)
        }
        End::Outcome(Outcome::Down { error }) => verdict.put_off(error, wait(LONGEST_DOWN), now),
        End::Outcome(Outcome::Uncertain { error }) => {
            let copies = job.row.copies + 1;
            let verdict = Verdict { copies, ..verdict };
            if copies >= MAX_COPIES {
                let error = format!("uncertain after {copies} tries: {error}");
                verdict.park(&error, now)
            } else {
                verdict.put_off(error, wait(LONGEST_WAIT), now)
            }
        }
        End::Outcome(Outcome::Fail { error }) => verdict.park(error, now),
        End::Outcome(Outcome::Stale) => Verdict {
            stale: true,
            parked_at: Some(now),
            ..verdict
        },
        End::Panic(message) => {
            let verdict = Verdict {
                crashes: job.row.crashes + 1,
                copies: job.copies_if_left_now(),
                ..verdict
            };
            if let Some(reason) = unfit(verdict.crashes, verdict.copies) {
                verdict.park(&format!("{reason}; the last one panicked: {message}"), now)
            } else {
                Verdict {
                    run_at: now + backoff(job.row.crashes, LONGEST_WAIT, random),
                    error: Some(shortened(&format!("panicked: {message}"))),
                    ..verdict
                }
            }
        }
        End::Expired | End::Stopped => Verdict {
            copies: job.copies_if_left_now(),
            ..verdict
        },
    })
}

/// Why a job with such a past is not to be tried again.
pub(crate) fn unfit(crashes: i64, copies: i64) -> Option<String> {
    if copies >= MAX_COPIES {
        Some(format!("uncertain after {copies} tries: no answer came"))
    } else if crashes >= MAX_CRASHES {
        Some(format!("{crashes} tries crashed or never came back"))
    } else {
        None
    }
}

/// How long a lane rests when it could not be reached so many times in a row.
pub(crate) fn rest(failures: i64, random: u32) -> Duration {
    backoff(failures - 1, LONGEST_DOWN, random)
}

impl Verdict {
    fn put_off(self, error: &str, wait: Duration, now: Timestamp) -> Self {
        let failing_since = self.failing_since.unwrap_or(now);
        let run_at = now + wait.max(Duration::from_secs(1));
        if run_at > failing_since + GIVE_UP {
            return self.park(&format!("given up after a day: {error}"), now);
        }
        Self {
            run_at,
            failures: self.failures + 1,
            failing_since: Some(failing_since),
            error: Some(shortened(error)),
            ..self
        }
    }

    fn park(self, error: &str, now: Timestamp) -> Self {
        Self {
            error: Some(shortened(error)),
            parked_at: Some(now),
            ..self
        }
    }
}

/// Doubles with each failure, up to `longest`, give or take a quarter.
fn backoff(failures: i64, longest: Duration, random: u32) -> Duration {
    let doublings = u32::try_from(failures.clamp(0, 20)).expect("20 is a u32");
    let wait = (FIRST_WAIT * 2_u32.pow(doublings)).min(longest);
    wait.mul_f64(0.75 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}

/// What fits the column: PostgreSQL stores no NUL.
fn shortened(error: &str) -> String {
    let kept = error.chars().filter(|c| *c != '\0');
    kept.take(MAX_ERROR).collect()
}
