//! Sending to a real server over TCP, which fails in every way that mail servers do.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

mod connections;
mod encryption;
mod hostile;
mod limits;
mod outcomes;
mod people;
mod raw;
