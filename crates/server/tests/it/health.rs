//! What an operator's programs ask.

use crate::support::TestApp;

const TOKEN: &str = "a-token-for-the-metrics";

#[tokio::test]
async fn a_node_with_its_database_is_alive_and_ready() {
    let app = TestApp::start().await;
    app.stranger().get("/pigeon/health/live").await.expect(200);
    app.stranger().get("/pigeon/health/ready").await.expect(200);
}

#[tokio::test]
async fn metrics_are_for_whoever_has_the_token() {
    let app = TestApp::with(&[("PIGEON_METRICS_TOKEN", TOKEN)]).await;
    let mut stranger = app.stranger();
    stranger.get("/pigeon/health/live").await.expect(200);
    stranger.get("/pigeon/t/a-secret-token").await;
    stranger
        .post("/pigeon/login", &[("loginName", "nobody")])
        .await;
    stranger.get("/pigeon/metrics").await.expect(401);
    let wrong = [("authorization", "Bearer wrong")];
    stranger
        .get_with("/pigeon/metrics", &wrong)
        .await
        .expect(401);

    let bearer = format!("Bearer {TOKEN}");
    let right = [("authorization", bearer.as_str())];
    let answer = stranger
        .get_with("/pigeon/metrics", &right)
        .await
        .expect(200);
    let line = "pigeon_requests_total{route=\"/pigeon/health/live\",method=\"GET\",status=\"200\"}";
    assert!(answer.text().contains(line), "{answer:?}");
    assert!(!answer.text().contains("a-secret-token"), "{answer:?}");
    for name in [
        "pigeon_request_seconds_bucket",
        "pigeon_posts_total",
        "pigeon_too_many_requests_total 0",
        "pigeon_honeypot_total 0",
        "pigeon_jobs_due 0",
        "pigeon_jobs_failed 0",
        "pigeon_oldest_due_job_seconds 0",
    ] {
        assert!(answer.text().contains(name), "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn without_a_token_in_the_configuration_there_are_no_metrics() {
    let app = TestApp::start().await;
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str())];
    app.stranger()
        .get_with("/pigeon/metrics", &headers)
        .await
        .expect(404);
}
