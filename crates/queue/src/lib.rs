//! Durable jobs on `db`.
//!
//! A job is a row, [pushed](push) in the transaction of what causes it. A [`Worker`] takes it by
//! lease: `run_at` moves a minute ahead and `attempt` grows, so a dead worker's jobs come back by
//! themselves, and whoever lost the lease is fenced off by the attempt's number. Success deletes
//! the row; a temporary failure waits, longer each time; a final one is parked with its reason.
//!
//! Jobs stand in *lanes*: one for each thing that can be slow by itself, such as a mail server.
//! Lanes take turns, and however many jobs wait in one, the others' go on.

mod claim;
mod counts;
mod crew;
mod finish;
mod job;
mod lanes;
mod lease;
mod list;
mod outcome;
#[cfg(test)]
mod plans;
mod push;
mod retry;
mod schedule;
mod told;
mod worker;

pub use counts::{Counts, Trouble, counts, trouble};
pub use job::{Acting, Job, JobId};
pub use list::{Cursor, Listed, PAGE, State, failed_page, stale_page, waiting_page};
pub use outcome::Outcome;
pub use push::{NewJob, push, push_all, push_all_about};
pub use retry::{
    Dropped, Retried, drop_about, drop_job, drop_some_failed, drop_some_stale, release_stale,
    retry, retry_all,
};
pub use schedule::Schedule;
pub use worker::{Options, Ran, Worker};

/// What is announced when jobs were pushed, so that workers need not wait for their next look.
pub const TOPIC: &str = "jobs";
