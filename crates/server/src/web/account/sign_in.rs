use axum::response::Response;

use crate::{
    Result,
    accounts::{session, sign_in as accounts},
    i18n::t,
    views::account::{SignInPage, SignOutPage},
    web::{
        Call, Done, Visit, carried, carried::Carried, cookies::Cookie, target, visit::see_other,
    },
};

/// The form; also what anybody sees, at any address, who has to sign in first.
pub async fn show_sign_in(visit: Visit) -> Result<Response> {
    if visit.user.is_some() && visit.typed.is_none() {
        return Ok(see_other("/pigeon"));
    }
    let Carried { target, carried } = Carried::of(&visit);
    let asked = target::parse(&visit.app.config, visit.query.get("redirect"));
    let alert = visit.problem("loginName").or(visit.refusal());
    let view = SignInPage {
        login_name: visit.typed("loginName").to_owned(),
        alert: alert.map(str::to_owned),
        target: if target.is_empty() {
            asked.unwrap_or_default()
        } else {
            target
        },
        carried,
    };
    visit.page("account/sign_in.html", &view)
}

pub async fn sign_in(call: Call) -> Result<Done> {
    let signed_in = accounts::sign_in(
        &call.app,
        call.fields.get("loginName"),
        call.fields.get("password"),
        call.client.ip,
        Cookie::Session.read(&call.app.config, &call.headers),
    )
    .await?;
    let cookie = Cookie::Session.set(signed_in.token, Some(session::LIFETIME));
    let then = carried::then(&call, signed_in.user, "/pigeon");
    Ok(Done::then(then, t("You are signed in.")).with_cookie(cookie))
}

/// Asks: whoever follows a link is not signed out by it.
pub async fn show_sign_out(visit: Visit) -> Result<Response> {
    if visit.user.is_none() {
        return Ok(see_other("/pigeon/login"));
    }
    visit.page("account/sign_out.html", &SignOutPage {})
}

pub async fn sign_out(call: Call) -> Result<Done> {
    if let Some(token) = Cookie::Session.read(&call.app.config, &call.headers) {
        let mut tx = call.app.db.begin().await?;
        session::end(&mut tx, token).await?;
        tx.commit().await?;
    }
    let done = Done::lead_to("/pigeon/login", t("You are signed out."));
    Ok(done.with_cookie(Cookie::Session.take_away()))
}
