//! The database layer, from outside; on PostgreSQL where `TEST_DATABASE_URL` is set.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod backup;
mod batch;
mod cancelled;
mod durable;
mod events;
mod migrations;
mod postgres;
mod posting;
mod readiness;
mod reading;
mod remembered;
mod statements;
mod throughput;
mod writer;
