use std::sync::Arc;

use axum::http::HeaderMap;
use db::Timestamp;

use crate::{
    App,
    accounts::User,
    web::{
        Fields, Visit,
        client::Client,
        form_token::FormCookie,
        origin::Origin,
        route::{self, Params},
        visit::Typed,
    },
};

/// Somebody asks for an action.
#[derive(Clone)]
pub struct Call {
    pub app: App,
    pub now: Timestamp,
    /// Who is signed in; nobody, where the form came from another site.
    pub user: Option<User>,
    pub client: Client,
    pub headers: Arc<HeaderMap>,
    pub fields: Arc<Fields>,
    pub origin: Origin,
    /// The browser's; none, where the form came from another site.
    pub form_cookie: Option<FormCookie>,
    /// The path that it was posted to: a page, or an action's.
    pub posted_to: String,
    /// What the names in that page's path stand for.
    pub params: Params,
}

impl Call {
    /// What stands in the place of `{name}` in the path that it was posted to.
    pub fn param(&self, name: &str) -> &str {
        let found = self.params.iter().find(|(key, _)| *key == name);
        found.map_or("", |(_, value)| value)
    }

    /// The token of a private link: a field, or in the page's own path.
    pub fn token(&self) -> &str {
        match self.fields.find("token") {
            Some(token) => token,
            None => self.param("token"),
        }
    }

    /// A look at one of our pages by whoever asked.
    pub fn visit(&self, page: &str, typed: Typed) -> Option<(&'static route::Route, Visit)> {
        let page = page.split('#').next().unwrap_or_default();
        let (path, query) = page.split_once('?').unwrap_or((page, ""));
        let (route, params) = route::find(path)?;
        let visit = Visit {
            app: self.app.clone(),
            now: self.now,
            arrival: self.app.db.arrive(),
            user: self.user.clone(),
            client: self.client,
            headers: Arc::clone(&self.headers),
            path: path.to_owned(),
            params,
            query: Arc::new(Fields::of_query(query).unwrap_or_default()),
            query_text: query.to_owned(),
            typed: Some(typed),
            form_cookie: self.form_cookie.clone(),
        };
        Some((route, visit))
    }
}
