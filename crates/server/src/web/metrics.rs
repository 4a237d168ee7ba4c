//! What an operator watches, in Prometheus' words, for whoever shows the token.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    http::{Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{Error, Result, app::COMMIT_BATCH, config::Config, secrets, web::Visit};

const REQUESTS: &str = "pigeon_requests_total";
const SECONDS: &str = "pigeon_request_seconds";
const POSTS: &str = "pigeon_posts_total";
const TOO_MANY: &str = "pigeon_too_many_requests_total";
const HONEYPOT: &str = "pigeon_honeypot_total";
const JOBS_DUE: &str = "pigeon_jobs_due";
const JOBS_FAILED: &str = "pigeon_jobs_failed";
const OLDEST_DUE: &str = "pigeon_oldest_due_job_seconds";
const TIMES: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
const BATCHES: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// Requests between two sums.
const UPKEEP_EVERY: u32 = 1_000;

static SINCE_UPKEEP: AtomicU32 = AtomicU32::new(0);
static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to count, if there is a token to ask for the counts with; once for a process.
pub fn install(config: &Config) {
    if config.metrics_token.is_none() {
        return;
    }
    HANDLE.get_or_init(|| {
        let batch = Matcher::Full(COMMIT_BATCH.to_owned());
        let builder = PrometheusBuilder::new().set_buckets(&TIMES);
        let builder = builder.and_then(|builder| builder.set_buckets_for_metric(batch, &BATCHES));
        let recorder = builder.expect("there are buckets").build_recorder();
        let handle = recorder.handle();
        // Whoever has installed another recorder counts there.
        let _ = metrics::set_global_recorder(recorder);
        metrics::describe_counter!(REQUESTS, "requests answered");
        metrics::describe_histogram!(SECONDS, "time from a request's head to its answer's");
        metrics::describe_counter!(POSTS, "forms posted, by action");
        metrics::describe_counter!(TOO_MANY, "answers 429");
        metrics::describe_counter!(HONEYPOT, "forms that a honeypot caught");
        metrics::describe_gauge!(JOBS_DUE, "jobs that could run now");
        metrics::describe_gauge!(JOBS_FAILED, "jobs that were given up");
        metrics::describe_gauge!(OLDEST_DUE, "how long the oldest due job has waited");
        metrics::describe_histogram!(COMMIT_BATCH, "transactions that shared a wait for the disk");
        for counter in [TOO_MANY, HONEYPOT] {
            metrics::counter!(counter).absolute(0);
        }
        handle
    });
}

/// Only for the token's holders; without a token there is nothing here.
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
    if let Err(error) = measure_jobs(&visit).await {
        // What is counted in memory is told all the same: it may say why.
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "cannot count the jobs"
        );
    }
    handle.run_upkeep();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, handle.render()).into_response())
}

async fn measure_jobs(visit: &Visit) -> Result<()> {
    let mut conn = visit.read().await?;
    let counts = queue::counts(&mut conn, visit.now).await?;
    let number = |count: i64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    metrics::gauge!(JOBS_DUE).set(number(counts.due));
    metrics::gauge!(JOBS_FAILED).set(number(counts.failed));
    metrics::gauge!(OLDEST_DUE).set(counts.oldest_due_age(visit.now).as_secs_f64());
    Ok(())
}

pub fn count_request(route: &'static str, method: &'static str, status: u16, took: Duration) {
    metrics::counter!(REQUESTS, "route" => route, "method" => method, "status" => status.to_string())
        .increment(1);
    metrics::histogram!(SECONDS, "route" => route).record(took.as_secs_f64());
    // Until they are summed up, all measured times are kept.
    if let Some(handle) = HANDLE.get()
        && SINCE_UPKEEP
            .fetch_add(1, Relaxed)
            .is_multiple_of(UPKEEP_EVERY)
    {
        handle.run_upkeep();
    }
    if status == 429 {
        metrics::counter!(TOO_MANY).increment(1);
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
