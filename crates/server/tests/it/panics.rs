//! A panic costs its request, and nothing else.

use axum::{Router, http::Uri, middleware};
use pigeon::{App, web};

use crate::support::TestApp;

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
