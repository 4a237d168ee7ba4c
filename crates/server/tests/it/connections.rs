//! Nobody holds the program up: not by slowness, and not while it ends.

use std::{sync::Arc, time::Duration};

use axum::{Router, http::Uri};
use tokio::{net::TcpStream, sync::Notify, time::Instant};

use crate::support::{Line, TestApp, talk};

const LIVE: &str = "GET /pigeon/health/live HTTP/1.1\r\nhost: pigeon.test\r\n";

/// From here on, time passes as fast as the program waits for it.
fn hurry() {
    tokio::time::pause();
}

#[tokio::test]
async fn r104_slow_heads_are_cut_off_and_keep_nobody_waiting() {
    let app = TestApp::start().await;
    let mut slow = Vec::new();
    for _ in 0..2_000 {
        let mut line = Line::open(app.address).await;
        line.say(b"G").await;
        slow.push(line);
    }
    let began = Instant::now();
    app.stranger().get("/pigeon/health/live").await.expect(200);
    assert!(began.elapsed() < Duration::from_secs(1));

    hurry();
    let began = Instant::now();
    let patience = Duration::from_secs(30);
    for line in &mut slow {
        // One more byte now and then does not help.
        line.say(b"E").await;
        let rest = tokio::time::timeout_at(began + patience, line.hear()).await;
        assert!(rest.is_ok(), "closed within 30 seconds");
    }
}

#[tokio::test]
async fn r104_slow_bodies_are_cut_off() {
    let app = TestApp::start().await;
    let mut line = Line::open(app.address).await;
    line.say(
        b"POST /pigeon HTTP/1.1\r\nhost: pigeon.test\r\ncontent-length: 1000\r\n\
          content-type: application/x-www-form-urlencoded\r\n\r\n",
    )
    .await;
    let began = Instant::now();
    hurry();
    // A byte now and then does not help.
    let said = loop {
        match tokio::time::timeout(Duration::from_secs(3), line.hear()).await {
            Ok(said) => break String::from_utf8(said).unwrap(),
            Err(_) => line.say(b"x").await,
        }
    };
    assert!(began.elapsed() <= Duration::from_secs(30));
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 400 "),
        "{said}"
    );
}

#[tokio::test]
async fn r104_idle_connections_are_closed() {
    let app = TestApp::start().await;
    let mut line = Line::open(app.address).await;
    line.say(format!("{LIVE}\r\n").as_bytes()).await;
    assert!(line.hear().await.starts_with(b"HTTP/1.1 200 "));
    let began = Instant::now();
    hurry();
    assert!(line.hear().await.is_empty());
    assert!(began.elapsed() <= Duration::from_secs(30));
}

/// Answers at once, or for `/slow` when it is told to.
fn slow(told: Arc<Notify>, began: Arc<Notify>) -> Router {
    let answer = async move |uri: Uri| {
        if uri.path() == "/slow" {
            began.notify_one();
            told.notified().await;
        }
        "done"
    };
    Router::new().fallback(answer)
}

#[tokio::test]
async fn at_the_end_requests_under_way_are_answered_and_no_new_ones_taken() {
    let (told, began) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let router = slow(Arc::clone(&told), Arc::clone(&began));
    let mut app = TestApp::serving(&[], |_| router).await;
    let address = app.address;
    let mut idle = Line::open(address).await;
    idle.say(b"GET /a HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(idle.hear().await.ends_with(b"done"));
    let under_way =
        tokio::spawn(async move { talk(address, "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await });
    began.notified().await;

    app.ask_to_end();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    // A request that was on its way on an open connection is answered, and is the last.
    idle.say(b"GET /b HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let said = String::from_utf8(idle.hear().await).unwrap();
    assert!(
        said.contains("connection: close") && said.ends_with("done"),
        "{said}"
    );
    told.notify_one();
    let said = under_way.await.unwrap();
    assert!(
        said.starts_with("HTTP/1.1 200 ") && said.ends_with("done"),
        "{said}"
    );
    app.ended().await;
}

#[tokio::test]
async fn at_the_end_nobody_is_waited_for_longer_than_ten_seconds() {
    let (told, began) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let router = slow(told, Arc::clone(&began));
    let mut app = TestApp::serving(&[], |_| router).await;
    let mut line = Line::open(app.address).await;
    line.say(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    began.notified().await;
    hurry();
    let asked = Instant::now();
    app.ask_to_end();
    app.ended().await;
    assert!(asked.elapsed() <= Duration::from_secs(11));
}
