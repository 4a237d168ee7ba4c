//! How the outcome of an action is told: as a page, by leading on, or as JSON.

use std::sync::Arc;

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use crate::{
    App, Error, Result,
    ids::UndoId,
    web::{
        Call, Done,
        actions::{self, Action},
        done::Then,
        errors,
        gate::request_id,
        origin::{self, Door, Origin},
        request, target,
        visit::{Typed, see_other, wants_json},
    },
};

pub async fn done(call: Call, done: Done) -> Response {
    let Done {
        message,
        thread,
        held,
        then,
        undo,
        cookies,
    } = done;
    let mut response = if wants_json(&call.headers) {
        let mut body = json!({ "success": true, "message": message });
        if let (Value::Object(body), Some(thread)) = (&mut body, thread) {
            body.insert("thread".into(), json!(thread));
        }
        if let (Value::Object(body), Some(held)) = (&mut body, held) {
            body.insert("held".into(), json!(held));
        }
        if let (Value::Object(body), Then::LeadTo(page)) = (&mut body, &then) {
            body.insert("redirect".into(), json!(absolute(&call, page)));
        }
        if let (Value::Object(body), Some(undo)) = (&mut body, undo) {
            body.insert("undo".into(), json!(undo));
        }
        Json(body).into_response()
    } else {
        page(&call, then, message, undo).await
    };
    if call.origin == Origin::Own {
        for cookie in cookies {
            cookie.add_to(&call.app.config, response.headers_mut());
        }
    }
    with_origin(&call, response)
}

/// The form's own page with everything that was typed; or the general page, where that one cannot
/// be shown to this person.
pub async fn refused(call: Call, action: &Action, error: Error) -> Response {
    if wants_json(&call.headers) {
        errors::note(&error, request_id(&call.headers));
        return with_origin(&call, errors::as_json(&error));
    }
    let page = form_page(&call, action);
    let typed = Typed {
        fields: call.fields.clone(),
        problems: errors::problems(&error),
        message: Some(errors::message(&error)),
        newer: match &error {
            Error::Overtaken(newer) => newer.clone(),
            _ => Vec::new(),
        },
        status: errors::status(&error),
        page: page.clone(),
    };
    let Some((route, visit)) = call.visit(&page, typed.clone()) else {
        let (_, visit) = call.visit("/", typed).expect("there is a page at the root");
        let response = errors::answer(visit, &error).await;
        return with_origin(&call, response);
    };
    // A form that another site may have filled in is not offered for sending.
    let own_page =
        call.origin != Origin::Refused && !matches!(error, Error::SignInFirst | Error::LinkExpired);
    if own_page && let Ok(response) = request::show(route, visit.clone()).await {
        errors::note(&error, visit.request_id());
        return with_origin(&call, errors::with_status(response, &error));
    }
    let response = errors::answer(visit, &error).await;
    with_origin(&call, response)
}

/// Where a form on another site stands, none of our pages does: the action names one.
fn form_page(call: &Call, action: &Action) -> String {
    if actions::named_by(&call.posted_to).is_none() {
        return call.posted_to.clone();
    }
    (action.page)(call)
}

async fn page(call: &Call, then: Then, message: String, undo: Option<UndoId>) -> Response {
    let (page, fields, user) = match then {
        Then::LeadTo(page) => return see_other(&offering(lead(call, &page), undo)),
        Then::Show(page) => {
            // A form that leads on elsewhere leads there.
            if let Some(target) = target::parse(&call.app.config, call.fields.get("redirect")) {
                return see_other(&target);
            }
            (page, Arc::clone(&call.fields), None)
        }
        Then::FillIn { page, fields, user } => (page, Arc::new(fields), Some(*user)),
    };
    let typed = Typed {
        fields,
        message: user.is_none().then_some(message),
        status: StatusCode::OK,
        page: page.clone(),
        ..Typed::default()
    };
    let Some((route, mut visit)) = call.visit(&page, typed) else {
        return see_other(&page);
    };
    if user.is_some() {
        visit.user = user;
    }
    let shown: Result<Response> = request::show(route, visit.clone()).await;
    match shown {
        Ok(response) => response,
        Err(_) => see_other(&page),
    }
}

/// The form's own `redirect`, else the action's page.
fn lead(call: &Call, page: &str) -> String {
    let wanted = target::parse(&call.app.config, call.fields.get("redirect"));
    wanted.unwrap_or_else(|| page.to_owned())
}

/// A page of the control panel offers what its address names to be undone; others know nothing of
/// it.
fn offering(page: String, undo: Option<UndoId>) -> String {
    let Some(undo) = undo.filter(|_| page.starts_with("/pigeon/admin")) else {
        return page;
    };
    let (page, place) = match page.split_once('#') {
        Some((page, place)) => (page.to_owned(), format!("#{place}")),
        None => (page, String::new()),
    };
    let (path, query) = page.split_once('?').unwrap_or((&page, ""));
    let undo = format!("undo={undo}");
    let query = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("undo="));
    let query: Vec<&str> = query.chain([undo.as_str()]).collect();
    format!("{path}?{}{place}", query.join("&"))
}

fn absolute(call: &Call, page: &str) -> String {
    let page = lead(call, page);
    if page.starts_with('/') {
        call.app.config.url(&page)
    } else {
        page
    }
}

fn with_origin(call: &Call, mut response: Response) -> Response {
    if let Origin::Allowed(origin) = &call.origin {
        let origin = HeaderValue::from_str(origin).expect("it came as a header");
        let_read(&mut response, origin);
    }
    response
}

/// The named site whose script posts a guest's form, by the address it posts to: what is refused
/// before the form is read is told to it, too.
pub fn reader(app: &App, request: &Request) -> Option<HeaderValue> {
    let action = actions::named_by(request.uri().path()).and_then(actions::find)?;
    let origin = origin::of(request.headers())?;
    let is_named = action.door == Door::Guest && origin::is_allowed(&app.config, origin);
    is_named.then(|| HeaderValue::from_str(origin).expect("it came as a header"))
}

/// Lets a script on a named site read the answer; never with cookies.
pub fn let_read(response: &mut Response, origin: HeaderValue) {
    let headers = response.headers_mut();
    headers.remove(header::SET_COOKIE);
    let before = headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if before.is_none() {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
}
