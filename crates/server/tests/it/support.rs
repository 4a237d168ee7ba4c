//! A running program of the test's own, and people who use it.

mod answer;
mod person;
mod test_app;
mod wire;

pub use answer::Answer;
pub use person::Person;
pub use test_app::TestApp;
pub use wire::{Line, talk};
