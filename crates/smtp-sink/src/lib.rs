//! A mail server for tests: real TCP on loopback, keeps what it gets, and fails on demand in the ways that mail
//! servers fail. It ends a mail at anything that any server in the world takes for the end, so that a body which
//! could smuggle a second mail past a careless server does so here.

mod certificate;
mod mail;
mod mode;
mod session;
mod sink;
mod wire;

pub use certificate::Certificate;
pub use mail::Mail;
pub use mode::Mode;
pub use sink::{Options, Sink, Tls};
