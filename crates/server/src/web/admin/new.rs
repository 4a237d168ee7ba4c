//! Staff write first.

use axum::response::Response;

use crate::{
    Error, Result,
    accounts::{Permission, User},
    conversations::{NewThread, notify::Office, start_by_staff},
    i18n::t,
    views::{conversation::Choice, new_conversation::NewConversation, shell::Place},
    web::{
        Call, Done, Visit,
        admin::{assignee_of, page_of, shell, staff, summary, thread_of, viewer},
        once,
    },
};

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let mut conn = visit.read().await?;
    let shell = shell(&visit, &mut conn, viewer, Place::Inbox).await?;
    let people = if viewer.can(Permission::AssignThreads) {
        User::list_staff(&mut conn).await?
    } else {
        Vec::new()
    };
    drop(conn);

    let typed = |field| visit.typed(field).to_owned();
    // Whoever writes first usually goes on with it.
    let chosen = match &visit.typed {
        Some(typed) => typed.fields.get("assigneeId").to_owned(),
        None => viewer.id.to_string(),
    };
    let choice = |user: User| Choice {
        id: user.id.to_string(),
        me: user.id == viewer.id,
        current: user.id.to_string() == chosen,
        name: user.name,
    };
    let view = NewConversation {
        shell,
        email: typed("email"),
        name: typed("name"),
        subject: typed("subject"),
        body: typed("body"),
        assignees: people.into_iter().map(choice).collect(),
        problems: visit.problems(),
    };
    visit.page("admin/new.html", &view)
}

pub async fn start(call: Call) -> Result<Done> {
    let staff = staff(&call)?;
    let field = |name| call.fields.get(name);
    let new = NewThread::parse(
        field("name"),
        field("email"),
        field("subject"),
        field("body"),
    )?;
    let once = once::of(&call, "pigeon/admin/start", &staff.id.to_string());
    let office = Office::new(&call.app.config, &call.app.settings());

    let mut tx = call.app.db.begin().await?;
    if let Some(previous) = once.find(&mut tx, call.now).await? {
        let thread = thread_of(&mut tx, &staff, &previous.thread_id.to_string()).await?;
        return Ok(done(&thread));
    }
    let assignee = assignee_of(&mut tx, field("assigneeId")).await?;
    if assignee.is_some() && !staff.can(Permission::AssignThreads) {
        return Err(Error::Forbidden(
            t("Your account may not assign conversations.").to_owned(),
        ));
    }
    let to = assignee.as_ref();
    let started = start_by_staff(&mut tx, &office, new, &staff, to, call.now).await?;
    let (thread, seq) = (&started.thread, started.message.seq);
    let is_first = once
        .remember(&mut tx, thread.id, None, seq, None, call.now)
        .await?;
    if !is_first {
        // The same was posted at this very moment: that one stays, and this one is undone.
        return Ok(Done::lead_to(
            "/pigeon/admin/threads?source=open",
            t("Sent."),
        ));
    }
    tx.commit().await?;
    Ok(done(&started.thread))
}

fn done(thread: &crate::conversations::Thread) -> Done {
    Done::lead_to(page_of(thread.id), t("Sent.")).with_thread(summary(thread))
}
