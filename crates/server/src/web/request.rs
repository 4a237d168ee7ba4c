//! From a request to the page or the action that it asks for.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse as _, Response},
};

use db::{Arrival, Timestamp};

use crate::{
    App, Error, Result,
    accounts::{User, session},
    i18n::t,
    web::{
        Fields, Kind, Route, Visit, actions,
        client::Client,
        cookies::Cookie,
        errors,
        form_token::FormCookie,
        origin::{self, Door},
        post, route,
    },
};

/// The connection's other end.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// What answered, for the headers, the log and the metrics: never the path, which may hold a
/// secret.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    pub by: &'static str,
    pub kind: Kind,
}

pub async fn handle(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let page = route::find(parts.uri.path());
    let response = match parts.method {
        Method::GET | Method::HEAD => get(app, parts).await,
        Method::POST => post::handle(app, parts, body).await,
        Method::OPTIONS => options(&app, &parts),
        _ => not_allowed(&app, &parts),
    };
    match page {
        Some((route, _)) => answered(response, route.path, route.kind),
        None => response,
    }
}

async fn get(app: App, parts: Parts) -> Response {
    let Some((route, params)) = route::find(parts.uri.path()) else {
        if actions::named_by(parts.uri.path())
            .and_then(actions::find)
            .is_some()
        {
            return not_allowed(&app, &parts);
        }
        return errors::answer(visit(&app, &parts), &Error::NotFound).await;
    };
    let mut visit = visit(&app, &parts);
    visit.params = params;
    let shown = match enter(route, &mut visit).await {
        Ok(()) => show(route, visit.clone()).await,
        Err(error) => Err(error),
    };
    match shown {
        Ok(response) => response,
        Err(error) => errors::answer(visit, &error).await,
    }
}

/// Reads the query, and finds out who is signed in.
async fn enter(route: &Route, visit: &mut Visit) -> Result<()> {
    if matches!(route.kind, Kind::Page | Kind::Secret | Kind::Stream) {
        visit.query = Arc::new(Fields::of_query(&visit.query_text)?);
        visit.user = signed_in(&visit.app, &visit.headers, visit.arrival, visit.now).await?;
    }
    Ok(())
}

/// A page, if it is for this person.
pub async fn show(route: &'static Route, visit: Visit) -> Result<Response> {
    route.who.ensure(visit.user.as_ref())?;
    let response = (route.show)(visit).await?;
    Ok(answered(response, route.path, route.kind))
}

/// A look at an address by nobody in particular.
pub fn visit(app: &App, parts: &Parts) -> Visit {
    look(app, &parts.extensions, &parts.headers, &parts.uri)
}

/// The same, before the request is taken apart.
pub fn visit_to(app: &App, request: &Request) -> Visit {
    look(app, request.extensions(), request.headers(), request.uri())
}

fn look(app: &App, extensions: &Extensions, headers: &HeaderMap, uri: &Uri) -> Visit {
    let peer = extensions.get::<Peer>();
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
    Visit {
        app: app.clone(),
        now: app.clock.now(),
        arrival: app.db.arrive(),
        user: None,
        client: Client::find(peer, headers, &app.config.trusted_proxies),
        headers: Arc::new(headers.clone()),
        path: uri.path().to_owned(),
        params: Vec::new(),
        query: Arc::default(),
        query_text: uri.query().unwrap_or_default().to_owned(),
        typed: None,
        form_cookie: FormCookie::read(app, headers),
    }
}

/// Whose session's cookie came along.
pub async fn signed_in(
    app: &App,
    headers: &HeaderMap,
    arrival: Arrival,
    now: Timestamp,
) -> Result<Option<User>> {
    let Some(token) = Cookie::Session.read(&app.config, headers) else {
        return Ok(None);
    };
    let mut conn = app.db.read_since(arrival).await?;
    session::find(&mut conn, token, now).await
}

/// Notes what answered, unless that is known already.
pub fn answered(mut response: Response, by: &'static str, kind: Kind) -> Response {
    let extensions = response.extensions_mut();
    extensions.get_or_insert(Answered { by, kind });
    response
}

/// A named site's script asks whether it may post a guest's form.
fn options(app: &App, parts: &Parts) -> Response {
    let action = actions::named_by(parts.uri.path()).and_then(actions::find);
    let origin = origin::of(&parts.headers);
    let allowed = action.is_some_and(|action| action.door == Door::Guest)
        && origin.is_some_and(|origin| origin::is_allowed(&app.config, origin));
    if !allowed {
        return not_allowed(app, parts);
    }
    let headers = [
        (
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            origin.unwrap_or_default(),
        ),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
        (header::VARY, "Origin"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// 405 where the address answers to something else, or 404.
pub fn not_allowed(app: &App, parts: &Parts) -> Response {
    let path = parts.uri.path();
    let visit = visit(app, parts);
    let route = route::find(path).map(|(route, _)| route);
    let methods = match route {
        Some(route) => route.methods().join(", "),
        None if actions::named_by(path).and_then(actions::find).is_some() => "POST".to_owned(),
        None => return errors::as_page(&visit, &Error::NotFound),
    };
    let text = t("This address does not answer to that.");
    let mut response = errors::tell(&visit, StatusCode::METHOD_NOT_ALLOWED, text);
    let methods = HeaderValue::from_str(&methods).expect("methods are plain text");
    response.headers_mut().insert(header::ALLOW, methods);
    match route {
        Some(route) => answered(response, route.path, route.kind),
        None => response,
    }
}
