//! What pages and JSON show: plain data, each with samples that every template is rendered with.
//! Views for guests are types of their own, which cannot hold a note or a staff address.

pub mod account;
pub mod contact;
pub mod conversation;
pub mod dashboard;
pub mod emails;
pub mod error;
pub mod export;
pub mod guest;
pub mod inbox;
pub mod mail_catcher;
pub mod new_conversation;
pub mod present;
pub mod profile;
pub mod queue;
#[cfg(test)]
mod rendering;
pub mod samples;
pub mod saved_replies;
pub mod settings;
pub mod shell;
#[cfg(test)]
mod tests;
