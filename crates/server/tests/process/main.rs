//! What holds for the real program, as the operating system sees it: killed, stopped, starved, ended.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod crash;
mod memory;
mod program;
mod starved;
mod stopped;
mod terminated;
