//! What people and scripts are told when something was not done.

use std::{
    error::Error as _,
    fmt::{self, Write as _},
};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use serde_json::json;

use crate::{
    Error, Problems,
    error::{Newer, NewerKind},
    i18n::{t, t_with},
    views::error::{ErrorPage, Next},
    web::{Visit, route, visit::Typed},
};

const TEMPLATE: &str = "errors/error.html";
const SIGN_IN: &str = "/pigeon/login";
const EXPIRED: &str = "/pigeon/expired";
/// Seconds after which trying again may help, when the database is gone or the disk is full.
const RETRY_AFTER: u64 = 10;

pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound | Error::LinkExpired => StatusCode::NOT_FOUND,
        Error::SignInFirst => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Malformed(_) => StatusCode::BAD_REQUEST,
        Error::Conflict(_) | Error::Overtaken(_) => StatusCode::CONFLICT,
        Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::NotOpen | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::DiskFull(_) => StatusCode::INSUFFICIENT_STORAGE,
        Error::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// In words for a person.
pub fn message(error: &Error) -> String {
    let text = match error {
        Error::Forbidden(text) | Error::Malformed(text) | Error::Conflict(text) => {
            return text.clone();
        }
        Error::Overtaken(newer) => return overtaken(newer),
        Error::TooMany { retry_after } => {
            let minutes = retry_after.as_secs().div_ceil(60).max(1);
            return crate::i18n::plural(
                minutes,
                "That was too often. Please try again in a minute.",
                "That was too often. Please try again in {n} minutes.",
            );
        }
        Error::NotFound => "There is nothing here, or nothing for you.",
        Error::LinkExpired => "This link does not work any more.",
        Error::NotOpen => "This inbox is not open yet. Please come back a little later.",
        Error::SignInFirst => "Please sign in first.",
        Error::Invalid(_) => "Please look at the marked fields.",
        Error::TooLarge => "This is too large: a form takes 1 MB, and no files yet.",
        Error::UnsupportedMedia => "This type of form is not understood.",
        Error::Unavailable(_) => "This is out of order for the moment. Please try again.",
        Error::DiskFull(_) => "There is no room for this at the moment. Please try again later.",
        Error::Internal { .. } => "Something went wrong here. It has been noted.",
    };
    t(text).to_owned()
}

/// Who was faster, and what they did.
fn overtaken(newer: &[Newer]) -> String {
    let what = match newer {
        [one] => {
            let text = match one.kind {
                NewerKind::Answer => "{name} answered while you were writing.",
                NewerKind::Note => "{name} left a note while you were writing.",
                NewerKind::Message => "{name} wrote while you were writing.",
            };
            t_with(text, &[("name", &one.author)])
        }
        several => crate::i18n::plural(
            u64::try_from(several.len()).unwrap_or(u64::MAX),
            "A message came while you were writing.",
            "{n} messages came while you were writing.",
        ),
    };
    let then = t("Your text is not sent. Read what is new, then decide.");
    format!("{what} {then}")
}

/// What the form's own page shows of the error.
pub fn problems(error: &Error) -> Problems {
    match error {
        Error::Invalid(problems) => problems.clone(),
        _ => Problems::default(),
    }
}

/// Notes what the owner should know; the one place where causes are logged.
pub fn note(error: &Error, request: &str) {
    if !matches!(
        error,
        Error::Unavailable(_) | Error::DiskFull(_) | Error::Internal { .. }
    ) {
        return;
    }
    let mut causes = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(causes, ": {cause}").expect("a text takes any text");
        source = cause.source();
    }
    tracing::error!(request, "{error}{causes}");
}

/// The answer to a page that cannot be shown.
pub async fn answer(visit: Visit, error: &Error) -> Response {
    note(error, visit.request_id());
    if visit.wants_json() {
        return as_json(error);
    }
    let page = match error {
        Error::SignInFirst => SIGN_IN,
        Error::LinkExpired => EXPIRED,
        _ => return as_page(&visit, error),
    };
    let mut visit = visit;
    let typed = visit.typed.take().unwrap_or_else(|| Typed {
        page: visit.here(),
        ..Typed::default()
    });
    visit.typed = Some(Typed {
        status: status(error),
        message: Some(message(error)),
        ..typed
    });
    let Some((route, params)) = route::find(page) else {
        return as_page(&visit, error);
    };
    let shown = Visit {
        params,
        path: page.to_owned(),
        ..visit.clone()
    };
    match (route.show)(shown).await {
        Ok(response) => with_status(response, error),
        Err(_) => as_page(&visit, error),
    }
}

pub fn as_json(error: &Error) -> Response {
    let mut body = json!({
        "success": false,
        "message": match error {
            Error::Invalid(problems) => first(problems),
            _ => message(error),
        },
        "errors": problems(error),
    });
    if let Error::Overtaken(newer) = error {
        body["newer"] = json!(newer);
    }
    with_status(Json(body).into_response(), error)
}

/// The general error page; a text that was being sent stands on it, so that it is not lost.
pub fn as_page(visit: &Visit, error: &Error) -> Response {
    with_status(tell(visit, status(error), &message(error)), error)
}

/// Says `text`, as JSON for whoever wants that.
pub fn tell(visit: &Visit, status: StatusCode, text: &str) -> Response {
    if visit.wants_json() {
        let body = json!({ "success": false, "message": text, "errors": {} });
        return (status, Json(body)).into_response();
    }
    let kept = visit.typed("body");
    let view = ErrorPage {
        status: status.as_u16(),
        title: title(status).to_owned(),
        text: text.to_owned(),
        next: Some(Next {
            href: "/pigeon".to_owned(),
            label: t("To the start").to_owned(),
        }),
        kept: (!kept.is_empty()).then(|| kept.to_owned()),
        request: visit.request_id().to_owned(),
    };
    let page = visit.known(None);
    let html = visit.app.templates.render(TEMPLATE, &page, &view);
    let html = html.unwrap_or_else(|failed| {
        tracing::error!(
            request = view.request,
            "the error page's template failed: {failed}"
        );
        plain(&view)
    });
    (status, Html(html)).into_response()
}

fn title(status: StatusCode) -> &'static str {
    t(match status.as_u16() {
        400 => "That made no sense",
        401 => "Sign in first",
        403 => "Not allowed",
        404 => "Nothing here",
        405 => "Not in this way",
        409 => "Something changed meanwhile",
        413 => "Too large",
        415 => "Not understood",
        421 => "Another address",
        422 => "Not quite right",
        429 => "Too often",
        503 => "Back in a moment",
        507 => "No room",
        _ => "Something went wrong",
    })
}

/// Gives the answer the error's status, and says when to try again.
pub fn with_status(mut response: Response, error: &Error) -> Response {
    *response.status_mut() = status(error);
    let seconds = match error {
        Error::TooMany { retry_after } => retry_after.as_secs().max(1),
        Error::NotOpen | Error::Unavailable(_) | Error::DiskFull(_) => RETRY_AFTER,
        _ => return response,
    };
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// When no template can be rendered.
fn plain(view: &ErrorPage) -> String {
    let kept = view.kept.as_deref().map_or(String::new(), |kept| {
        let kept = HtmlEscape(kept);
        format!("\n<textarea rows=\"12\" cols=\"60\" readonly>\n{kept}</textarea>")
    });
    format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<h1>{title}</h1>\n\
         <p>{}</p>{kept}\n",
        HtmlEscape(&view.text),
        title = view.title,
    )
}

/// Text that stands in markup.
struct HtmlEscape<'a>(&'a str);

impl fmt::Display for HtmlEscape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn first(problems: &Problems) -> String {
    let mut all = problems.0.values().flatten();
    let first = all.next().cloned();
    first.unwrap_or_else(|| message(&Error::Invalid(Problems::default())))
}
