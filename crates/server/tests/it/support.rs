//! A running program of the test's own, and people who use it.

mod actors;
mod answer;
mod person;
mod test_app;
mod wire;

pub use actors::{Actor, Actors};
pub use answer::Answer;
pub use person::Person;
pub use test_app::{FRIEND, SITE, TestApp};
pub use wire::{Line, talk};
