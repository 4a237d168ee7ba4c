//! What a proxy before us might read differently than we do is not read at all.

use crate::support::{TestApp, talk};

const HEALTH: &str = "/pigeon/health/live HTTP/1.1\r\nhost: pigeon.test\r\n";

#[tokio::test]
async fn r110_ambiguous_requests_are_refused_and_nothing_after_them_is_answered() {
    let app = TestApp::start().await;
    let hidden = format!("GET {HEALTH}\r\n");
    for fields in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
        "content-length: 0\r\ncontent-length: 0\r\n\r\n",
        "content-length: 0\r\ncontent-length: 5\r\n\r\nabcde",
        "content-length: 0, 0\r\n\r\n",
        "content-length: +0\r\n\r\n",
        "content-length: -1\r\n\r\n",
        "content-length: 0x0\r\n\r\n",
        "transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        "a: b\nc: d\r\n\r\n",
        "a: b\r\n c: d\r\n\r\n",
        "a: b\rc: d\r\n\r\n",
        "a: b\0c\r\n\r\n",
        "a b: c\r\n\r\n",
        "a: b\n\n",
    ] {
        for before in ["", hidden.as_str()] {
            let said = talk(
                app.address,
                &format!("{before}POST {HEALTH}{fields}{hidden}"),
            )
            .await;
            let answers: Vec<_> = said.matches("HTTP/1.1 ").collect();
            let expected = usize::from(!before.is_empty()) + 1;
            assert!(answers.len() <= expected, "{fields:?}: {said}");
            assert!(said.contains("HTTP/1.1 400 "), "{fields:?}: {said}");
        }
    }
}

#[tokio::test]
async fn requests_in_order_are_answered_in_order_on_one_connection() {
    let app = TestApp::start().await;
    let said = talk(
        app.address,
        &format!(
            "GET {HEALTH}\r\nPOST {HEALTH}content-length: 3\r\n\r\na\nbGET {HEALTH}\r\n\
             GET {HEALTH}connection: close\r\n\r\n"
        ),
    )
    .await;
    let statuses: Vec<_> = said.matches("HTTP/1.1 ").collect();
    assert_eq!(statuses.len(), 4, "{said}");
    assert_eq!(said.matches("HTTP/1.1 200 ").count(), 3, "{said}");
}

#[tokio::test]
async fn a_connection_ends_after_a_body_in_chunks() {
    let app = TestApp::start().await;
    let said = talk(
        app.address,
        &format!("POST {HEALTH}transfer-encoding: chunked\r\n\r\n0\r\n\r\nGET {HEALTH}\r\n"),
    )
    .await;
    assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "{said}");
    assert!(said.contains("connection: close"), "{said}");
}

#[tokio::test]
async fn r110_a_head_too_large_is_refused() {
    let app = TestApp::start().await;
    for (fields, status) in [
        (format!("a: {}\r\n\r\n", "x".repeat(40_000)), "431"),
        ("a: b\r\n".repeat(200) + "\r\n", "431"),
    ] {
        let said = talk(app.address, &format!("GET {HEALTH}{fields}")).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
    }
}
