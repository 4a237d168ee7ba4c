//! Tests that listen to their whole process, and so want it for themselves.

#![expect(
    unreachable_pub,
    reason = "a test has no outside: `pub` says what its parts share"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(
    dead_code,
    unused_imports,
    reason = "what people can do is more than these tests need"
)]
#[path = "../it/support/mod.rs"]
mod support;

mod logs;
mod plans;
