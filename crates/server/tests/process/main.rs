//! What holds for the real program, as the operating system sees it: killed, stopped, ended.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod crash;
mod program;
mod stopped;
mod terminated;
