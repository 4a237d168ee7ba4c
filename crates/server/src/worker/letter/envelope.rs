use std::time::{Duration, UNIX_EPOCH};

use mail::{AutoSubmitted, Email, Mailbox};
use serde::Serialize;
use templates::Page;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{Participant, Thread, Unsubscribe},
    i18n::t_with,
    worker::letter::{Desk, Written},
};

/// The outside of an e-mail.
pub(super) struct Envelope {
    pub(super) from_name: String,
    pub(super) to: String,
    pub(super) subject: String,
    /// What all mail of one person about one thread refers to, so that it belongs together.
    pub(super) root: Option<String>,
    pub(super) unsubscribe: Option<Unsubscribe>,
}

impl Desk<'_> {
    pub(super) fn about_the_site(&self) -> String {
        t_with(
            "Your message to {siteName}",
            &[("siteName", &self.settings.site_name)],
        )
    }

    /// The name that mail by nobody in particular comes from.
    pub(super) fn sender(&self) -> String {
        let system = &self.app.config.mail_from.name;
        let named = [&self.settings.from_name, system, &self.settings.site_name];
        named
            .into_iter()
            .find(|name| !name.is_empty())
            .cloned()
            .unwrap_or_default()
    }

    /// From `author`, with the site's name, or from the site: never with an address of staff.
    pub(super) fn to_guest(
        &self,
        guest: &Participant,
        author: Option<&str>,
        unsubscribe: Unsubscribe,
    ) -> Envelope {
        let site = &self.settings.site_name;
        let named = author.map(|author| format!("{author}, {site}"));
        Envelope {
            from_name: named.unwrap_or_else(|| self.sender()),
            to: guest.email.clone().unwrap_or_default(),
            subject: guest.mail_subject.clone(),
            root: Some(guest.id.to_string()),
            unsubscribe: Some(unsubscribe),
        }
    }

    fn page(&self) -> Page {
        Page {
            now: self.now.as_micros(),
            time_zone: self
                .settings
                .time_zone
                .iana_name()
                .unwrap_or("UTC")
                .to_owned(),
            lang: "en".to_owned(),
            dir: "ltr".to_owned(),
            site_name: self.settings.site_name.clone(),
            site_url: self.app.config.origin(),
            form: None,
        }
    }

    pub(super) fn render(
        &self,
        name: &str,
        view: &impl Serialize,
        envelope: Envelope,
    ) -> Result<Written> {
        let page = self.page();
        let part = |part: &str| {
            self.app
                .templates
                .render(&format!("emails/{name}/{part}"), &page, view)
                .map_err(Error::internal("an e-mail's template failed"))
        };
        let host = self.app.config.site_url.host_str().unwrap_or("localhost");
        let root = envelope.root.map(|root| format!("<{root}@{host}>"));
        let from = match &self.settings.from_email {
            Some(address) => address.as_typed(),
            None => self.app.config.mail_from.address.as_typed(),
        };
        let address = |text: &str| {
            text.parse()
                .map_err(Error::internal("a stored address cannot be written to"))
        };
        let since = Duration::from_micros(u64::try_from(self.now.as_micros()).unwrap_or(0));
        let email = Email {
            from: Mailbox {
                name: envelope.from_name,
                address: address(from)?,
            },
            to: address(&envelope.to)?,
            subject: envelope.subject,
            text: part("body.txt")?,
            html: part("body.html")?,
            message_id: self.letter.message_id.clone(),
            in_reply_to: root.clone(),
            references: root.into_iter().collect(),
            list_id: Some(format!("pigeon.{host}")),
            list_unsubscribe: envelope
                .unsubscribe
                .map(|whose| self.unsubscribe_url(&whose)),
            auto_submitted: AutoSubmitted::Generated,
            date: UNIX_EPOCH + since,
        };
        Ok(Written {
            email,
            password_of: None,
        })
    }
}

/// To somebody of the team, from whoever wrote.
pub(super) fn to_staff(
    user: &User,
    thread: &Thread,
    subject: &str,
    author: &str,
    unsubscribe: Unsubscribe,
) -> Envelope {
    Envelope {
        from_name: author.to_owned(),
        to: user.email.clone(),
        subject: subject.to_owned(),
        root: Some(format!("{}.{}", thread.id, user.id)),
        unsubscribe: Some(unsubscribe),
    }
}

/// Also what a staff participant's mail about the thread is called for good.
pub(super) fn staff_subject(thread: &Thread) -> String {
    format!("{}: {}", thread.starter_name, thread.subject)
}
