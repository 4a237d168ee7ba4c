use std::{
    error::Error as _,
    io::{self, ErrorKind::ConnectionRefused},
};

use lettre::transport::smtp;

use super::limits::Phase;
use crate::{error::SendError, header::one_line, smtp_url::SmtpUrl};

/// Longer answers of a server are cut, in characters.
const LONGEST: usize = 500;

/// What went wrong, and when.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) phase: Phase,
    pub(super) trouble: Trouble,
    /// Whether all of the mail was on its way: without an answer it may have been sent.
    pub(super) handed_over: bool,
}

#[derive(Debug)]
pub(super) enum Trouble {
    /// The phase took too long.
    Late,
    /// The server's answer, or a broken connection.
    Smtp(smtp::Error),
    Io(io::Error),
    /// The server answered what makes no sense there.
    Nonsense,
    /// The server cannot do what this mail needs.
    Lacks(&'static str),
    /// The server does not do what we insist on.
    Insecure(&'static str),
}

impl Refusal {
    pub(super) fn new(phase: Phase, trouble: Trouble) -> Self {
        Self {
            phase,
            trouble,
            handed_over: false,
        }
    }

    /// The server's code, if it answered.
    fn code(&self) -> Option<u16> {
        match &self.trouble {
            Trouble::Smtp(error) => error.status().map(u16::from),
            _ => None,
        }
    }

    /// Whether the connection can take another mail: only after a proper answer other than "closing".
    pub(super) fn leaves_connection(&self) -> bool {
        matches!(self.trouble, Trouble::Lacks(_)) || self.code().is_some_and(|code| code != 421)
    }

    pub(super) fn into_error(self, server: &SmtpUrl) -> SendError {
        let words = self.words(server);
        if let Some(code) = self.code() {
            return self.of_code(code, words);
        }
        match &self.trouble {
            Trouble::Lacks(_) => SendError::Permanent(words),
            Trouble::Insecure(_) => SendError::Channel(words),
            _ if self.handed_over => SendError::Uncertain(words),
            // What lettre itself refuses: no way to sign in that both sides know.
            Trouble::Smtp(error) if is_of_tls(error) || error.is_client() => {
                SendError::Channel(words)
            }
            _ => SendError::Temporary(words),
        }
    }

    fn of_code(&self, code: u16, words: String) -> SendError {
        // 530 wants a sign-in first. 552 is "too big": all that a server can have against this mail, and not against
        // our set-up, when it hears the sender.
        let is_of_mail = matches!(self.phase, Phase::Recipient | Phase::Data);
        match code {
            ..500 => SendError::Temporary(words),
            530 => SendError::Channel(words),
            552 => SendError::Permanent(words),
            _ if is_of_mail => SendError::Permanent(words),
            _ => SendError::Channel(words),
        }
    }

    fn words(&self, server: &SmtpUrl) -> String {
        if let (Some(code), Trouble::Smtp(error)) = (self.code(), &self.trouble) {
            let said = error.source().map(ToString::to_string).unwrap_or_default();
            let said: String = one_line(&said).chars().take(LONGEST).collect();
            return format!("{server} answered {code} {said} to {}", self.step());
        }
        match &self.trouble {
            Trouble::Late => format!("{server} took too long over {}", self.step()),
            Trouble::Lacks(what) => format!("{server} does not take {what}"),
            Trouble::Insecure(what) => format!("{server} {what}"),
            Trouble::Nonsense => format!("{server} answered nonsense to {}", self.step()),
            Trouble::Io(error) if self.phase == Phase::Connect => {
                format!("{server} does not answer ({error}): check name and port")
            }
            Trouble::Io(error) => format!("the connection to {server} broke: {error}"),
            Trouble::Smtp(error)
                if io_cause(error).is_some_and(|io| io.kind() == ConnectionRefused) =>
            {
                format!("{server} does not answer (connection refused): check name and port")
            }
            Trouble::Smtp(error) => {
                let cause: String = one_line(&error.to_string()).chars().take(LONGEST).collect();
                format!("{server} failed at {}: {cause}", self.step())
            }
        }
    }

    fn step(&self) -> &'static str {
        match self.phase {
            Phase::Connect => "the connection",
            Phase::Greet => "the greeting",
            Phase::Encrypt => "encryption",
            Phase::SignIn => "signing in",
            Phase::Sender => "the sender",
            Phase::Recipient => "the recipient",
            Phase::Data => "the mail",
        }
    }
}

/// Whether a certificate or something else in the handshake was wrong, as against a connection that broke.
fn is_of_tls(error: &smtp::Error) -> bool {
    io_cause(error).is_some_and(|io| io.kind() == io::ErrorKind::InvalidData)
}

fn io_cause(error: &smtp::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref() {
            return Some(io);
        }
        cause = error.source();
    }
    None
}
