use std::time::{Duration, Instant};

/// How long each part of sending may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Until the host is found and the connection stands.
    pub connect: Duration,
    /// Greeting, EHLO and TLS.
    pub greet: Duration,
    pub sign_in: Duration,
    /// Sender, recipient, and leave to send the mail itself.
    pub envelope: Duration,
    /// The mail, and the answer to it: where servers scan, this takes longest.
    pub data: Duration,
    /// All of it. Below the lease of the job that sends the mail.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            greet: Duration::from_secs(15),
            sign_in: Duration::from_secs(10),
            envelope: Duration::from_secs(15),
            data: Duration::from_secs(40),
            whole: Duration::from_secs(45),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Options {
    /// What we call ourselves to the server: this machine's host name.
    pub hello: Option<String>,
    pub limits: Limits,
    /// How long a connection waits for the next mail.
    pub keep_idle: Duration,
    /// The PEM of a certificate authority to trust beside the machine's.
    pub authority: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hello: None,
            limits: Limits::default(),
            keep_idle: Duration::from_secs(10),
            authority: None,
        }
    }
}

/// The part of sending that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Connect,
    Greet,
    Encrypt,
    SignIn,
    Sender,
    Recipient,
    Data,
}

/// When the whole mail has to be done.
pub(super) struct Deadline {
    at: Instant,
    limits: Limits,
}

impl Deadline {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            at: Instant::now() + limits.whole,
            limits,
        }
    }

    /// What is left for a phase that starts now.
    pub(super) fn left_for(&self, phase: Phase) -> Duration {
        let limit = match phase {
            Phase::Connect => self.limits.connect,
            Phase::Greet | Phase::Encrypt => self.limits.greet,
            Phase::SignIn => self.limits.sign_in,
            Phase::Sender | Phase::Recipient => self.limits.envelope,
            Phase::Data => self.limits.data,
        };
        limit.min(self.at.saturating_duration_since(Instant::now()))
    }
}
