//! What every request passes, and every answer, errors and panics included.

use std::panic::AssertUnwindSafe;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt as _;

use crate::{
    App, Error,
    i18n::{t, t_with},
    secrets,
    web::{
        Kind, Visit, answer, body, client, compress, errors, headers, host, log, request, route,
        visit::see_other,
    },
};

/// Told in the answer and on error pages, and found in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = HeaderValue::from_str(&hex(secrets::random())).expect("digits are plain text");
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let entry = log::Entry::begin(&request);
    let reader = answer::reader(&app, &request);
    let way = compress::Way::of(request.headers());
    let is_chunked = request.headers().contains_key(header::TRANSFER_ENCODING);

    let mut response = match turn_away(&app, &request) {
        Some(response) => response,
        None => run(&app, request, next).await,
    };

    if is_chunked {
        // The connection's check of heads cannot tell where such a body ends.
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(origin) = reader {
        answer::let_read(&mut response, origin);
    }
    response.headers_mut().insert(REQUEST_ID, id);
    headers::protect(&mut response);
    let response = compress::page(response, way).await;
    entry.end(&response);
    response
}

/// The id of a request that passed the gate.
pub fn request_id(headers: &HeaderMap) -> &str {
    let id = headers.get(REQUEST_ID);
    id.and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// What is refused whatever it asks for.
fn turn_away(app: &App, request: &Request) -> Option<Response> {
    let (headers, uri) = (request.headers(), request.uri());
    let visit = || -> Visit { request::visit_to(app, request) };
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_machine = || route::find(uri.path()).is_some_and(|(r, _)| r.kind == Kind::Machine);
    match host::check(&app.config, headers, uri) {
        host::Verdict::Ours => {}
        host::Verdict::Malformed => {
            let text = t("The request names no host.");
            return Some(errors::as_page(
                &visit(),
                &Error::Malformed(text.to_owned()),
            ));
        }
        _ if is_machine() => {}
        // A form is taken under any name of this machine; the page after it leads to ours.
        host::Verdict::Alias if is_read => {
            let path = uri.path_and_query().map_or("/", |path| path.as_str());
            let mut response = see_other(&app.config.url(path));
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            return Some(response);
        }
        host::Verdict::Alias => {}
        host::Verdict::Unknown => {
            let text = "This is {site_url}, and answers under no other name.";
            let text = t_with(text, &[("site_url", &app.config.origin())]);
            return Some(errors::tell(
                &visit(),
                StatusCode::MISDIRECTED_REQUEST,
                &text,
            ));
        }
    }
    if let Err(why) = app.ensure_in_time()
        && !is_machine()
    {
        return Some(errors::tell(
            &visit(),
            StatusCode::SERVICE_UNAVAILABLE,
            t(why),
        ));
    }
    let length = headers.get(header::CONTENT_LENGTH);
    let length: Option<u64> = length.and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length| length > body::LIMIT as u64) {
        return Some(errors::as_page(&visit(), &Error::TooLarge));
    }
    None
}

/// A panic costs its request, and nothing else.
async fn run(app: &App, request: Request, next: Next) -> Response {
    let visit = request::visit_to(app, &request);
    client::note_unnamed_proxy(app, &request);
    let request = request.map(body::limited);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(|_| {
        let error = Error::Internal {
            what: "a request panicked",
            source: "its place stands in the log".into(),
        };
        errors::note(&error, visit.request_id());
        errors::as_page(&visit, &error)
    })
}

fn hex(bytes: [u8; 8]) -> String {
    format!("{:016x}", u64::from_be_bytes(bytes))
}
