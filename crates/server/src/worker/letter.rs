//! Turns a queued letter into an e-mail: looks whether it is still wanted, makes the links that it
//! needs and commits them, and renders it.

mod envelope;

use db::{Conn, Timestamp, Tx};
use mail::Email;
use serde::Serialize;

use crate::{
    App, Error, Result,
    accounts::{Permission, User, reset},
    conversations::{
        HandedOut, Message, MessageKind, Notify, Participant, Status, Thread, Unsubscribe,
        is_mail_refused, link_works_until, mint,
        notify::{Letter, What},
    },
    email_address::Address,
    i18n::{t, t_with},
    ids::{MessageId, ParticipantId, ThreadId, UserId},
    settings::Settings,
    views::emails,
};

use envelope::{Envelope, staff_subject};

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
        What::Received { to } => desk.received(*to).await,
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
        What::Assigned { to, by } => desk.assigned(*to, by).await,
        What::NewLinks { to } => desk.new_links(to).await,
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
    async fn received(&self, to: ParticipantId) -> Result<Option<Written>> {
        let mut tx = self.app.db.begin().await?;
        let Some((guest, thread)) = self.wanting_guest(&mut tx, to).await? else {
            return Ok(None);
        };
        let link_url = self.new_link(&mut tx, &guest).await?;
        tx.commit().await?;

        let unsubscribe = Unsubscribe::Participant(guest.id);
        let view = emails::Received {
            link_url,
            works_until: self.works_until(&thread),
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        self.render("received", &view, self.to_guest(&guest, None, unsubscribe))
            .map(Some)
    }

    async fn answer(&self, to: ParticipantId, message: MessageId) -> Result<Option<Written>> {
        let mut tx = self.app.db.begin().await?;
        let Some((guest, thread)) = self.wanting_guest(&mut tx, to).await? else {
            return Ok(None);
        };
        let message = Message::get(&mut tx, thread.id, message)
            .await?
            .ok_or(Error::NotFound)?;
        // A note never leaves the team, and what a stranger typed reaches no unproved address.
        let is_for_them =
            message.kind == MessageKind::Message && (message.by_staff || guest.proved_at.is_some());
        if !is_for_them {
            return Ok(None);
        }
        let quote = match guest.proved_at {
            Some(_) => Message::last_by(&mut tx, &guest, message.seq).await?,
            None => None,
        };
        let link_url = self.new_link(&mut tx, &guest).await?;
        tx.commit().await?;

        let unsubscribe = Unsubscribe::Participant(guest.id);
        let view = emails::Answer {
            subject: guest.mail_subject.clone(),
            author: message.author_name.clone(),
            body: message.body,
            quote: quote.map(|own| emails::Quote {
                at: own.created_at,
                text: own.body,
            }),
            link_url,
            works_until: self.works_until(&thread),
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = self.to_guest(&guest, Some(&message.author_name), unsubscribe);
        self.render("answer", &view, envelope).map(Some)
    }

    async fn team(&self, to: ParticipantId, message: MessageId) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let Some((staff, user, thread)) = wanting_staff(conn, to).await? else {
            return Ok(None);
        };
        let message = Message::get(conn, thread.id, message)
            .await?
            .ok_or(Error::NotFound)?;
        if staff.read_seq >= message.seq {
            return Ok(None);
        }
        let unsubscribe = Unsubscribe::Staff {
            user: user.id,
            thread: thread.id,
        };
        let view = emails::StaffNotification {
            subject: staff.mail_subject.clone(),
            thread_subject: thread.subject.clone(),
            author: message.author_name.clone(),
            author_known: author_known(&message),
            note: message.kind == MessageKind::Note,
            body: message.body.clone(),
            thread_url: self.thread_url(&thread),
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = self.to_staff(&user, &thread, &message.author_name, unsubscribe);
        self.render("staff_notification", &view, envelope).map(Some)
    }

    async fn alert(
        &self,
        to: UserId,
        thread: ThreadId,
        message: MessageId,
    ) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let user = User::find(conn, to)
            .await?
            .filter(|user| user.is_active() && user.is_staff());
        let (Some(user), Some(thread)) = (user, Thread::find_support(conn, thread).await?) else {
            return Ok(None);
        };
        let message = Message::get(conn, thread.id, message)
            .await?
            .ok_or(Error::NotFound)?;
        let has_enough = Participant::of_user(conn, thread.id, user.id)
            .await?
            .is_some_and(|own| {
                own.notify == Notify::Muted || own.left_at.is_some() || own.read_seq >= message.seq
            });
        if has_enough {
            return Ok(None);
        }
        let unsubscribe = Unsubscribe::Staff {
            user: user.id,
            thread: thread.id,
        };
        let view = self.staff_alert(&thread, &message, &unsubscribe);
        let envelope = self.to_staff(&user, &thread, &message.author_name, unsubscribe);
        self.render("staff_alert", &view, envelope).map(Some)
    }

    async fn alert_address(
        &self,
        to: &str,
        thread: ThreadId,
        message: MessageId,
    ) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let address = Address::parse(to).map_err(Error::internal("a queued address is none"))?;
        let Some(thread) = Thread::find_support(conn, thread).await? else {
            return Ok(None);
        };
        if is_mail_refused(conn, Some(thread.id), address.key()).await? {
            return Ok(None);
        }
        let message = Message::get(conn, thread.id, message)
            .await?
            .ok_or(Error::NotFound)?;
        let unsubscribe = Unsubscribe::Address {
            email_key: address.key().to_owned(),
            thread: thread.id,
        };
        let view = self.staff_alert(&thread, &message, &unsubscribe);
        let envelope = Envelope {
            from_name: message.author_name.clone(),
            to: to.to_owned(),
            subject: staff_subject(&thread),
            root: Some(thread.id.to_string()),
            unsubscribe: Some(unsubscribe),
        };
        self.render("staff_alert", &view, envelope).map(Some)
    }

    async fn assigned(&self, to: ParticipantId, by: &str) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let Some((_, user, thread)) = wanting_staff(conn, to).await? else {
            return Ok(None);
        };
        if thread.assignee_id != Some(user.id) {
            return Ok(None);
        }
        let Some(last) = Message::last(conn, &thread).await? else {
            return Ok(None);
        };
        let unsubscribe = Unsubscribe::Staff {
            user: user.id,
            thread: thread.id,
        };
        let view = emails::Assignment {
            subject: staff_subject(&thread),
            thread_subject: thread.subject.clone(),
            assigned_by: by.to_owned(),
            author: last.author_name,
            body: last.body,
            at: last.created_at,
            thread_url: self.thread_url(&thread),
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = self.to_staff(&user, &thread, by, unsubscribe);
        self.render("assignment", &view, envelope).map(Some)
    }

    async fn new_links(&self, to: &[ParticipantId]) -> Result<Option<Written>> {
        let mut tx = self.app.db.begin().await?;
        let mut links = Vec::new();
        let mut newest: Option<(Participant, Timestamp)> = None;
        for id in to {
            let Some(guest) = Participant::get(&mut tx, *id).await? else {
                continue;
            };
            let thread = Thread::find_support(&mut tx, guest.thread_id).await?;
            let key = guest.email_key.as_deref().unwrap_or_default();
            if guest.left_at.is_some() || is_mail_refused(&mut tx, None, key).await? {
                continue;
            }
            let Some(thread) = thread else { continue };
            links.push(emails::NewLink {
                url: self.new_link(&mut tx, &guest).await?,
                subject: guest.proved_at.map(|_| thread.subject.clone()),
                started_at: thread.created_at,
                closed: thread.status == Status::Closed,
            });
            let works_until = self.works_until(&thread);
            newest.get_or_insert((guest, works_until));
        }
        let Some((guest, works_until)) = newest else {
            return Ok(None);
        };
        tx.commit().await?;

        let unsubscribe = Unsubscribe::Participant(guest.id);
        let view = emails::NewLinks {
            links,
            works_until,
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = Envelope {
            from_name: self.from_name(),
            to: guest.email.unwrap_or_default(),
            subject: self.about_the_site(),
            root: None,
            unsubscribe: Some(unsubscribe),
        };
        self.render("new_links", &view, envelope).map(Some)
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
            from_name: self.from_name(),
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
            from_name: self.from_name(),
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

    /// The guest and the thread, unless the guest left, muted or refused mail, or the thread is in
    /// the trash.
    async fn wanting_guest(
        &self,
        tx: &mut Tx,
        id: ParticipantId,
    ) -> Result<Option<(Participant, Thread)>> {
        let Some(guest) = Participant::get(tx, id).await? else {
            return Ok(None);
        };
        let key = guest.email_key.as_deref().unwrap_or_default();
        let wants = guest.notify == Notify::On && guest.left_at.is_none();
        if !wants || is_mail_refused(tx, None, key).await? {
            return Ok(None);
        }
        let thread = Thread::find_support(tx, guest.thread_id).await?;
        Ok(thread.map(|thread| (guest, thread)))
    }

    async fn new_link(&self, tx: &mut Tx, guest: &Participant) -> Result<String> {
        let token = mint(tx, guest.id, HandedOut::Mailed, self.now).await?;
        Ok(self
            .app
            .config
            .url(&format!("/pigeon/t/{}", token.as_str())))
    }

    fn works_until(&self, thread: &Thread) -> Timestamp {
        link_works_until(self.now, thread, self.settings.link_lifetime())
    }

    fn thread_url(&self, thread: &Thread) -> String {
        self.app
            .config
            .url(&format!("/pigeon/admin/threads/{}", thread.id))
    }

    fn unsubscribe_url(&self, whose: &Unsubscribe) -> String {
        self.app
            .config
            .url(&format!("/pigeon/u/{}", whose.seal(&self.app.secrets)))
    }

    fn staff_alert(
        &self,
        thread: &Thread,
        message: &Message,
        unsubscribe: &Unsubscribe,
    ) -> emails::StaffAlert {
        emails::StaffAlert {
            subject: staff_subject(thread),
            thread_subject: thread.subject.clone(),
            author: message.author_name.clone(),
            author_known: author_known(message),
            body: message.body.clone(),
            thread_url: self.thread_url(thread),
            unsubscribe_url: self.unsubscribe_url(unsubscribe),
        }
    }
}

/// The staff participant, their account and the thread, unless they left, muted it or may not see
/// it any more.
async fn wanting_staff(
    conn: &mut Conn,
    id: ParticipantId,
) -> Result<Option<(Participant, User, Thread)>> {
    let Some(staff) = Participant::get(conn, id).await? else {
        return Ok(None);
    };
    if staff.notify != Notify::On || staff.left_at.is_some() {
        return Ok(None);
    }
    let Some(user) = staff.user_id else {
        return Ok(None);
    };
    let user = User::find(conn, user).await?;
    let user = user.filter(|user| user.is_active() && user.can(Permission::ManageThreads));
    let thread = Thread::find_support(conn, staff.thread_id).await?;
    Ok(user.zip(thread).map(|(user, thread)| (staff, user, thread)))
}

fn author_known(message: &Message) -> emails::AuthorKnown {
    match (message.by_staff, message.proved) {
        (true, _) => emails::AuthorKnown::User,
        (false, true) => emails::AuthorKnown::Guest,
        (false, false) => emails::AuthorKnown::Unproved,
    }
}
