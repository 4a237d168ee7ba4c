use db::Conn;

use crate::{
    Error, Result,
    accounts::User,
    conversations::{
        bulk,
        inbox::{Listing, Place, Position, some},
    },
    i18n::{plural, t},
    ids::ThreadId,
    web::{Fields, Visit, admin::inbox::State},
};

/// Every thread of a list, as `state` names it; of a very long one, one more than can be changed.
pub(in crate::web::admin) async fn all(
    conn: &mut Conn,
    visit: &Visit,
    viewer: &User,
    state: &State,
) -> Result<Vec<ThreadId>> {
    let staff = User::list_staff(conn).await?;
    let listing = state.listing(visit, viewer, &staff);
    let listing = listing.map_err(|problem| Error::invalid("view", problem))?;
    if let Listing::List(list) = &listing {
        let most = i64::try_from(bulk::MOST).expect("it is small") + 1;
        let rows = some(conn, viewer, list, &Place::First, most).await?;
        // A direct thread is its people's own.
        let rows = rows.into_iter().filter(|row| !row.band.is_direct());
        return Ok(rows.map(|row| row.id).collect());
    }
    let mut next = Some(Position::Start);
    let mut ids = Vec::new();
    while let Some(from) = next.filter(|_| ids.len() <= bulk::MOST) {
        let batch = listing.batch(conn, viewer, from).await?;
        ids.extend(batch.rows.iter().map(|row| row.id));
        next = batch.next;
    }
    Ok(ids)
}

/// The list that a form names by the query of its address.
pub(super) fn parse(view: &str, viewer: &User) -> Result<State> {
    State::parse(&Fields::of_query(view.trim_start_matches('?'))?, viewer)
}

/// Whoever pressed the button was told a number: it is that many, or nothing is changed.
pub(super) fn ensure_count(ids: &[ThreadId], named: &str) -> Result<()> {
    let problem = || Error::invalid("count", t("Say how many conversations there are."));
    let named: usize = named.parse().map_err(|_| problem())?;
    bulk::ensure_not_too_many(ids.len())?;
    if ids.len() == named {
        return Ok(());
    }
    Err(Error::Conflict(plural(
        u64::try_from(ids.len()).unwrap_or(u64::MAX),
        "The list has changed: there is one conversation in it now. Nothing was changed: look at the list again, and select what you want.",
        "The list has changed: there are {n} conversations in it now. Nothing was changed: look at the list again, and select what you want.",
    )))
}
