//! The log tells what happened, and opens nothing: no secret, address or text stands in it.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{Router, http::Uri, middleware};
use pigeon::{App, web};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Actors, TestApp};

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn with_a_trap(app: App) -> Router {
    let trap = async |uri: Uri| {
        assert_ne!(uri.path(), "/pigeon/trap/secret-in-path", "{uri}");
    };
    let layer = middleware::from_fn_with_state(app.clone(), web::gate::guard);
    let trap = Router::new().route("/pigeon/trap/{secret}", axum::routing::any(trap));
    trap.layer(layer).fallback_service(web::router(app))
}

#[tokio::test]
async fn p20_nothing_that_opens_a_conversation_is_logged_even_when_debugging() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(log.clone());
    let _logging = tracing::subscriber::set_default(subscriber.finish());
    web::panics::quiet();

    let app = TestApp::serving(&[], with_a_trap).await;
    let actors = Actors::of(&app).await;
    let mut secrets = vec![
        "secret-in-path",
        "secret-in-body",
        "secret-in-query",
        "@example.com",
    ];
    let guest = &actors.all[1];
    let token = guest.token.as_deref().unwrap();
    secrets.push(token);
    let session = actors.all[7].person.cookie("pigeon").unwrap();
    secrets.push(session);
    for actor in &actors.all {
        let mut person = actor.person.clone();
        for path in [
            &format!("/pigeon/t/{token}?q=secret-in-query"),
            "/pigeon/reset/secret-in-path",
            "/pigeon/u/secret-in-path",
            "/pigeon/trap/secret-in-path",
            "/pigeon/contact?email=ann@example.com",
            "/secret-in-path",
        ] {
            person.get(path).await;
            let fields = [("body", "secret-in-body"), ("token", token)];
            person.post(path, &fields).await;
        }
        for action in web::actions::actions() {
            let path = format!("/pigeon/actions/{}", action.name);
            let thread = actors.thread.id.to_string();
            let fields = [
                ("token", token),
                ("threadId", &thread),
                ("email", "ann@example.com"),
                ("loginName", "admin@example.com"),
                ("password", "secret-in-body"),
                ("body", "secret-in-body"),
            ];
            person.clone().post(&path, &fields).await;
        }
    }
    app.run_jobs().await;
    // The test's own panics may speak.
    let _ = std::panic::take_hook();

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in [
        "route=\"/pigeon/reset/{token}\"",
        "panicked",
        "status=500",
        "method=\"POST\"",
    ] {
        assert!(logged.contains(expected), "{expected}");
    }
    for secret in secrets {
        let line = logged.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}
