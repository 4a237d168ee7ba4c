//! A running program of the test's own, and people who use it.

mod actors;
mod answer;
mod dump;
mod forms;
mod guest;
mod hearing;
mod listener;
mod markup;
mod person;
mod test_app;
mod wire;

pub use actors::{Actor, Actors};
pub use answer::Answer;
pub use dump::statements;
pub use forms::{Form, away, reset_link};
pub use guest::{Guest, link_in, links_in, unsubscribe_in};
pub use hearing::{id_of, id_of_user, told};
pub use listener::Listener;
pub use markup::{assert_inert, elements, unescaped, unmarked, words};
pub use person::Person;
pub use test_app::{FRIEND, SITE, TestApp};
pub use wire::{Line, talk};
