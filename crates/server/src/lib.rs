//! Pigeon: a conversation inbox for any website.

pub mod accounts;
pub mod conversations;
pub mod error;
pub mod ids;
pub mod views;

pub use error::{Error, Problems, Result};
