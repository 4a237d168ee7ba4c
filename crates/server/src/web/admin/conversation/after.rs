//! What opens after a form of the conversation's page.

use db::Conn;

use crate::{
    Result,
    accounts::{AfterClosing, User},
    conversations::{Status, Thread, inbox::Source},
    ids::ThreadId,
    web::{Call, admin::page_of},
};

use super::queue;

/// The page that the form stands on: it says from which source the thread was opened.
pub(super) fn own_page(call: &Call, thread: ThreadId) -> String {
    match source(call) {
        Some(source) => page(thread, source),
        None => page_of(thread),
    }
}

/// The same, after something was written at its end.
pub(super) fn end_of(page: String, call: &Call, thread: ThreadId) -> String {
    if source(call).is_some() && page == own_page(call, thread) {
        page + "#last"
    } else {
        page
    }
}

/// What opens once `status` is set: after closing, what this person has chosen for that. `before`
/// is the thread as it stood in the list.
pub(in crate::web::admin) async fn page_after(
    call: &Call,
    conn: &mut Conn,
    staff: &User,
    before: &Thread,
    status: Option<Status>,
) -> Result<String> {
    let Some(source) = source(call) else {
        return Ok(page_of(before.id));
    };
    let list = format!("/pigeon/admin/threads?source={}", source.as_str());
    let own = page(before.id, source);
    if status != Some(Status::Closed) {
        return Ok(own);
    }
    Ok(match staff.preferences.after_closing {
        AfterClosing::Stay => own,
        AfterClosing::List => list,
        AfterClosing::Next => {
            let next = queue::next(conn, staff, source, before).await?;
            next.map_or(list, |next| page(next, source))
        }
    })
}

fn source(call: &Call) -> Option<Source> {
    Source::parse(call.fields.get("source"))
}

fn page(thread: ThreadId, source: Source) -> String {
    format!("{}?source={}", page_of(thread), source.as_str())
}
