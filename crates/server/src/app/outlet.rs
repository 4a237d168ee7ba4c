use mail::{Mailer, Options, Smtp, SmtpUrl};

use crate::{Error, Result, config::Config};

/// Where mail leaves: to a mail server, or into the built-in catcher.
#[derive(Clone, Debug)]
pub enum Outlet {
    Mailer(Mailer),
    Catcher,
}

impl Outlet {
    /// Without `smtp_url` all mail is caught.
    pub(super) fn new(config: &Config) -> Result<Self> {
        let Some(url) = &config.smtp_url else {
            return Ok(Self::Catcher);
        };
        let wrong = "`smtp_url` cannot be used";
        let server: SmtpUrl = url.as_str().parse().map_err(Error::internal(wrong))?;
        let smtp = Smtp::new(server, Options::default()).map_err(Error::internal(wrong))?;
        Ok(Self::Mailer(Mailer::Smtp(smtp)))
    }

    pub fn is_catcher(&self) -> bool {
        matches!(self, Self::Catcher)
    }
}
