//! Pigeon: a conversation inbox for any website.

pub mod accounts;
pub mod app;
pub mod assets;
pub mod catcher;
pub mod cli;
pub mod config;
pub mod conversations;
pub mod demo;
pub mod email_address;
pub mod encoding;
pub mod error;
pub mod i18n;
pub mod ids;
pub mod limits;
pub mod migrations;
pub mod secrets;
pub mod serve;
pub mod settings;
pub mod views;
pub mod web;
pub mod worker;

pub use app::App;
pub use error::{Error, Problems, Result};
