//! Answers that the team keeps: their page, and what a script inserts.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use db::{Conn, Timestamp};
use serde_json::json;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{NewSavedReply, SavedReply, Thread, Values},
    i18n::t,
    ids::SavedReplyId,
    views::{
        saved_replies::{self as views, Form, Insert, SavedReplies, SavedReplyPage},
        shell::Place,
    },
    web::{
        Call, Done, Visit,
        admin::{shell, staff, thread_of, viewer},
    },
};

const PAGE: &str = "/pigeon/admin/saved-replies";

pub async fn list(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let mut conn = visit.read().await?;
    let thread = wanted_thread(&visit, &mut conn, viewer).await?;
    let replies = SavedReply::list(&mut conn).await?;
    if visit.wants_json() {
        let titles = replies.iter();
        let titles = titles.map(|reply| json!({ "id": reply.id, "title": reply.title }));
        return Ok(Json(json!({ "replies": titles.collect::<Vec<_>>() })).into_response());
    }
    let mut shell = shell(&visit, &mut conn, viewer, Place::Replies).await?;
    drop(conn);

    shell.notice = match visit.query.get("done") {
        "saved" => Some(t("The reply is saved.").to_owned()),
        "deleted" => Some(t("The reply is deleted.").to_owned()),
        _ => None,
    };
    let view = SavedReplies {
        shell,
        replies: replies.into_iter().map(shown).collect(),
        insert: thread.map(|thread| Insert {
            thread: thread.id.to_string(),
            subject: thread.subject,
        }),
        form: Form {
            title: visit.typed("title").to_owned(),
            body: visit.typed("body").to_owned(),
        },
        problems: visit.problems(),
    };
    visit.page("admin/saved_replies.html", &view)
}

/// As a page to change it; for a script with its variables filled in, for the conversation `thread`.
pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let mut conn = visit.read().await?;
    let reply = SavedReply::get(&mut conn, parse(visit.param("id"))?).await?;
    if visit.wants_json() {
        let thread = wanted_thread(&visit, &mut conn, viewer).await?;
        let body = match &thread {
            Some(thread) => reply.filled(&Values::of(thread, &viewer.name)),
            None => reply.body,
        };
        let shown = json!({ "id": reply.id, "title": reply.title, "body": body });
        return Ok(Json(shown).into_response());
    }
    let shell = shell(&visit, &mut conn, viewer, Place::Replies).await?;
    drop(conn);

    let form = match &visit.typed {
        Some(typed) => Form {
            title: typed.fields.get("title").to_owned(),
            body: typed.fields.get("body").to_owned(),
        },
        None => Form {
            title: reply.title.clone(),
            body: reply.body,
        },
    };
    let is_whole = visit.problems().is_empty();
    let view = SavedReplyPage {
        shell,
        id: reply.id.to_string(),
        title: reply.title,
        form,
        // Whoever is told that it has changed has been told: the next time it is theirs that counts.
        seen: reply.updated_at.as_micros().to_string(),
        problem: visit.refusal().filter(|_| is_whole).map(str::to_owned),
        problems: visit.problems(),
    };
    visit.page("admin/saved_reply.html", &view)
}

/// A new one; or, with `id`, another text for one that is there.
pub async fn save(call: Call) -> Result<Done> {
    staff(&call)?;
    let field = |name| call.fields.get(name);
    let new = NewSavedReply::parse(field("title"), field("body"))?;
    let mut tx = call.app.db.begin().await?;
    if field("id").is_empty() {
        SavedReply::create(&mut tx, &new, call.now).await?;
    } else {
        let seen = field("seen").parse().map(Timestamp::from_micros);
        let seen = seen.map_err(|_| Error::Malformed(t("The form is incomplete.").to_owned()))?;
        SavedReply::change(&mut tx, parse(field("id"))?, &new, seen, call.now).await?;
    }
    tx.commit().await?;
    let text = t("The reply is saved.");
    Ok(Done::lead_to(format!("{PAGE}?done=saved"), text))
}

/// What is gone already is deleted, too.
pub async fn delete(call: Call) -> Result<Done> {
    staff(&call)?;
    let mut tx = call.app.db.begin().await?;
    SavedReply::delete(&mut tx, parse(call.fields.get("id"))?).await?;
    tx.commit().await?;
    let text = t("The reply is deleted.");
    Ok(Done::lead_to(format!("{PAGE}?done=deleted"), text))
}

/// Where the form stands.
pub fn page(call: &Call) -> String {
    match call.fields.get("id").parse::<SavedReplyId>() {
        Ok(id) => format!("{PAGE}/{id}"),
        Err(_) => PAGE.to_owned(),
    }
}

/// The text of the saved reply that the address names, for the composer: a link in a page that
/// works without script.
pub(in crate::web::admin) async fn chosen(
    visit: &Visit,
    conn: &mut Conn,
    viewer: &User,
    thread: &Thread,
) -> Result<Option<String>> {
    let Ok(id) = visit.query.get("saved").parse::<SavedReplyId>() else {
        return Ok(None);
    };
    if !viewer.is_staff() {
        return Ok(None);
    }
    match SavedReply::get(conn, id).await {
        Ok(reply) => Ok(Some(reply.filled(&Values::of(thread, &viewer.name)))),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn wanted_thread(visit: &Visit, conn: &mut Conn, viewer: &User) -> Result<Option<Thread>> {
    match visit.query.get("thread") {
        "" => Ok(None),
        id => thread_of(conn, viewer, id).await.map(Some),
    }
}

fn shown(reply: SavedReply) -> views::SavedReply {
    views::SavedReply {
        id: reply.id.to_string(),
        title: reply.title,
        body: reply.body,
        updated_at: reply.updated_at,
    }
}

fn parse(id: &str) -> Result<SavedReplyId> {
    id.parse().map_err(|_| Error::NotFound)
}
