//! The site has one name; no other one gets into a link, a redirect or a cookie.

use crate::support::TestApp;

#[tokio::test]
async fn an_unknown_host_is_told_the_right_one() {
    let app = TestApp::start().await;
    let mut stranger = app.stranger();
    for host in [
        "evil.test",
        "pigeon.test.evil.test",
        "localhost",
        "127.0.0.1",
        "pigeon.test:81",
    ] {
        let answer = stranger
            .get_with("/pigeon", &[("host", host)])
            .await
            .expect(421);
        assert!(answer.text().contains("http://pigeon.test"), "{answer:?}");
        assert!(!answer.text().contains(host) || "pigeon.test:81" != host);
        let json = [("host", host), ("accept", "application/json")];
        let answer = stranger.get_with("/pigeon", &json).await.expect(421);
        assert_eq!(answer.json()["success"], false);
    }
    stranger
        .get_with("/", &[("host", "PIGEON.test:80")])
        .await
        .expect(303);
    for host in ["", "a b", "a@pigeon.test"] {
        stranger
            .get_with("/pigeon", &[("host", host)])
            .await
            .expect(400);
    }
    stranger
        .ask("GET", "http://evil.test/pigeon", &[], b"")
        .await
        .expect(421);
}

#[tokio::test]
async fn forwarded_names_are_not_believed() {
    let app = TestApp::with(&[("PIGEON_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let headers = [
        ("x-forwarded-host", "evil.test"),
        ("forwarded", "host=evil.test"),
        ("x-original-host", "evil.test"),
    ];
    for path in ["/", "/pigeon", "/pigeon/contact", "/nothing"] {
        let answer = app.stranger().get_with(path, &headers).await;
        assert!(!format!("{answer:?}").contains("evil.test"), "{answer:?}");
    }
}

#[tokio::test]
async fn health_answers_under_any_name() {
    let app = TestApp::start().await;
    for path in ["/pigeon/health/live", "/pigeon/health/ready"] {
        let headers = [("host", "10.0.0.7:8080")];
        app.stranger().get_with(path, &headers).await.expect(200);
    }
}

#[tokio::test]
async fn on_loopback_every_name_of_this_machine_leads_to_the_one() {
    let app = TestApp::with(&[("PIGEON_SITE_URL", "http://localhost:8080")]).await;
    let mut stranger = app.stranger();
    for host in ["127.0.0.1:8080", "[::1]:8080", "127.0.0.1:9090"] {
        let answer = stranger
            .get_with("/pigeon?a=b", &[("host", host)])
            .await
            .expect(307);
        assert_eq!(
            answer.header("location"),
            Some("http://localhost:8080/pigeon?a=b")
        );
    }
    for host in ["localhost:8080", "localhost", "LOCALHOST:9090"] {
        stranger
            .get_with("/pigeon", &[("host", host)])
            .await
            .expect(303);
    }
    stranger
        .get_with("/pigeon", &[("host", "evil.test")])
        .await
        .expect(421);
}
