use db::Conn;

use crate::{
    Error, Result,
    accounts::{Permission, User},
    conversations::{
        Message, MessageKind, Notify, Participant, Thread, Unsubscribe, is_mail_refused,
        still_assigned,
    },
    email_address::Address,
    i18n::{plural, t_with},
    ids::{MessageId, ParticipantId, ThreadId, UndoId, UserId},
    views::emails,
    worker::letter::{
        Desk, Written,
        envelope::{Envelope, staff_subject, to_staff},
    },
};

/// Mail to staff and support recipients.
impl Desk<'_> {
    pub(super) async fn team(
        &self,
        to: ParticipantId,
        message: MessageId,
    ) -> Result<Option<Written>> {
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
        let envelope = to_staff(
            &user,
            &thread,
            &staff.mail_subject,
            &message.author_name,
            unsubscribe,
        );
        self.render("staff_notification", &view, envelope).map(Some)
    }

    pub(super) async fn alert(
        &self,
        to: UserId,
        thread: ThreadId,
        message: MessageId,
    ) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let Some((user, thread, message)) = wanting_user(conn, to, thread, message).await? else {
            return Ok(None);
        };
        let own = Participant::of_user(conn, thread.id, user.id).await?;
        let subject = own.map_or_else(|| staff_subject(&thread), |own| own.mail_subject);
        let unsubscribe = Unsubscribe::Staff {
            user: user.id,
            thread: thread.id,
        };
        let view = self.staff_alert(&thread, &message, subject.clone(), &unsubscribe);
        let envelope = to_staff(&user, &thread, &subject, &message.author_name, unsubscribe);
        self.render("staff_alert", &view, envelope).map(Some)
    }

    pub(super) async fn mentioned(
        &self,
        to: UserId,
        thread: ThreadId,
        note: MessageId,
    ) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let Some((user, thread, note)) = wanting_user(conn, to, thread, note).await? else {
            return Ok(None);
        };
        let unsubscribe = Unsubscribe::Staff {
            user: user.id,
            thread: thread.id,
        };
        let values = [("who", &*note.author_name), ("subject", &*thread.subject)];
        let subject = t_with("{who} mentioned you: {subject}", &values);
        let view = emails::Mention {
            subject: subject.clone(),
            thread_subject: thread.subject.clone(),
            author: note.author_name.clone(),
            body: note.body.clone(),
            thread_url: format!("{}?m={1}#m-{1}", self.thread_url(&thread), note.id),
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = Envelope {
            subject,
            ..to_staff(&user, &thread, "", &note.author_name, unsubscribe)
        };
        self.render("mention", &view, envelope).map(Some)
    }

    pub(super) async fn alert_address(
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
        let subject = staff_subject(&thread);
        let view = self.staff_alert(&thread, &message, subject.clone(), &unsubscribe);
        let envelope = Envelope {
            from_name: message.author_name.clone(),
            to: to.to_owned(),
            subject,
            root: Some(thread.id.to_string()),
            unsubscribe: Some(unsubscribe),
        };
        self.render("staff_alert", &view, envelope).map(Some)
    }

    pub(super) async fn added_staff(&self, to: ParticipantId, by: &str) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let Some((staff, user, thread)) = wanting_staff(conn, to).await? else {
            return Ok(None);
        };
        let unsubscribe = Unsubscribe::Staff {
            user: user.id,
            thread: thread.id,
        };
        let view = emails::Added {
            subject: staff.mail_subject.clone(),
            thread_subject: Some(thread.subject.clone()),
            by: by.to_owned(),
            thread_url: self.thread_url(&thread),
            works_until: None,
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = to_staff(&user, &thread, &staff.mail_subject, by, unsubscribe);
        self.render("added", &view, envelope).map(Some)
    }

    pub(super) async fn assigned(&self, to: ParticipantId, by: &str) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let Some((staff, user, thread)) = wanting_staff(conn, to).await? else {
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
            subject: staff.mail_subject.clone(),
            thread_subject: thread.subject.clone(),
            assigned_by: by.to_owned(),
            author: last.author_name,
            body: last.body,
            at: last.created_at,
            thread_url: self.thread_url(&thread),
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        let envelope = to_staff(&user, &thread, &staff.mail_subject, by, unsubscribe);
        self.render("assignment", &view, envelope).map(Some)
    }

    /// Of many threads at once: as many as are still theirs, and the first few by name.
    pub(super) async fn assigned_many(
        &self,
        to: UserId,
        by: &str,
        undo: UndoId,
    ) -> Result<Option<Written>> {
        let conn = &mut self.app.db.read().await?;
        let user = User::find(conn, to)
            .await?
            .filter(|user| user.is_active() && user.is_staff());
        let Some(user) = user else { return Ok(None) };
        let (count, first) = still_assigned(conn, undo, user.id).await?;
        let count = u64::try_from(count).unwrap_or_default();
        if count == 0 {
            return Ok(None);
        }
        let mut threads = Vec::with_capacity(first.len());
        for id in first {
            let Some(thread) = Thread::find_support(conn, id).await? else {
                continue;
            };
            threads.push(emails::AssignedThread {
                url: self.thread_url(&thread),
                subject: thread.subject,
                from: thread.starter_name,
            });
        }
        let subject = plural(
            count,
            "{by} assigned a conversation to you",
            "{by} assigned {n} conversations to you",
        );
        let unsubscribe = Unsubscribe::Assigned {
            user: user.id,
            undo,
        };
        let envelope = Envelope {
            from_name: by.to_owned(),
            to: user.email,
            subject: subject.replace("{by}", by),
            root: None,
            unsubscribe: Some(unsubscribe.clone()),
        };
        let view = emails::Assignments {
            assigned_by: by.to_owned(),
            more: count.saturating_sub(threads.len() as u64),
            count,
            threads,
            inbox_url: self.app.config.url("/pigeon/admin/threads?source=mine"),
            unsubscribe_url: self.unsubscribe_url(&unsubscribe),
        };
        self.render("assignments", &view, envelope).map(Some)
    }

    fn staff_alert(
        &self,
        thread: &Thread,
        message: &Message,
        subject: String,
        unsubscribe: &Unsubscribe,
    ) -> emails::StaffAlert {
        emails::StaffAlert {
            subject,
            thread_subject: thread.subject.clone(),
            author: message.author_name.clone(),
            author_known: author_known(message),
            body: message.body.clone(),
            thread_url: self.thread_url(thread),
            unsubscribe_url: self.unsubscribe_url(unsubscribe),
        }
    }

    fn thread_url(&self, thread: &Thread) -> String {
        self.app
            .config
            .url(&format!("/pigeon/admin/threads/{}", thread.id))
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

/// Somebody of the team, the thread and the message, unless they have read it, or want to hear
/// nothing of the thread.
async fn wanting_user(
    conn: &mut Conn,
    user: UserId,
    thread: ThreadId,
    message: MessageId,
) -> Result<Option<(User, Thread, Message)>> {
    let user = User::find(conn, user).await?;
    let user = user.filter(|user| user.is_active() && user.is_staff());
    let (Some(user), Some(thread)) = (user, Thread::find_support(conn, thread).await?) else {
        return Ok(None);
    };
    let message = Message::get(conn, thread.id, message)
        .await?
        .ok_or(Error::NotFound)?;
    let own = Participant::of_user(conn, thread.id, user.id).await?;
    let has_enough =
        own.is_some_and(|own| own.notify == Notify::Muted || own.read_seq >= message.seq);
    Ok((!has_enough).then_some((user, thread, message)))
}

fn author_known(message: &Message) -> emails::AuthorKnown {
    match (message.by_staff, message.proved) {
        (true, _) => emails::AuthorKnown::User,
        (false, true) => emails::AuthorKnown::Guest,
        (false, false) => emails::AuthorKnown::Unproved,
    }
}
