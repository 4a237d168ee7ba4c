/// Why a mail was not sent. The words are for the people who run the site, and may repeat what the mail server said;
/// the error as text leaves them out, and may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Worth another attempt.
    #[error("the mail could not be sent for now")]
    Temporary(String),
    /// This mail will never be taken.
    #[error("the mail was refused for good")]
    Permanent(String),
    /// The whole mail was handed over, and no answer came: perhaps it was sent. Another attempt may make a copy.
    #[error("it is unknown whether the mail was sent")]
    Uncertain(String),
    /// No mail will be taken until somebody mends the set-up: name and password, encryption, sender. Says nothing
    /// against this mail, which should wait, and trying on could lock the account.
    #[error("the mail server cannot be used as it is set up")]
    Channel(String),
}

impl SendError {
    pub fn words(&self) -> &str {
        match self {
            Self::Temporary(words)
            | Self::Permanent(words)
            | Self::Uncertain(words)
            | Self::Channel(words) => words,
        }
    }
}
