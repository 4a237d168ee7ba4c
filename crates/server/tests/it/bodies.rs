//! Bodies are limited before anybody reads them.

use pigeon::web;

use crate::support::{Line, TestApp, talk};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn r98_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent() {
    let app = TestApp::start().await;
    let actions = web::actions::actions().iter();
    let actions = actions.map(|action| format!("/pigeon/actions/{}", action.name));
    let pages = web::routes().iter().map(|route| route.path.to_owned());
    for path in actions.chain(pages).chain(["/nothing".to_owned()]) {
        for method in ["POST", "PUT"] {
            for length in ["314572800", "5368709120"] {
                let said = talk(
                    app.address,
                    &format!(
                        "{method} {path} HTTP/1.1\r\nhost: pigeon.test\r\nconnection: close\r\n\
                         content-type: application/x-www-form-urlencoded\r\n\
                         content-length: {length}\r\n\r\n"
                    ),
                )
                .await;
                assert!(said.starts_with("HTTP/1.1 413 "), "{method} {path}: {said}");
            }
        }
    }
}

#[tokio::test]
async fn r105_a_body_that_grows_too_large_is_refused_on_its_way() {
    let app = TestApp::start().await;
    let mut line = Line::open(app.address).await;
    line.say(
        b"POST /pigeon HTTP/1.1\r\nhost: pigeon.test\r\ntransfer-encoding: chunked\r\n\
          content-type: application/x-www-form-urlencoded\r\n\r\n",
    )
    .await;
    let chunk = [
        b"10000\r\nbody=".as_slice(),
        &vec![b'x'; 0x10000 - 5],
        b"\r\n",
    ]
    .concat();
    for _ in 0..=MIB / 0x10000 {
        line.say(&chunk).await;
    }
    let said = String::from_utf8(line.hear().await).unwrap();
    assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
}

#[tokio::test]
async fn types_that_no_form_has_are_refused() {
    let app = TestApp::start().await;
    let mut stranger = app.stranger();
    for kind in [
        "text/plain",
        "application/xml",
        "text/json",
        "application/jsonp",
    ] {
        let headers = [("content-type", kind), ("sec-fetch-site", "same-origin")];
        stranger
            .ask("POST", "/pigeon", &headers, b"{}")
            .await
            .expect(415);
        let json = [headers[0], headers[1], ("accept", "application/json")];
        let answer = stranger
            .ask("POST", "/pigeon", &json, b"{}")
            .await
            .expect(415);
        assert_eq!(answer.json()["success"], false);
    }
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_a_bad_request() {
    let app = TestApp::start().await;
    let mut stranger = app.stranger();
    for (kind, body) in [
        ("application/json", &b"{"[..]),
        ("application/json", b"[]"),
        ("application/x-www-form-urlencoded", b"a=%ff"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
    ] {
        let headers = [("content-type", kind), ("sec-fetch-site", "same-origin")];
        stranger
            .ask("POST", "/pigeon", &headers, body)
            .await
            .expect(400);
    }
}
