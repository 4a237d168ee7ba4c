use crate::{config::Config, email_address::Address, settings::Settings};

/// What everything that posts knows of the house it posts in.
#[derive(Clone, Debug)]
pub struct Office {
    pub site_name: String,
    /// The host in the Message-IDs that we make.
    pub mail_host: String,
    /// Who is alerted of a customer's message that nobody is assigned to; if none, all staff.
    pub recipients: Vec<Address>,
    /// Canonical forms of our own addresses: never recipients.
    pub own: Vec<String>,
}

impl Office {
    pub fn new(config: &Config, settings: &Settings) -> Self {
        let own = [
            Some(&config.mail_from.address),
            settings.from_email.as_ref(),
        ];
        Self {
            site_name: settings.site_name.clone(),
            mail_host: config.site_url.host_str().unwrap_or("localhost").to_owned(),
            recipients: settings.support_notification_recipients.clone(),
            own: own
                .into_iter()
                .flatten()
                .map(|address| address.key().to_owned())
                .collect(),
        }
    }

    /// A Message-ID that says nothing about what it is for.
    pub(super) fn new_message_id(&self) -> String {
        format!("<{}@{}>", crate::secrets::token(), self.mail_host)
    }
}
