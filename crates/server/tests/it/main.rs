//! What the program does, seen from outside: through HTTP, and in the mail.

mod support;

mod bodies;
mod connections;
mod framing;
mod headers;
mod health;
mod hosts;
mod panics;
