//! A form was posted: finds its action, judges where it came from, and runs it.

use std::sync::Arc;

use axum::{body::Body, http::request::Parts, response::Response};

use crate::{
    App, Error, Result,
    i18n::t,
    web::{
        Call, Done, Fields, Kind,
        actions::{self, Action},
        answer,
        cookies::Cookie,
        errors, form_token, metrics,
        origin::{self, Door, Origin},
        request::{self, Answered},
        route,
        visit::Typed,
    },
};

pub async fn handle(app: App, parts: Parts, body: Body) -> Response {
    let page = route::find(parts.uri.path()).map(|(route, _)| route);
    let response = take(app, parts, body).await;
    match page {
        Some(route) => request::answered(response, route.path, route.kind),
        None => response,
    }
}

async fn take(app: App, parts: Parts, body: Body) -> Response {
    let path = parts.uri.path();
    let page = route::find(path);
    let takes_forms = page
        .as_ref()
        .is_some_and(|(route, _)| route.methods().contains(&"POST"));
    let named = actions::named_by(path);
    if named.is_none() && !takes_forms {
        return request::not_allowed(&app, &parts);
    }
    let mut visit = request::visit(&app, &parts);
    let fields = match Fields::read(&parts.headers, body).await {
        Ok(fields) => Arc::new(fields),
        Err(error) => return errors::answer(visit, &error).await,
    };
    visit.typed = Some(Typed {
        fields: Arc::clone(&fields),
        ..Typed::default()
    });
    let name = named.or_else(|| fields.find("action"));
    let name = name.or_else(|| page.as_ref().and_then(|(route, _)| route.form));
    let Some(name) = name else {
        return request::not_allowed(&app, &parts);
    };
    let Some(action) = actions::find(name) else {
        return errors::answer(visit, &Error::NotFound).await;
    };
    metrics::count_post(action.name);
    let kind = page.as_ref().map_or(Kind::Page, |(route, _)| route.kind);
    let call = Call {
        now: visit.now,
        user: None,
        client: visit.client,
        headers: Arc::clone(&visit.headers),
        origin: judge(&app, &parts, action, &fields),
        form_cookie: visit.form_cookie.take(),
        posted_to: path.to_owned(),
        params: page.map_or_else(Vec::new, |(_, params)| params),
        fields,
        app,
    };
    let mut response = act(action, call).await;
    let shown = response.extensions().get::<Answered>();
    let kind = shown.map_or(kind, |shown| shown.kind);
    let by = action.name;
    response.extensions_mut().insert(Answered { by, kind });
    response
}

fn judge(app: &App, parts: &Parts, action: &Action, fields: &Fields) -> Origin {
    let headers = &parts.headers;
    let token = form_token::judge(app, headers, fields);
    let has_session = Cookie::Session.came_along(&app.config, headers);
    origin::judge(&app.config, headers, action.door, token, has_session)
}

async fn act(action: &'static Action, mut call: Call) -> Response {
    // From another site, nobody's cookies count.
    if call.origin != Origin::Own {
        call.form_cookie = None;
    }
    if call.origin == Origin::Own && action.door != Door::Mail {
        let arrival = call.app.db.arrive();
        match request::signed_in(&call.app, &call.headers, arrival, call.now).await {
            Ok(user) => call.user = user,
            Err(error) => return answer::refused(call, action, error).await,
        }
    }
    match run(action, call.clone()).await {
        Ok(done) => answer::done(call, done).await,
        Err(error) => answer::refused(call, action, error).await,
    }
}

async fn run(action: &Action, call: Call) -> Result<Done> {
    if call.origin == Origin::Refused {
        let text = t(
            "This form did not come from a page of this site. Please open the page again, \
                      and send it from there.",
        );
        return Err(Error::Forbidden(text.to_owned()));
    }
    action.who.ensure(call.user.as_ref())?;
    call.fields.check()?;
    (action.run)(call).await
}
