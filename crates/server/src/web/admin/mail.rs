//! The mail catcher's pages; there are none once a mail server is set.

use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse as _, Response},
};
use db::Timestamp;

use crate::{
    Error, Result, catcher,
    i18n::t,
    ids::MailId,
    views::{
        mail_catcher::{Caught, CaughtMail, MailCatcher, Tab},
        shell::Place,
    },
    web::{
        Visit,
        admin::{shell, viewer},
    },
};

/// A mail styles itself, and does nothing else.
const MAIL_POLICY: HeaderValue = HeaderValue::from_static(
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
);
/// That of every page, and a frame for the mail.
const FRAME_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'",
);

pub async fn list(visit: Visit) -> Result<Response> {
    ensure_catching(&visit)?;
    let viewer = viewer(&visit)?;
    let mut conn = visit.read().await?;
    let shell = shell(&visit, &mut conn, viewer, Place::Mail).await?;
    let mails = catcher::list(&mut conn, &visit.app.secrets, viewer.id, visit.now).await?;
    drop(conn);

    let mails = mails
        .into_iter()
        .map(|(id, at, mail)| caught(id, at, &mail));
    let view = MailCatcher {
        shell,
        mails: mails.collect(),
    };
    visit.page("admin/mail.html", &view)
}

pub async fn show(visit: Visit) -> Result<Response> {
    ensure_catching(&visit)?;
    let viewer = viewer(&visit)?;
    let (id, at, mail) = find(&visit).await?;
    let mut conn = visit.read().await?;
    let shell = shell(&visit, &mut conn, viewer, Place::Mail).await?;
    drop(conn);

    let tab = match visit.query.get("show") {
        "html" if !mail.html.is_empty() => Tab::Html,
        "raw" => Tab::Raw,
        _ => Tab::Text,
    };
    let text = match tab {
        _ if mail.is_withheld() => t("This mail lets somebody else choose their password, \
             so its text is kept from you.")
        .to_owned(),
        Tab::Raw => mail.raw.clone(),
        Tab::Text | Tab::Html => mail.text.clone(),
    };
    let view = CaughtMail {
        shell,
        tab,
        text,
        links: links(&visit, &mail.text),
        html_url: (!mail.html.is_empty()).then(|| format!("/pigeon/admin/mail/{id}/html")),
        mail: caught(id, at, &mail),
    };
    let mut response = visit.page("admin/mail_one.html", &view)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, FRAME_POLICY);
    Ok(response)
}

/// The HTML part alone, for the frame.
pub async fn html(visit: Visit) -> Result<Response> {
    ensure_catching(&visit)?;
    let (_, _, mail) = find(&visit).await?;
    if mail.html.is_empty() {
        return Err(Error::NotFound);
    }
    let mut response = Html(mail.html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, MAIL_POLICY);
    Ok(response)
}

/// The frame lets no link of the mail lead anywhere, so they stand beside it.
fn links(visit: &Visit, text: &str) -> Vec<String> {
    let site = visit.app.config.url("/");
    let words = text.split_whitespace();
    let links = words.filter(|word| word.starts_with(&site));
    links.map(str::to_owned).collect()
}

fn ensure_catching(visit: &Visit) -> Result<()> {
    if visit.app.outlet.is_catcher() {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

async fn find(visit: &Visit) -> Result<(MailId, Timestamp, catcher::Caught)> {
    let viewer = viewer(visit)?;
    let id: MailId = visit.param("id").parse().map_err(|_| Error::NotFound)?;
    let mut conn = visit.read().await?;
    let (at, mail) = catcher::get(&mut conn, &visit.app.secrets, viewer.id, id, visit.now).await?;
    Ok((id, at, mail))
}

fn caught(id: MailId, at: Timestamp, mail: &catcher::Caught) -> Caught {
    Caught {
        id: id.to_string(),
        from: mail.from.clone(),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        at,
    }
}
