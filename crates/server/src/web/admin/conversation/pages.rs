//! Which entries a conversation's page shows, and where the others are.

use axum::response::Response;
use db::Conn;

use crate::{
    Result,
    conversations::{Message, MessageKind, PAGE, Participant, Thread},
    ids::{MessageId, UndoId},
    web::{
        Visit,
        admin::{inbox::State, page_of},
        visit::see_other,
    },
};

/// How many entries stand above the one that a link names.
const ABOVE: i64 = 10;

/// Where the other pages of the thread are.
pub(super) struct Others {
    pub(super) earlier: Option<String>,
    pub(super) later: Option<String>,
}

/// The newest entries; those before or after one; or those around the message `m`.
pub(super) async fn shown(visit: &Visit, conn: &mut Conn, thread: &Thread) -> Result<Vec<Message>> {
    let number = |name| visit.query.get(name).parse::<i64>().ok();
    if let Some(before) = number("before") {
        return Message::page_for_staff(conn, thread.id, before).await;
    }
    let after = match number("after") {
        Some(after) => Some(after),
        None => after_for_link(visit, conn, thread).await?,
    };
    if let Some(after) = after.filter(|after| (0..thread.last_seq - PAGE).contains(after)) {
        return Message::page_for_staff_after(conn, thread.id, after).await;
    }
    Message::page_for_staff(conn, thread.id, i64::MAX).await
}

async fn after_for_link(visit: &Visit, conn: &mut Conn, thread: &Thread) -> Result<Option<i64>> {
    let Ok(id) = visit.query.get("m").parse::<MessageId>() else {
        return Ok(None);
    };
    let message = Message::get(conn, thread.id, id).await?;
    Ok(message.map(|message| (message.seq - 1 - ABOVE).max(0)))
}

/// Leads to the first unread message, if the newest page does not hold it: by an address that
/// stays the same when it is read.
pub(super) async fn lead_to_news(
    visit: &Visit,
    conn: &mut Conn,
    thread: &Thread,
    state: &State,
    me: Option<&Participant>,
) -> Result<Option<Response>> {
    let asks_for_more = ["before", "after", "m", "saved"]
        .iter()
        .any(|name| visit.query.find(name).is_some());
    let is_whole = visit.typed.is_none() && !visit.headers.contains_key("pigeon-region");
    // Whoever has never looked has nothing to tell the news from.
    let far = me.filter(|me| (1..thread.last_seq - PAGE).contains(&me.read_seq));
    let Some(me) = far.filter(|_| is_whole && !asks_for_more) else {
        return Ok(None);
    };
    let Some(first) = Message::first_unread(conn, me).await? else {
        return Ok(None);
    };
    let (page, query) = (page_of(thread.id), state.query_of_list());
    // What was done on the way here can still be undone there.
    let undo = visit.query.get("undo").parse::<UndoId>();
    let undo = undo.map_or(String::new(), |undo| format!("&undo={undo}"));
    Ok(Some(see_other(&format!(
        "{page}{query}{undo}&m={first}#new"
    ))))
}

pub(super) fn others(thread: &Thread, state: &State, shown: &[Message]) -> Others {
    let (page, query) = (page_of(thread.id), state.query_of_list());
    let to = |which: &str, seq: i64| format!("{page}{query}&{which}={seq}");
    let (first, last) = (shown.first(), shown.last());
    Others {
        earlier: first
            .filter(|first| first.seq > 1)
            .map(|first| to("before", first.seq)),
        later: last
            .filter(|last| last.seq < thread.last_seq)
            .map(|last| to("after", last.seq)),
    }
}

/// What a reply has seen, and how far this page is read: the last message or note on it, unless
/// the page stands in what was read before.
pub(super) fn seen(thread: &Thread, unread: bool, shown: &[Message]) -> Option<String> {
    let last = shown
        .iter()
        .rfind(|message| message.kind != MessageKind::Event);
    let last = last.filter(|last| unread || last.seq == thread.last_team_seq);
    last.map(|last| last.id.to_string())
}
