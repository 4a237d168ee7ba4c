//! What the program does, seen from outside: through HTTP, and in the mail.

#![expect(
    unreachable_pub,
    reason = "a test has no outside: `pub` says what its parts share"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod admin;
mod alerts;
mod answering;
mod answers;
mod bodies;
mod bulk;
mod compression;
mod connections;
mod content;
mod deliveries;
mod demo;
mod doors;
mod drafts;
mod edges;
mod forms;
mod framing;
mod guests;
mod headers;
mod health;
mod hears;
mod held;
mod hosts;
mod identity;
mod keepers;
mod letters;
mod limits;
mod links;
mod live;
mod mail_out;
mod mentions;
mod nodes;
mod notes;
mod once;
mod origins;
mod overtaken;
mod panics;
mod passwords;
mod people;
mod presence;
mod promises;
mod readiness;
mod reference;
mod restoring;
mod saved_replies;
mod search;
mod set_up;
mod sign_in;
mod starting;
mod trash;
mod trouble;
mod undo;
mod visibility;
