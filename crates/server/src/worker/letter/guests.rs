use db::{Timestamp, Tx};

use crate::{
    Error, Result,
    conversations::{
        HandedOut, Message, MessageKind, Notify, Participant, Status, Thread, Unsubscribe,
        is_mail_refused, link_works_until, mint,
    },
    ids::{MessageId, ParticipantId},
    views::emails,
    worker::letter::{Desk, Written, envelope::Envelope},
};

/// Mail to guests: never with a note, or an address of staff.
impl Desk<'_> {
    pub(super) async fn received(&self, to: ParticipantId) -> Result<Option<Written>> {
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

    pub(super) async fn answer(
        &self,
        to: ParticipantId,
        message: MessageId,
    ) -> Result<Option<Written>> {
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

    /// Somebody of the team would like them to read the thread: nothing in it that was typed there,
    /// unless the address has proved itself.
    pub(super) async fn added_guest(&self, to: ParticipantId, by: &str) -> Result<Option<Written>> {
        let mut tx = self.app.db.begin().await?;
        let Some((guest, thread)) = self.wanting_guest(&mut tx, to).await? else {
            return Ok(None);
        };
        let thread_url = self.new_link(&mut tx, &guest).await?;
        tx.commit().await?;

        let unsubscribe = Unsubscribe::Participant(guest.id);
        let view = emails::Added {
            subject: guest.mail_subject.clone(),
            thread_subject: guest.proved_at.map(|_| thread.subject.clone()),
            by: by.to_owned(),
            thread_url,
            works_until: Some(self.works_until(&thread)),
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = self.to_guest(&guest, Some(by), unsubscribe);
        self.render("added", &view, envelope).map(Some)
    }

    /// `asked`: by whoever has that address, not by staff.
    pub(super) async fn new_links(
        &self,
        to: &[ParticipantId],
        asked: bool,
    ) -> Result<Option<Written>> {
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
            asked,
            works_until,
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = Envelope {
            from_name: self.sender(),
            to: guest.email.unwrap_or_default(),
            subject: self.about_the_site(),
            root: None,
            unsubscribe: Some(unsubscribe),
        };
        self.render("new_links", &view, envelope).map(Some)
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
}
