//! One SQL text, two databases.
//!
//! Statements are written once, with `$1`-style parameters, which SQLite and PostgreSQL both
//! understand. [`Conn::query_each`] is for the few statements the two spell differently.
//!
//! Two differences bite, since nothing checks the text before it runs: PostgreSQL counts in
//! `BIGINT` but adds up in `NUMERIC` (write `CAST(sum(x) AS BIGINT)`), and a bare `SELECT 1` is a
//! 32-bit number there (write `CAST(1 AS BIGINT)`).

mod backup;
mod checkpoint;
mod clock_offset;
mod conn;
mod database;
mod direct;
mod events;
mod health;
mod loan;
mod migrate;
mod node;
mod options;
mod postgres;
mod query;
mod readers;
mod remembered;
mod snapshots;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod text_enum;
mod timestamp;
mod trouble;
mod tx;
mod writer;

pub use conn::Conn;
pub use database::{Db, Kind};
pub use direct::{Direct, DirectRow};
pub use events::{Event, Events};
pub use health::Unready;
pub use migrate::{MigrateError, Migration, SchemaState, migrate, schema_state};
pub use options::Options;
pub use query::{Query, Row, Scalar, Value};
pub use snapshots::Arrival;
pub use timestamp::{Clock, Timestamp};
pub use trouble::{Trouble, is_unique_violation, trouble};
pub use tx::Tx;

pub type Result<T> = std::result::Result<T, sqlx::Error>;
