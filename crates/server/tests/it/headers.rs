//! Every answer is kept in its place by the same headers, whatever it is.

use pigeon::web::{self, Kind};

use crate::support::{Answer, Person, TestApp};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

#[track_caller]
fn assert_protected(answer: &Answer) {
    assert_eq!(
        answer.header("content-security-policy"),
        Some(POLICY),
        "{answer:?}"
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
    assert!(answer.header("x-request-id").is_some());
}

#[track_caller]
fn assert_private(answer: &Answer) {
    assert_protected(answer);
    assert_eq!(
        answer.header("cache-control"),
        Some("no-store"),
        "{answer:?}"
    );
    assert!(
        answer.headers_named("vary").contains(&"Cookie"),
        "{answer:?}"
    );
}

/// A path of the route, with something in its places.
fn path_of(route: &web::Route) -> String {
    let parts = route
        .path
        .split('/')
        .map(|part| match part.strip_prefix('{') {
            Some(_) => "something",
            None => part,
        });
    parts.collect::<Vec<_>>().join("/")
}

async fn everybody(app: &TestApp) -> Vec<Person> {
    vec![
        app.stranger(),
        app.user("ulla").await,
        app.staff("maya").await,
    ]
}

#[tokio::test]
async fn every_answer_of_every_route_is_protected_for_everybody() {
    let app = TestApp::start().await;
    for person in &mut everybody(&app).await {
        for route in web::routes() {
            for method in [
                "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS",
            ] {
                let answer = person.ask(method, &path_of(route), &[], b"").await;
                match route.kind {
                    Kind::Page | Kind::Secret | Kind::Stream => assert_private(&answer),
                    Kind::File | Kind::Machine => assert_protected(&answer),
                }
                if matches!(route.kind, Kind::Secret | Kind::Stream) {
                    let robots = answer.header("x-robots-tag");
                    assert_eq!(robots, Some("noindex, nofollow"), "{answer:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn errors_are_protected_too() {
    let app = TestApp::start().await;
    let mut stranger = app.stranger();
    for (path, status) in [
        ("/nothing", 404),
        ("/pigeon/", 404),
        ("/pigeon/actions/pigeon/nothing", 404),
        ("/metrics", 404),
        ("/debug", 404),
        ("/.git/config", 404),
        ("/pigeon.db", 404),
        ("/pigeon/metrics", 404),
        ("/pigeon/assets/x/../../Cargo.toml", 404),
        ("/pigeon/assets/x/%2e%2e/%2e%2e/Cargo.toml", 404),
        ("//evil.test", 404),
        ("/%00", 404),
    ] {
        let answer = stranger.get(path).await.expect(status);
        assert_private_or_file(&answer);
    }
    let evil = [("host", "evil.test")];
    assert_private(&stranger.get_with("/pigeon", &evil).await.expect(421));
    let long = [("content-length", "99999999")];
    let answer = stranger
        .ask("POST", "/pigeon", &long, b"")
        .await
        .expect(413);
    assert_private(&answer);
    let answer = stranger.ask("TRACE", "/pigeon", &[], b"").await.expect(405);
    assert_private(&answer);
}

#[track_caller]
fn assert_private_or_file(answer: &Answer) {
    assert_protected(answer);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn what_was_asked_for_is_not_echoed() {
    let app = TestApp::start().await;
    let mut stranger = app.stranger();
    let headers = [
        ("referer", "http://evil.test/<script>1</script>"),
        ("user-agent", "<script>1</script>"),
        ("x-forwarded-for", "<script>1</script>"),
        ("x-request-id", "<script>1</script>"),
    ];
    for path in [
        "/pigeon/t/%3Cscript%3E1%3C/script%3E",
        "/%3Cscript%3E1%3C/script%3E?q=%3Cscript%3E1%3C/script%3E",
        "/pigeon/login?%3Cscript%3E1%3C/script%3E",
        "/pigeon/contact?q=%3Cscript%3E1%3C/script%3E",
    ] {
        let answer = stranger.get_with(path, &headers).await;
        assert!(!answer.text().contains("<script>1"), "{answer:?}");
        assert!(!answer.text().contains("evil.test"), "{answer:?}");
        assert!(!answer.header("x-request-id").unwrap().contains('<'));
    }
}

#[tokio::test]
async fn no_method_is_taken_for_another() {
    let app = TestApp::start().await;
    let mut stranger = app.stranger();
    let overrides = [
        ("x-http-method-override", "POST"),
        ("x-method-override", "POST"),
        ("x-http-method", "POST"),
    ];
    for action in web::actions::actions() {
        for prefix in ["/pigeon/actions/", "/actions/"] {
            let path = format!("{prefix}{}", action.name);
            for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
                let answer = stranger
                    .ask(method, &path, &overrides, b"")
                    .await
                    .expect(405);
                assert_eq!(answer.header("allow"), Some("POST"));
            }
            let query = format!("{path}?_method=POST");
            stranger.get_with(&query, &overrides).await.expect(405);
        }
    }
    let answer = stranger
        .ask("DELETE", "/pigeon/health/live", &[], b"")
        .await
        .expect(405);
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
}

#[tokio::test]
async fn head_says_the_same_without_a_body() {
    let app = TestApp::start().await;
    let mut stranger = app.stranger();
    for path in ["/pigeon/health/live", "/nothing"] {
        let (get, head) = (
            stranger.get(path).await,
            stranger.ask("HEAD", path, &[], b"").await,
        );
        assert_eq!(get.status, head.status);
        assert_eq!(get.header("content-length"), head.header("content-length"));
        assert!(head.body.is_empty());
    }
}
