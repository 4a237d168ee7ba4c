use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{
        Draft, HandedOut, Kind, Message, NewThread, Notify, Origin, Participant, Role, Seen,
        Status, Thread, Token, assign,
        inbox::subject_key,
        mint,
        notify::{self, Office},
        post,
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
    let thread = insert(tx, &new, Status::Pending, now).await?;
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
    owner.insert(tx).await?;

    let draft = Draft::of(new.body);
    let (thread, message) = post(
        tx,
        office,
        &mut owner,
        Origin::Form,
        draft,
        Seen::Everything,
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
    new: NewThread,
    staff: &User,
    assignee: Option<&User>,
    now: Timestamp,
) -> Result<Started> {
    let thread = insert(tx, &new, Status::Open, now).await?;
    let guest = guest(&thread, &new, Role::Guest, now);
    guest.insert(tx).await?;
    let mut author = Participant::add_staff(tx, &thread, staff, now).await?;

    let draft = Draft::of(new.body);
    let (mut thread, message) = post(
        tx,
        office,
        &mut author,
        Origin::SignedIn,
        draft,
        Seen::Everything,
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

async fn insert(tx: &mut Tx, new: &NewThread, status: Status, now: Timestamp) -> Result<Thread> {
    let thread = Thread {
        id: ThreadId::new(now),
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
    };
    tx.query(
        "INSERT INTO threads
             (id, kind, status, subject, starter_name, starter_email, last_seq, last_team_seq,
              last_visible_seq, message_count, preview, preview_by, preview_by_staff,
              last_message_at, created_at, subject_key)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, '', '', $7, $8, $8, $9)",
    )
    .bind(thread.id)
    .bind(thread.kind)
    .bind(thread.status)
    .bind(thread.subject.as_str())
    .bind(thread.starter_name.as_str())
    .bind(thread.starter_email.as_deref())
    .bind(false)
    .bind(now)
    .bind(subject_key(&thread.subject))
    .execute()
    .await?;
    Ok(thread)
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
