use std::sync::Arc;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use db::{Arrival, Conn, Timestamp};
use jiff::Zoned;
use serde::Serialize;
use templates::{FormToken, Page};

use crate::{
    App, Error, Problems, Result,
    accounts::{Permission, User, setup},
    error::Newer,
    secrets,
    web::{Fields, client::Client, form_token::FormCookie, gate, route::Params},
};

/// Somebody looks at a page.
#[derive(Clone)]
pub struct Visit {
    pub app: App,
    pub now: Timestamp,
    /// What was committed before is on the page.
    pub arrival: Arrival,
    /// Who is signed in.
    pub user: Option<User>,
    pub client: Client,
    pub headers: Arc<HeaderMap>,
    /// The page's path, without the query.
    pub path: String,
    pub params: Params,
    pub query: Arc<Fields>,
    /// The query as it was sent.
    pub query_text: String,
    /// A form that came back: the page shows it with everything that was typed.
    pub typed: Option<Typed>,
    /// None: the browser has none yet.
    pub form_cookie: Option<FormCookie>,
}

/// What was typed into a form, and why it was not taken.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub fields: Arc<Fields>,
    /// What is wrong, by field.
    pub problems: Problems,
    /// What is wrong with the whole; None where it is only to be filled in.
    pub message: Option<String>,
    /// What others have written meanwhile.
    pub newer: Vec<Newer>,
    pub status: StatusCode,
    /// The page of the form that came back.
    pub page: String,
}

impl Visit {
    /// To read what had been committed when this person came.
    pub async fn read(&self) -> Result<Conn> {
        Ok(self.app.db.read_since(self.arrival).await?)
    }

    /// What stands in the place of `{name}` in the route's path.
    pub fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(key, _)| *key == name);
        found.map_or("", |(_, value)| value)
    }

    /// What was typed into a field of the form that came back.
    pub fn typed(&self, field: &str) -> &str {
        self.typed
            .as_ref()
            .map_or("", |typed| typed.fields.get(field))
    }

    /// What is wrong with a field of the form that came back.
    pub fn problem(&self, field: &str) -> Option<&str> {
        let problems = self.typed.as_ref()?.problems.0.get(field)?;
        problems.first().map(String::as_str)
    }

    /// What is wrong with the fields of the form that came back.
    pub fn problems(&self) -> Problems {
        let problems = self.typed.as_ref().map(|typed| &typed.problems);
        problems.cloned().unwrap_or_default()
    }

    /// What is wrong with the whole form that came back.
    pub fn refusal(&self) -> Option<&str> {
        self.typed.as_ref()?.message.as_deref()
    }

    /// Renders a template as this page.
    pub fn page(&self, template: &str, view: &impl Serialize) -> Result<Response> {
        let cookie = self.form_cookie.clone().unwrap_or_default();
        let form = FormToken {
            csrf: cookie.token(&self.app),
            key: secrets::token(),
        };
        let html = self
            .app
            .templates
            .page(template, &self.known(Some(form)), view);
        let html = html.map_err(Error::internal("a template failed"))?;
        let mut response = Html(html).into_response();
        if self.form_cookie.is_none() {
            let set = cookie.to_set();
            set.add_to(&self.app.config, response.headers_mut());
        }
        Ok(response)
    }

    /// What every template knows.
    pub fn known(&self, form: Option<FormToken>) -> Page {
        let settings = self.app.settings();
        let zone = settings.time_zone.iana_name().unwrap_or("UTC");
        Page {
            now: self.now.as_micros(),
            time_zone: zone.to_owned(),
            lang: "en".into(),
            dir: "ltr".into(),
            site_name: settings.site_name.clone(),
            site_url: self.app.config.origin(),
            form,
        }
    }

    /// A moment in the site's time zone.
    pub fn zoned(&self, at: Timestamp) -> Zoned {
        let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
        at.to_zoned(self.app.settings().time_zone.clone())
    }

    /// The page's path and query.
    pub fn here(&self) -> String {
        if self.query_text.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query_text)
        }
    }

    pub fn request_id(&self) -> &str {
        gate::request_id(&self.headers)
    }

    /// Whether the answer should be JSON.
    pub fn wants_json(&self) -> bool {
        wants_json(&self.headers)
    }
}

/// `Accept: application/json`, and no page beside it.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter();
    let accept: Vec<_> = accept.filter_map(|line| line.to_str().ok()).collect();
    let names = |kind: &str| accept.iter().any(|line| line.contains(kind));
    names("application/json") && !names("text/html")
}

/// A 303 to a path of ours.
pub fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(_) => Redirect::to(path).into_response(),
        Err(_) => Redirect::to("/pigeon").into_response(),
    }
}

/// Leads on to where this person's work is.
pub async fn lead_on(visit: Visit) -> Result<Response> {
    if visit.path == "/" {
        return Ok(see_other("/pigeon"));
    }
    let page = match &visit.user {
        _ if !setup::is_done(&visit.app).await? => "/pigeon/setup",
        Some(user) if user.can(Permission::AccessPlugin) => "/pigeon/admin",
        // Their own threads, once they have a page.
        Some(_) | None => "/pigeon/contact",
    };
    Ok(see_other(page))
}
