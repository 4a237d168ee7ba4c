//! A panic costs its request, and nothing else.

use axum::{Router, http::Uri, middleware};
use pigeon::{App, web};
use queue::{NewJob, Options, Outcome, Worker};

use crate::support::{Guest, TestApp};

fn panicking(app: App) -> Router {
    let answer = async |uri: Uri| {
        assert!(!uri.path().ends_with("panic"), "a secret in words");
        "fine"
    };
    let layer = middleware::from_fn_with_state(app, web::gate::guard);
    Router::new().fallback(answer).layer(layer)
}

#[tokio::test]
async fn a_panic_is_answered_with_500_and_the_program_lives() {
    let app = TestApp::serving(&[], panicking).await;
    let mut stranger = app.stranger();
    for _ in 0..3 {
        let answer = stranger.get("/panic").await.expect(500);
        assert!(!answer.text().contains("secret in words"), "{answer:?}");
        let id = answer.header("x-request-id").unwrap();
        assert!(answer.text().contains(id), "{answer:?}");
        assert!(answer.header("content-security-policy").is_some());
        stranger.get("/fine").await.expect(200);
    }
}

fn with_a_trap(app: App) -> Router {
    let trap = async |_: Uri| -> () { panic!("a trap") };
    let layer = middleware::from_fn_with_state(app.clone(), web::gate::guard);
    let trap = Router::new().route("/trap", axum::routing::any(trap));
    trap.layer(layer).fallback_service(web::router(app))
}

#[tokio::test]
async fn r112_a_panic_costs_one_request_and_no_lock() {
    web::panics::quiet();
    let app = TestApp::serving(&[], with_a_trap).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    for _ in 0..40 {
        let fields = [("email", "ann@example.com"), ("body", "Hm?")];
        ada.get("/trap").await.expect(500);
        let answer = ada.post("/trap", &fields).await.expect(500);
        assert!(!answer.text().contains("a trap"), "{answer:?}");
    }
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ada.answers(&ann.thread, "All is well.").await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("ann@example.com").len(), 2);
}

#[tokio::test]
async fn r112_a_panic_costs_one_job_and_the_others_go_on() {
    web::panics::quiet();
    let (app, _) = TestApp::open().await;
    let now = app.app.clock.now();
    let mut tx = app.app.db.begin().await.unwrap();
    for payload in ["fine", "poison", "fine"] {
        let job = NewJob {
            kind: "test",
            lane: "one",
            payload,
            run_at: now,
        };
        queue::push(&mut tx, job, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let handler = async |job: queue::Job| {
        assert_ne!(job.payload::<String>().unwrap(), "poison");
        Outcome::Done
    };
    let handler = move |job| Box::pin(handler(job));
    let worker = Worker::new(
        app.app.db.clone(),
        app.app.clock.clone(),
        handler,
        Options::default(),
    );
    let mut done = 0;
    for _ in 0..20 {
        done += worker.run_until_empty().await.unwrap().done;
        app.advance(std::time::Duration::from_hours(1));
    }
    assert_eq!(done, 2);
    let parked = "SELECT count(*) FROM jobs WHERE parked_at IS NOT NULL AND crashes = 5";
    assert_eq!(
        app.number(parked).await,
        1,
        "it is kept, with what happened"
    );
    Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("ann@example.com").len(), 1);
}
