//! What opens after a form of the conversation's page.

use db::Conn;

use crate::{
    Result,
    accounts::{AfterClosing, User},
    conversations::{Status, Thread},
    ids::ThreadId,
    web::{
        Call,
        admin::{inbox::State, page_of},
    },
};

use super::queue;

/// The page that the form stands on: it says from which source the thread was opened.
pub(super) fn own_page(call: &Call, thread: ThreadId) -> String {
    match state(call) {
        Some(state) => page(thread, &state),
        None => page_of(thread),
    }
}

/// The same, after something was written at its end.
pub(super) fn end_of(page: String, call: &Call, thread: ThreadId) -> String {
    if state(call).is_some() && page == own_page(call, thread) {
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
    let Some(state) = state(call) else {
        return Ok(page_of(before.id));
    };
    if status != Some(Status::Closed) {
        return Ok(page(before.id, &state));
    }
    after_leaving(conn, staff, before, &state).await
}

/// What opens once the thread is in the trash: the same as after closing.
pub(in crate::web::admin) async fn page_after_trashing(
    call: &Call,
    conn: &mut Conn,
    staff: &User,
    before: &Thread,
) -> Result<String> {
    match state(call) {
        Some(state) => after_leaving(conn, staff, before, &state).await,
        None => Ok("/pigeon/admin/threads".to_owned()),
    }
}

async fn after_leaving(
    conn: &mut Conn,
    staff: &User,
    before: &Thread,
    state: &State,
) -> Result<String> {
    let list = format!("/pigeon/admin/threads{}", state.query_of_list());
    Ok(match staff.preferences.after_closing {
        AfterClosing::Stay => page(before.id, state),
        AfterClosing::List => list,
        AfterClosing::Next => {
            let next = queue::next(conn, staff, state, before).await?;
            next.map_or(list, |next| page(next, state))
        }
    })
}

/// The list that the thread was opened from, if the form says so.
fn state(call: &Call) -> Option<State> {
    let user = call.user.as_ref()?;
    call.fields.find("source")?;
    State::parse(&call.fields, user).ok()
}

fn page(thread: ThreadId, state: &State) -> String {
    page_of(thread) + &state.query_of_list()
}
