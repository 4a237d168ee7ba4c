//! Staff write first.

mod start;
mod unsent;

use axum::response::Response;
use db::Conn;

use crate::{
    Error, Result,
    accounts::{Permission, User},
    conversations::{Actor, StartDraft, Written, open_with, subject_or_usual},
    ids::{DraftId, ThreadId},
    views::{
        conversation::{Choice, Held, Other},
        new_conversation::{Kept, LeavingStart, NewConversation},
        shell::{Place, Shell},
    },
    web::{
        Fields, Visit,
        admin::{conversation::composer::why, page_of, shell, viewer},
        visit::see_other,
    },
};

pub use start::start;
pub(super) use unsent::{is_about_start, keep_draft, page_of_draft, send_now, unsend};

/// The form, with the newest draft in it, or with that of `draft`. One that is held stands here
/// until it leaves; then its address is that of its conversation.
pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let form = form(&visit);
    let mut conn = visit.read().await?;
    let mut shell = shell(&visit, &mut conn, viewer, Place::Inbox).await?;
    shell.problem = visit.refusal().map(str::to_owned);
    let drafts = StartDraft::list(&mut conn, viewer).await?;
    let named = match form {
        Some(fields) => fields.get("draftId"),
        None => visit.query.get("draft"),
    };
    let id: Option<DraftId> = named.parse().ok();
    let draft = match id {
        Some(id) => StartDraft::find(&mut conn, viewer, id).await?,
        None if named.is_empty() && form.is_none() => drafts.first().cloned(),
        None => None,
    };
    let draft = match draft {
        Some(held) if held.leave_at.is_some() && form.is_none() => {
            return leaving(&visit, &mut conn, shell, held).await;
        }
        draft => draft.filter(|draft| draft.leave_at.is_none()),
    };
    let sent = match id.filter(|_| draft.is_none()) {
        Some(id) => page_of_begun(&mut conn, viewer, id).await?,
        None => None,
    };
    if let (Some(page), None) = (&sent, &visit.typed) {
        return Ok(see_other(page));
    }
    let people = if viewer.can(Permission::AssignThreads) {
        User::list_staff(&mut conn).await?
    } else {
        Vec::new()
    };
    let (written, chosen) = fill_in(&visit, viewer, draft.as_ref());
    let open = open_with(&mut conn, &written.email).await?;
    drop(conn);

    let problems = visit.problems();
    if !problems.0.is_empty() {
        // They stand in the form.
        shell.problem = None;
    }
    let shown = draft.as_ref().map(|draft| draft.id.to_string());
    shell.unsent.retain(|it| Some(&it.id) != shown.as_ref());
    let choice = |user: User| Choice {
        id: user.id.to_string(),
        me: user.id == viewer.id,
        current: user.id.to_string() == chosen,
        name: user.name,
    };
    let others = drafts.into_iter().map(kept);
    let others = others.filter(|it| Some(&it.id) != shown.as_ref()).collect();
    let view = NewConversation {
        shell,
        email: written.email,
        name: written.name,
        subject: written.subject,
        body: written.body,
        assignees: people.into_iter().map(choice).collect(),
        hold: viewer.preferences.undo_seconds,
        returned: draft.and_then(|draft| draft.returned).map(why),
        draft: shown,
        others,
        sent,
        open: open.into_iter().map(Other::new).collect(),
        problems,
    };
    visit.page("admin/new.html", &view)
}

/// The form that came back: whoever pressed *Undo* too late typed none.
fn form(visit: &Visit) -> Option<&Fields> {
    let typed = visit.typed.as_ref()?;
    typed.fields.find("body").map(|_| &*typed.fields)
}

/// What stands in the form, and the id of whom it is for: what was typed, else what was kept.
fn fill_in(visit: &Visit, viewer: &User, draft: Option<&StartDraft>) -> (Written, String) {
    let typed = Written {
        email: visit.typed("email").to_owned(),
        name: visit.typed("name").to_owned(),
        subject: visit.typed("subject").to_owned(),
        body: visit.typed("body").to_owned(),
        assignee_id: None,
    };
    match (form(visit), draft) {
        (Some(fields), _) => (typed, fields.get("assigneeId").to_owned()),
        (None, Some(draft)) => {
            let assignee = draft.written.assignee_id.map(|id| id.to_string());
            (draft.written.clone(), assignee.unwrap_or_default())
        }
        // Whoever writes first usually goes on with it.
        (None, None) => (typed, viewer.id.to_string()),
    }
}

/// Where the conversation stands that a draft has become.
async fn page_of_begun(conn: &mut Conn, viewer: &User, id: DraftId) -> Result<Option<String>> {
    let actor = Actor::User(Box::new(viewer.clone()));
    match actor.thread(conn, ThreadId(id.0)).await {
        Ok(thread) => Ok(Some(page_of(thread.id))),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn kept(draft: StartDraft) -> Kept {
    Kept {
        id: draft.id.to_string(),
        to: draft.written.to().to_owned(),
        subject: subject_or_usual(draft.written.subject),
    }
}

/// One that is held, as its writer sees it.
async fn leaving(
    visit: &Visit,
    conn: &mut Conn,
    mut shell: Shell,
    held: StartDraft,
) -> Result<Response> {
    let assignee = match held.written.assignee_id {
        Some(id) => User::find(conn, id).await?,
        None => None,
    };
    let open = open_with(conn, &held.written.email).await?;
    let (id, leaves_at) = (held.id.to_string(), held.leave_at.unwrap_or(visit.now));
    shell.problem = visit.refusal().map(str::to_owned);
    shell.unsent.retain(|letter| letter.id != id);
    let view = LeavingStart {
        shell,
        to: held.written.to().to_owned(),
        email: held.written.email,
        subject: subject_or_usual(held.written.subject),
        assignee: assignee.map(|user| user.name),
        letter: Held {
            id,
            body: held.written.body,
            leaves_at,
            leaves_in: leaves_at.since(visit.now).as_secs(),
            closes: false,
        },
        open: open.into_iter().map(Other::new).collect(),
    };
    visit.page("admin/leaving.html", &view)
}
