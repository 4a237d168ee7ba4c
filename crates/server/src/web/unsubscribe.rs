//! The link in each mail that ends mail (RFC 8058): looking asks, posting does.

use axum::{http::StatusCode, response::Response};
use db::Conn;

use crate::{
    Error, Result,
    conversations::{Participant, Unsubscribe},
    i18n::t,
    views::guest::{UnsubscribePage, UnsubscribeState},
    web::{Call, Done, Visit},
};

pub async fn show_unsubscribe(visit: Visit) -> Result<Response> {
    let Some(whose) = Unsubscribe::open(visit.param("token"), &visit.app.secrets) else {
        let view = UnsubscribePage {
            state: UnsubscribeState::Unknown,
            offers_refusal: false,
            of_several: false,
        };
        let mut page = visit.page("guest/unsubscribe.html", &view)?;
        *page.status_mut() = StatusCode::NOT_FOUND;
        return Ok(page);
    };
    let offers_refusal = offers_refusal(&mut visit.read().await?, &whose).await?;
    let done = visit.typed.as_ref();
    let done = done.filter(|typed| typed.status == StatusCode::OK);
    let state = match done {
        Some(typed) if offers_refusal && typed.fields.is_on("all") => UnsubscribeState::Refused,
        Some(_) => UnsubscribeState::Muted,
        None => UnsubscribeState::Ask,
    };
    let view = UnsubscribePage {
        state,
        offers_refusal,
        of_several: is_of_several(&whose),
    };
    visit.page("guest/unsubscribe.html", &view)
}

pub async fn unsubscribe(call: Call) -> Result<Done> {
    let whose = Unsubscribe::open(call.token(), &call.app.secrets);
    let whose = whose.ok_or(Error::NotFound)?;
    let mut tx = call.app.db.begin().await?;
    whose.mute(&mut tx, call.now).await?;
    let all = call.fields.is_on("all") && offers_refusal(&mut tx, &whose).await?;
    if all {
        whose.refuse_all(&mut tx, call.now).await?;
    }
    tx.commit().await?;
    let message = if all {
        t("No more mail goes to this address.")
    } else if is_of_several(&whose) {
        t("You get no more e-mails about these conversations.")
    } else {
        t("You get no more e-mails about this conversation.")
    };
    Ok(Done::show(page(&call), message))
}

fn is_of_several(whose: &Unsubscribe) -> bool {
    matches!(whose, Unsubscribe::Assigned { .. })
}

pub fn page(call: &Call) -> String {
    format!("/pigeon/u/{}", call.token())
}

/// Whoever never proved to have written may want no mail at all.
async fn offers_refusal(conn: &mut Conn, whose: &Unsubscribe) -> Result<bool> {
    let Unsubscribe::Participant(id) = whose else {
        return Ok(false);
    };
    let participant = Participant::get(conn, *id).await?;
    let is_unproved = participant.is_some_and(|participant| participant.proved_at.is_none());
    Ok(is_unproved && whose.may_refuse_all(conn).await?)
}
