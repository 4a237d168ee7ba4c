use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Draft, HandedOut, Kind, Message, NewThread, Notify, Origin, Participant, Role, Status,
        Thread, Token, assign, mint,
        notify::{self, Office},
        post::{New, post_first},
    },
    i18n::t_with,
    ids::{ParticipantId, ThreadId},
};

/// A thread that has just begun.
#[derive(Clone)]
pub struct Started {
    pub thread: Thread,
    pub message: Message,
    /// Whose private link it is, where a guest takes part.
    pub guest: ParticipantId,
}

/// A guest starts a support thread. `proved`: this browser has opened a link that was mailed to
/// the address. Gives the link to show in the browser; another one goes out by mail.
pub async fn start_by_guest(
    tx: &mut Tx,
    office: &Office,
    new: NewThread,
    proved: bool,
    now: Timestamp,
) -> Result<(Started, Token)> {
    let thread = thread(&new, ThreadId::new(now), Status::Pending, now);
    let mut owner = guest(&thread, &new, Role::Owner, now);
    if proved {
        owner.proved_at = Some(now);
    } else {
        // Nothing that a stranger typed goes to an address that may be somebody else's.
        owner.mail_subject = t_with(
            "Your message to {siteName}",
            &[("siteName", &office.site_name)],
        );
    }

    let (thread, message) = post_first(
        tx,
        office,
        New {
            thread,
            author: &mut owner,
            other: None,
        },
        Origin::Form,
        Draft::of(new.body),
        now,
    )
    .await?;
    notify::received(tx, office, &owner, message.id, now).await?;
    let token = mint(tx, owner.id, HandedOut::Shown, now).await?;
    Ok((
        Started {
            thread,
            message,
            guest: owner.id,
        },
        token,
    ))
}

/// Staff write to a guest first: the thread is open, and the guest gets the message whole.
pub async fn start_by_staff(
    tx: &mut Tx,
    office: &Office,
    id: ThreadId,
    new: NewThread,
    staff: &User,
    assignee: Option<&User>,
    now: Timestamp,
) -> Result<Started> {
    let thread = thread(&new, id, Status::Open, now);
    let guest = guest(&thread, &new, Role::Guest, now);
    let mut author = Participant::staff(&thread, staff, Notify::On, now);

    let (mut thread, message) = post_first(
        tx,
        office,
        New {
            thread,
            author: &mut author,
            other: Some(&guest),
        },
        Origin::SignedIn,
        Draft::of(new.body),
        now,
    )
    .await?;
    if let Some(assignee) = assignee {
        thread = assign(tx, office, thread.id, staff, Some(assignee), now).await?;
    }
    Ok(Started {
        thread,
        message,
        guest: guest.id,
    })
}

fn thread(new: &NewThread, id: ThreadId, status: Status, now: Timestamp) -> Thread {
    Thread {
        id,
        kind: Kind::Support,
        status,
        subject: new.subject.clone(),
        starter_name: new.name.clone(),
        starter_email: Some(new.address.as_typed().to_owned()),
        assignee_id: None,
        last_seq: 0,
        last_team_seq: 0,
        last_visible_seq: 0,
        message_count: 0,
        last_message_at: now,
        waiting_since: None,
        created_at: now,
        closed_at: None,
        trashed_at: None,
    }
}

fn guest(thread: &Thread, new: &NewThread, role: Role, now: Timestamp) -> Participant {
    Participant {
        id: ParticipantId::new(now),
        thread_id: thread.id,
        user_id: None,
        email: Some(new.address.as_typed().to_owned()),
        email_key: Some(new.address.key().to_owned()),
        name: new.name.clone(),
        role,
        mail_subject: thread.subject.clone(),
        read_seq: 0,
        notify: Notify::On,
        proved_at: None,
        left_at: None,
        created_at: now,
    }
}
