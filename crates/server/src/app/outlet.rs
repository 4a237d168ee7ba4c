use mail::{Email, Limits, Mailer, Memory, SendError, Smtp};

use crate::{App, Error, Result, catcher, config::Config, ids::UserId};

/// Where mail leaves: to a mail server, or into the built-in catcher.
#[derive(Clone, Debug)]
pub enum Outlet {
    Mailer(Mailer),
    Catcher,
}

impl Outlet {
    /// Without `smtp_url` all mail is caught.
    pub fn new(config: &Config) -> Result<Self> {
        let _ = (config, Limits::default());
        Ok(Self::Catcher)
    }

    pub fn is_catcher(&self) -> bool {
        matches!(self, Self::Catcher)
    }

    /// `password_of`: whose password the mail would let its reader choose.
    pub async fn send(
        &self,
        app: &App,
        email: &Email,
        password_of: Option<UserId>,
    ) -> Result<(), SendError> {
        match self {
            Self::Mailer(mailer) => mailer.send(email).await,
            Self::Catcher => catcher::keep(app, email, password_of)
                .await
                .map_err(|error| SendError::Temporary(error.to_string())),
        }
    }
}
