//! A node that cannot serve says so, and says when it can again.

use std::time::Duration;

use db::Options;

use crate::support::{Guest, TestApp};

const READY: &str = "/pigeon/health/ready";

/// What the node says of itself after a while.
async fn says(app: &TestApp, status: u16) -> String {
    app.advance(Duration::from_secs(2));
    let answer = app.stranger().get(READY).await.expect(status);
    answer.text().to_owned()
}

#[tokio::test]
async fn a_node_without_its_database_is_alive_and_not_ready() {
    let app = TestApp::start().await;
    let mut maya = app.staff("maya").await;
    assert_eq!(says(&app, 200).await, "ready\n");
    app.app.db.close().await;
    assert_eq!(says(&app, 503).await, "not ready: the database is gone\n");
    app.stranger().get("/pigeon/health/live").await.expect(200);

    let page = maya.get("/pigeon/admin/threads").await.expect(503);
    assert!(page.header("retry-after").is_some(), "{page:?}");
    let fields = [
        ("email", "ann@example.com"),
        ("body", "Where is my parcel?"),
    ];
    let path = "/pigeon/actions/pigeon/guest/start";
    let answer = app.stranger().post(path, &fields).await.expect(503);
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    assert!(answer.text().contains("Where is my parcel?"), "{answer:?}");
}

#[tokio::test]
async fn a_node_whose_schema_is_behind_is_not_ready() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    let newest = "DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)";
    tx.query(newest).execute().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        says(&app, 503).await,
        "not ready: 1 migrations are missing\n"
    );
}

#[tokio::test]
async fn on_a_full_disk_a_post_is_refused_with_its_text_and_the_node_is_not_ready() {
    let app = TestApp::tuned(Options {
        max_pages: Some(400),
        ..Options::default()
    })
    .await;
    if !app.app.config.is_sqlite() {
        return; // PostgreSQL's disk cannot be filled from here.
    }
    app.signed_in("admin", true, &[]).await;
    let body = "x".repeat(90_000);
    let fields = [("email", "ann@example.com"), ("body", body.as_str())];
    let path = "/pigeon/actions/pigeon/guest/start";
    let answer = loop {
        app.advance(Duration::from_hours(1));
        let answer = app.stranger().post(path, &fields).await;
        if answer.status != 303 {
            break answer.expect(507);
        }
    };
    assert!(answer.text().contains(&body), "the text is not lost");
    assert_eq!(says(&app, 503).await, "not ready: the disk is full\n");
    app.stranger().get("/pigeon/contact").await.expect(200);
}

#[tokio::test]
async fn a_node_whose_clock_is_far_from_the_databases_does_not_work() {
    const SECOND: i64 = 1_000_000;
    let (app, _) = TestApp::open().await;
    Guest::asks(&app, "ann@example.com", "Hm?").await;
    for off in [301 * SECOND, -301 * SECOND] {
        app.advance(Duration::from_secs(2)); // what was found last counts for a second
        app.app.go_by(off);
        assert!(says(&app, 503).await.contains("clock"));
        app.stranger().get("/pigeon/contact").await.expect(503);
        app.run_jobs().await;
        assert!(app.mails().is_empty(), "it sends nothing");
        app.stranger().get("/pigeon/health/live").await.expect(200);
    }
    app.advance(Duration::from_mins(2));
    app.app.go_by(299 * SECOND);
    says(&app, 200).await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("ann@example.com").len(), 1);
}
