use axum::{http::StatusCode, response::Response};

use crate::{
    Error, Result,
    accounts::{Password, forgot, reset as accounts},
    i18n::t,
    views::account::{ForgotPage, ForgotSentPage, ResetOutcome, ResetPage},
    web::{
        Call, Done, Visit,
        account::{alert, problems},
        cookies::Cookie,
    },
};

/// What stands in the address in place of a token, once it was used.
const DONE: &str = "done";

pub async fn show_forgot(visit: Visit) -> Result<Response> {
    if visit.query.is_on("sent") && visit.typed.is_none() {
        let settings = visit.app.settings();
        let sender = settings.from_email.as_ref();
        let sender = sender.unwrap_or(&visit.app.config.mail_from.address);
        let view = ForgotSentPage {
            sender: sender.to_string(),
        };
        return visit.page("account/forgot_sent.html", &view);
    }
    let view = ForgotPage {
        login_name: visit.typed("loginName").to_owned(),
        problems: problems(&visit),
        alert: alert(&visit),
    };
    visit.page("account/forgot.html", &view)
}

/// The answer is the same whether or not there is such an account: a job looks.
pub async fn ask_for_link(call: Call) -> Result<Done> {
    let login_name = call.fields.get("loginName").trim();
    if login_name.is_empty() {
        let why = t("Type your e-mail address or user name.");
        return Err(Error::invalid("loginName", why));
    }
    let mut tx = call.app.db.begin().await?;
    forgot::ask(&mut tx, login_name, call.client.ip, call.now).await?;
    tx.commit().await?;
    let message = t("If there is an account for what you typed, a link is on its way.");
    Ok(Done::lead_to("/pigeon/forgot?sent=1", message))
}

pub async fn show_reset(visit: Visit) -> Result<Response> {
    let token = visit.param("token");
    if token == DONE {
        return visit.page("account/reset_done.html", &ResetOutcome {});
    }
    let mut conn = visit.read().await?;
    let user = accounts::find(&mut conn, token, visit.now).await?;
    drop(conn);
    if user.is_none() {
        let mut page = visit.page("account/reset_expired.html", &ResetOutcome {})?;
        *page.status_mut() = StatusCode::NOT_FOUND;
        return Ok(page);
    }
    let view = ResetPage {
        token: token.to_owned(),
        problems: problems(&visit),
        alert: alert(&visit),
    };
    visit.page("account/reset.html", &view)
}

/// Whoever has the link may choose a password, but not from within somebody else's session.
pub async fn reset(call: Call) -> Result<Done> {
    let token = call.token();
    let mut conn = call.app.db.read().await?;
    let user = accounts::find(&mut conn, token, call.now).await?;
    drop(conn);
    let user = user.ok_or(Error::NotFound)?;
    if call.user.as_ref().is_some_and(|own| own.id != user.id) {
        let why = t("You are signed in with another account: sign out first.");
        return Err(Error::Forbidden(why.to_owned()));
    }
    let password = Password::parse(call.fields.get("password"))
        .map_err(|problem| Error::invalid("password", problem))?;
    let hash = password.hash().await?;

    let mut tx = call.app.db.begin().await?;
    let reset = accounts::reset(&mut tx, token, &hash, call.app.clock.now()).await?;
    reset.ok_or(Error::NotFound)?;
    tx.commit().await?;
    let done = Done::lead_to(
        format!("/pigeon/reset/{DONE}"),
        t("Your password is changed."),
    );
    Ok(done.with_cookie(Cookie::Session.take_away()))
}
