use mail::{Mailer, Options, Smtp};

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
        let Some(server) = &config.smtp_url else {
            return Ok(Self::Catcher);
        };
        let options = Options {
            hello: config.site_url.host_str().map(str::to_owned),
            ..Options::default()
        };
        let smtp = Smtp::new(server.clone(), options)
            .map_err(Error::internal("`smtp_url` cannot be used"))?;
        Ok(Self::Mailer(Mailer::Smtp(smtp)))
    }

    pub fn is_catcher(&self) -> bool {
        matches!(self, Self::Catcher)
    }
}
