//! Turns a queued letter into an e-mail: looks whether it is still wanted, makes the links that it
//! needs and commits them, and renders it.

mod envelope;
mod guests;
mod team;

use db::Timestamp;
use mail::Email;
use serde::Serialize;

use crate::{
    App, Result,
    accounts::{User, reset},
    conversations::{
        Participant, Unsubscribe,
        notify::{Letter, What},
    },
    i18n::{t, t_with},
    ids::{ParticipantId, UserId},
    settings::Settings,
    views::emails,
};

use envelope::Envelope;

/// An e-mail, and what else who sees caught mail must know of it.
pub(super) struct Written {
    pub email: Email,
    /// Whose password it would let somebody choose.
    pub password_of: Option<UserId>,
}

/// None when nobody wants it any more.
pub(super) async fn write(app: &App, letter: &Letter, now: Timestamp) -> Result<Option<Written>> {
    let settings = app.settings();
    let desk = Desk {
        app,
        settings: &settings,
        letter,
        now,
    };
    match &letter.what {
        What::Received { to, .. } => desk.received(*to).await,
        What::Answer { to, message } => desk.answer(*to, *message).await,
        What::Team { to, message } => desk.team(*to, *message).await,
        What::Alert {
            to,
            thread,
            message,
        } => desk.alert(*to, *thread, *message).await,
        What::AlertAddress {
            to,
            thread,
            message,
        } => desk.alert_address(to, *thread, *message).await,
        What::Mentioned {
            to,
            thread,
            message,
        } => desk.mentioned(*to, *thread, *message).await,
        What::Assigned { to, by, .. } => desk.assigned(*to, by).await,
        What::Added { to, by, .. } => desk.added(*to, by).await,
        What::NewLinks { to } => desk.new_links(to, true).await,
        What::NewLink { to, .. } => desk.new_links(&[*to], false).await,
        What::AssignedMany { to, by, undo } => desk.assigned_many(*to, by, *undo).await,
        What::Password { to } => desk.password(*to).await,
        What::Test { to } => desk.test(*to).await,
    }
}

/// A view without anything in it.
#[derive(Serialize)]
struct Nothing {}

/// Where one letter is written.
struct Desk<'a> {
    app: &'a App,
    settings: &'a Settings,
    letter: &'a Letter,
    now: Timestamp,
}

impl Desk<'_> {
    async fn added(&self, to: ParticipantId, by: &str) -> Result<Option<Written>> {
        let participant = Participant::get(&mut self.app.db.read().await?, to).await?;
        match participant {
            Some(staff) if staff.user_id.is_some() => self.added_staff(to, by).await,
            Some(_) => self.added_guest(to, by).await,
            None => Ok(None),
        }
    }

    async fn password(&self, to: UserId) -> Result<Option<Written>> {
        let mut tx = self.app.db.begin().await?;
        let user = User::find(&mut tx, to).await?;
        let Some(user) = user.filter(User::is_active) else {
            return Ok(None);
        };
        let token = reset::mint(&mut tx, user.id, self.now).await?;
        tx.commit().await?;

        let reset_url = self.app.config.url(&format!("/pigeon/reset/{token}"));
        let view = emails::Password { reset_url };
        let envelope = Envelope {
            from_name: self.sender(),
            to: user.email,
            subject: t("Choose a new password").to_owned(),
            root: None,
            unsubscribe: None,
        };
        let written = self.render("password", &view, envelope)?;
        Ok(Some(Written {
            password_of: Some(user.id),
            ..written
        }))
    }

    async fn test(&self, to: UserId) -> Result<Option<Written>> {
        let user = User::find(&mut self.app.db.read().await?, to).await?;
        let Some(user) = user.filter(User::is_active) else {
            return Ok(None);
        };
        let envelope = Envelope {
            from_name: self.sender(),
            to: user.email,
            subject: t_with(
                "Test mail from {site}",
                &[("site", &self.settings.site_name)],
            ),
            root: None,
            unsubscribe: None,
        };
        self.render("test", &Nothing {}, envelope).map(Some)
    }

    fn unsubscribe_url(&self, whose: &Unsubscribe) -> String {
        self.app
            .config
            .url(&format!("/pigeon/u/{}", whose.seal(&self.app.secrets)))
    }
}
