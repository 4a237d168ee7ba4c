//! The command line as scripts see it: exit codes, and one clear line on standard error.

#![expect(
    unreachable_pub,
    reason = "a test has no outside: `pub` says what its parts share"
)]

mod pigeon;

mod accounts;
mod input;
mod jobs;

mod serving;
