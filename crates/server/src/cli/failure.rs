use std::{error::Error as _, fmt};

use crate::{Error, config::ConfigError};

pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command ends early.
#[derive(Debug)]
pub enum Failure {
    /// What was typed is wrong, in one line.
    Input(String),
    /// What could not be done, in one line.
    Other(String),
    Error(Error),
}

impl Failure {
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) => 2,
            Self::Other(_) | Self::Error(_) => 1,
        }
    }
}

/// One line: what failed, and why.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match self {
            Self::Input(line) | Self::Other(line) => return f.write_str(line),
            Self::Error(Error::Conflict(why) | Error::Forbidden(why)) => return f.write_str(why),
            Self::Error(error) => error,
        };
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some errors repeat their cause.
            if !line.contains(&text) {
                line = format!("{line}: {text}");
            }
            cause = error.source();
        }
        f.write_str(&line.replace(['\n', '\r'], " "))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Error::Invalid(problems) = error else {
            return Self::Error(error);
        };
        let problems: Vec<_> = problems
            .0
            .iter()
            .map(|(field, problems)| format!("{field}: {}", problems.join(" ")))
            .collect();
        Self::Input(problems.join("; "))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Input(error.0)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Error(error.into())
    }
}
