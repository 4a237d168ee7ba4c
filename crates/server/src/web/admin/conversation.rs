//! One thread, as the team sees it.

pub(in crate::web::admin) mod after;
pub(in crate::web::admin) mod composer;
mod draft;
mod entries;
pub(in crate::web::admin) mod held;
mod links;
mod mails;
mod pages;
mod participants;
mod people;
mod queue;
mod read;
mod reply;
mod seen;
mod subject;

use axum::response::Response;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{
        Actor, Notify, Participant, Thread, drafts, earlier_of, newest_works_until,
        presence::others_in, receipts,
    },
    ids::ThreadId,
    views::conversation::{self as views, Conversation, Links, Other, TypedPeople},
    web::{
        Call, Visit,
        admin::{
            inbox::State, new, presence::mark_present, saved_replies, shell, toast::toast, viewer,
        },
    },
};

pub use draft::keep_draft;
pub use held::{send_now, unsend};
pub use links::revoke_links;
pub use mails::retry as retry_mail;
pub use participants::{change as change_participants, follow};
pub use read::mark_read;
pub use reply::reply;
pub use subject::set as set_subject;

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let state = State::of(&visit)?;

    let mut conn = visit.read().await?;
    let id: ThreadId = visit.param("id").parse().map_err(|_| Error::NotFound)?;
    let actor = Actor::User(Box::new(viewer.clone()));
    let thread = actor.thread_or_trashed(&mut conn, id).await?;
    let participants = Participant::list(&mut conn, thread.id).await?;
    let me = participants.iter().find(|p| p.user_id == Some(viewer.id));
    let unread = is_unread(viewer, &thread, me);
    if unread
        && let Some(there) = pages::lead_to_news(&visit, &mut conn, &thread, &state, me).await?
    {
        return Ok(there);
    }
    let mut shell = shell(&visit, &mut conn, viewer, state.place()).await?;
    // They stand in the thread itself.
    let here = Some(thread.id.to_string());
    shell.unsent.retain(|letter| letter.thread != here);
    shell.toast = toast(&visit, &mut conn, viewer).await?;
    let unsent = drafts::unsent(&mut conn, viewer, thread.id).await?;
    let present = others_in(&mut conn, &thread, viewer, visit.now).await?;
    let mut queue = queue::around(&mut conn, viewer, &state, &thread).await?;
    let messages = pages::shown(&visit, &mut conn, &thread).await?;
    let receipts = receipts(&mut conn, thread.id, &participants, &messages).await?;
    let seen = seen::of(me, &participants, &messages, &receipts);
    let mentioned = entries::Mentioned::load(&mut conn, &thread, viewer, &messages).await?;
    let saved = saved_replies::chosen(&visit, &mut conn, viewer, &thread).await?;
    let assignees = people::assignees(&mut conn, viewer, &thread).await?;
    let mails = mails::of(&mut conn, &thread, &participants, &messages).await?;
    let same_person = earlier_of(&mut conn, &thread, &participants).await?;
    let lifetime = visit.app.settings().link_lifetime();
    let links_until = newest_works_until(&mut conn, &thread, lifetime, visit.now).await?;
    let rows = queue.bands.iter_mut().flat_map(|band| &mut band.rows);
    let rows = rows.collect();
    mark_present(&mut conn, viewer, visit.now, rows).await?;
    drop(conn);

    let has_guests = participants.iter().any(|p| p.user_id.is_none());
    let others = pages::others(&thread, &state, &messages);
    let mut composer = composer::of(&visit, viewer, &unsent).with_saved(saved);
    if visit.typed("body").is_empty() && visit.problem("body").is_none() {
        shell.problem = composer.problem.take();
    }
    let view = Conversation {
        seen: pages::seen(&thread, unread, &messages),
        entries: entries::of(&visit, me, unread, &messages, seen, &mentioned, mails),
        present: present.into_iter().map(Into::into).collect(),
        people: people::of(viewer, &thread, &participants),
        following: me.is_some_and(|me| me.notify == Notify::On && me.left_at.is_none()),
        links: has_guests.then_some(Links { until: links_until }),
        refused: refused_beside(&visit),
        typed: TypedPeople {
            add: visit.typed("add").to_owned(),
            name: visit.typed("name").to_owned(),
            subject: visit
                .problem("subject")
                .map(|_| visit.typed("subject").to_owned()),
        },
        others: same_person.into_iter().map(Other::new).collect(),
        composer,
        held: composer::held(&visit, &unsent),
        thread: head(&visit, viewer, thread),
        shell,
        queue,
        earlier: others.earlier,
        later: others.later,
        unread,
        assignees,
    };
    visit.page("admin/conversation.html", &view)
}

/// Where the forms about a thread stand.
pub fn page(call: &Call) -> String {
    match call.fields.get("threadId").parse::<ThreadId>() {
        Ok(id) => format!("/pigeon/admin/threads/{id}"),
        Err(_) => "/pigeon/admin/threads".to_owned(),
    }
}

/// The same of what was not sent: it may be about a conversation that has not begun.
pub fn page_of_unsent(call: &Call) -> String {
    if !new::is_about_start(call) {
        return page(call);
    }
    let named = ["draftId", "heldId"].map(|field| call.fields.get(field).parse().ok());
    let id = named.into_iter().flatten().next();
    id.map_or("/pigeon/admin/new".to_owned(), new::page_of_draft)
}

/// People who leave no read marks have nothing unread, and nor has an account what is older.
fn is_unread(viewer: &User, thread: &Thread, me: Option<&Participant>) -> bool {
    viewer.is_staff()
        && thread.last_message_at > viewer.created_at
        && thread.last_team_seq > me.map_or(0, |me| me.read_seq)
}

fn head(visit: &Visit, viewer: &User, thread: Thread) -> views::Thread {
    let lifetime = visit.app.settings().trash_lifetime();
    let waiting_since = thread.waits_since();
    views::Thread {
        id: thread.id.to_string(),
        subject: thread.subject,
        status: thread.status.as_str(),
        from: thread.starter_name,
        email: thread.starter_email,
        created_at: thread.created_at,
        waiting_since,
        closed_at: thread.closed_at,
        trashed: thread.trashed_at.map(|at| views::Trashed {
            at,
            until: at + lifetime,
        }),
        assigned_to_me: thread.assignee_id == Some(viewer.id),
    }
}

/// Why a form of the details was not taken.
fn refused_beside(visit: &Visit) -> Option<String> {
    let problems =
        ["add", "name", "remove", "newLink", "subject"].map(|field| visit.problem(field));
    problems.into_iter().flatten().next().map(str::to_owned)
}
