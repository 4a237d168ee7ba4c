//! The control panel: what staff see, a file a page, each with what its forms do.

pub mod bulk;
pub mod conversation;
pub mod dashboard;
pub mod inbox;
pub mod mail;
pub mod new;
pub mod presence;
pub mod profile;
pub mod queue;
pub mod saved_replies;
pub mod settings;
mod shell;
mod sources;
pub mod staff;
mod toast;
mod week;
pub mod widget;

use std::collections::BTreeSet;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{Actor, Thread, drafts},
    i18n::t,
    ids::{ThreadId, UserId},
    views::inbox::Row,
    web::{Call, ThreadSummary, Visit},
};
use db::Conn;

pub use shell::shell;

/// Whoever looks: the route has seen to it that somebody is signed in.
pub(super) fn viewer(visit: &Visit) -> Result<&User> {
    visit.user.as_ref().ok_or(Error::SignInFirst)
}

/// Whoever asks, if they may change conversations.
fn staff(call: &Call) -> Result<User> {
    let user = call.user.clone().ok_or(Error::SignInFirst)?;
    Actor::User(Box::new(user)).staff().cloned()
}

/// The thread that a form names, as `user` may see it.
async fn thread_of(conn: &mut Conn, user: &User, id: &str) -> Result<Thread> {
    let id: ThreadId = id.parse().map_err(|_| Error::NotFound)?;
    Actor::User(Box::new(user.clone())).thread(conn, id).await
}

/// The thread whose page is open, which may be in the trash by now.
async fn thread_on_page(conn: &mut Conn, user: &User, id: ThreadId) -> Result<Thread> {
    let actor = Actor::User(Box::new(user.clone()));
    actor.thread_or_trashed(conn, id).await
}

/// Whom a form names in `assigneeId`; empty: nobody. They must be able to answer.
async fn assignee_of(conn: &mut Conn, id: &str) -> Result<Option<User>> {
    if id.is_empty() {
        return Ok(None);
    }
    let found = match id.parse::<UserId>() {
        Ok(id) => User::find(conn, id).await?,
        Err(_) => None,
    };
    let able = found.filter(User::is_staff);
    able.map(Some)
        .ok_or_else(|| Error::invalid("assigneeId", t("This person cannot be assigned.")))
}

/// Marks the rows of threads in which `viewer` has a draft.
async fn mark_drafts(
    conn: &mut Conn,
    viewer: &User,
    rows: impl IntoIterator<Item = &mut Row>,
) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    let drafts = drafts::threads(conn, viewer).await?;
    let drafts: BTreeSet<String> = drafts.iter().map(ThreadId::to_string).collect();
    for row in rows {
        row.draft = drafts.contains(&row.id);
    }
    Ok(())
}

fn page_of(thread: ThreadId) -> String {
    format!("/pigeon/admin/threads/{thread}")
}

fn summary(thread: &Thread) -> ThreadSummary {
    ThreadSummary::of(thread)
}
