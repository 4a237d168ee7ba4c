//! What an operator watches, in Prometheus' words, for whoever shows the token.

use std::{sync::OnceLock, time::Duration};

use axum::{
    http::{Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::{Error, Result, secrets, web::Visit};

const REQUESTS: &str = "pigeon_requests_total";
const SECONDS: &str = "pigeon_request_seconds";
const POSTS: &str = "pigeon_posts_total";
const TOO_MANY: &str = "pigeon_too_many_requests_total";
const HONEYPOT: &str = "pigeon_honeypot_total";
const BUCKETS: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to count; once for a process.
pub fn install() {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS);
        let recorder = builder.expect("there are buckets").build_recorder();
        let handle = recorder.handle();
        // Whoever has installed another recorder counts there.
        let _ = metrics::set_global_recorder(recorder);
        metrics::describe_counter!(REQUESTS, "requests answered");
        metrics::describe_histogram!(SECONDS, "time from a request's head to its answer's");
        metrics::describe_counter!(POSTS, "forms posted, by action");
        metrics::describe_counter!(TOO_MANY, "answers 429");
        metrics::describe_counter!(HONEYPOT, "forms that a honeypot caught");
        handle
    });
}

#[expect(clippy::unused_async, reason = "pages are asynchronous")]
pub async fn show(visit: Visit) -> Result<Response> {
    let Some(expected) = &visit.app.config.metrics_token else {
        return Err(Error::NotFound);
    };
    let sent = visit.headers.get(header::AUTHORIZATION);
    let sent = sent.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if !sent.is_some_and(|sent| secrets::same(&secrets::hash(sent), &secrets::hash(expected))) {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        return Ok((StatusCode::UNAUTHORIZED, challenge).into_response());
    }
    let handle = HANDLE.get().ok_or(Error::NotFound)?;
    handle.run_upkeep();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, handle.render()).into_response())
}

pub fn count_request(route: &'static str, method: &'static str, status: u16, took: Duration) {
    metrics::counter!(REQUESTS, "route" => route, "method" => method, "status" => status.to_string())
        .increment(1);
    metrics::histogram!(SECONDS, "route" => route).record(took.as_secs_f64());
    if status == 429 {
        metrics::counter!(TOO_MANY, "route" => route).increment(1);
    }
}

pub fn count_post(action: &'static str) {
    metrics::counter!(POSTS, "action" => action).increment(1);
}

pub fn count_honeypot() {
    metrics::counter!(HONEYPOT).increment(1);
}

/// A name of our own, so that nobody makes new series by inventing methods.
pub fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
