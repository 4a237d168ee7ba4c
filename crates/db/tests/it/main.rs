//! The database layer, from outside; on PostgreSQL where `TEST_DATABASE_URL` is set.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod migrations;
mod statements;
