//! The queue on a real database: SQLite, or PostgreSQL with `TEST_DATABASE_URL`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod back_off;
mod by_hand;
mod crashes;
mod lanes;
mod leases;
mod pushing;
mod schedules;
mod support;
