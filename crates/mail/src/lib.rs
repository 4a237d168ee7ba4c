//! An e-mail, and the ways to send it.

mod address;
mod email;
mod error;
mod header;
mod mailer;
mod memory;
mod message;
mod smtp;
mod smtp_url;

pub use address::{Address, BadAddress, Mailbox};
pub use email::{AutoSubmitted, Email};
pub use error::SendError;
pub use mailer::Mailer;
pub use memory::Memory;
pub use smtp::{Limits, NoEncryption, Options, Smtp};
pub use smtp_url::{BadUrl, Encryption, SmtpUrl};
