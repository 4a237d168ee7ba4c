use axum::http::{HeaderMap, HeaderValue};

use super::*;

async fn read(kind: &'static str, body: impl Into<Body>) -> Result<Fields> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let fields = Fields::read(&headers, body.into()).await?;
    fields.check()?;
    Ok(fields)
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const PARTS: &str = "multipart/form-data; boundary=b";

fn wrong_field(result: Result<Fields>) -> String {
    match result {
        Err(Error::Invalid(problems)) => problems.0.into_keys().next().unwrap(),
        other => panic!("expected a problem, not {other:?}"),
    }
}

#[tokio::test]
async fn all_three_types_say_the_same() {
    let form = read(FORM, "email=ann%40example.com&body=a+b%0D%0Ac&on=1").await;
    let json = r#"{"email":"ann@example.com","body":"a b\r\nc","on":true,"none":null}"#;
    let json = read(JSON, json).await;
    let parts = "--b\r\ncontent-disposition: form-data; name=\"email\"\r\n\r\nann@example.com\r\n\
        --b\r\ncontent-disposition: form-data; name=\"body\"\r\n\r\na b\r\nc\r\n\
        --b\r\ncontent-disposition: form-data; name=\"on\"\r\n\r\n1\r\n--b--\r\n";
    let parts = read(PARTS, parts).await;
    let expected = Fields::of([
        ("email", "ann@example.com"),
        ("body", "a b\nc"),
        ("on", "1"),
    ]);
    assert_eq!(form.unwrap(), expected);
    assert_eq!(json.unwrap(), expected);
    assert_eq!(parts.unwrap(), expected);
}

#[tokio::test]
async fn a_field_that_takes_one_value_refuses_two() {
    for body in [
        "email=a&email=b",
        "email[]=a",
        "email[]=a&email[]=b",
        "email[x]=a",
    ] {
        assert_eq!(wrong_field(read(FORM, body).await), "email", "{body}");
    }
    for body in [
        r#"{"email":{"$ne":""}}"#,
        r#"{"email":["a"]}"#,
        r#"{"email":"a","email":"b"}"#,
    ] {
        assert_eq!(wrong_field(read(JSON, body).await), "email", "{body}");
    }
}

#[tokio::test]
async fn a_list_takes_many() {
    let form = read(FORM, "threadId[]=1&threadId%5B%5D=2").await.unwrap();
    assert_eq!(form.list("threadId"), ["1", "2"]);
    let one = read(FORM, "threadId=1").await.unwrap();
    assert_eq!(one.list("threadId"), ["1"]);
    let json = read(JSON, r#"{"threadId":["1","2"]}"#).await.unwrap();
    assert_eq!(json.list("threadId"), ["1", "2"]);
}

#[tokio::test]
async fn other_types_are_not_read() {
    for kind in [
        "text/plain",
        "application/xml",
        "application/jsonp",
        "text/json",
    ] {
        let result = read(kind, "{}").await;
        assert!(matches!(result, Err(Error::UnsupportedMedia)), "{kind}");
    }
    let nothing = Fields::read(&HeaderMap::new(), Body::empty()).await;
    assert!(nothing.unwrap().is_empty());
}

#[tokio::test]
async fn what_makes_no_sense_is_malformed() {
    for (kind, body) in [
        (FORM, "a=%ff"),
        (JSON, "[1]"),
        (JSON, "{"),
        (JSON, ""),
        (
            PARTS,
            "--b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\ncut",
        ),
        ("multipart/form-data", "--b--"),
    ] {
        let result = read(kind, body).await;
        assert!(
            matches!(result, Err(Error::Malformed(_))),
            "{kind} {body}: {result:?}"
        );
    }
}

#[tokio::test]
async fn files_are_refused_by_name_and_an_empty_chooser_is_no_file() {
    let part = |name: &str, bytes: &str| {
        format!(
            "--b\r\ncontent-disposition: form-data; name=\"attachments[]\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n{bytes}\r\n--b--\r\n"
        )
    };
    assert!(read(PARTS, part("", "")).await.unwrap().is_empty());
    assert_eq!(
        wrong_field(read(PARTS, part("a.pdf", "x")).await),
        "attachments"
    );
    assert_eq!(
        wrong_field(read(PARTS, part("a.pdf", "")).await),
        "attachments"
    );
    assert_eq!(wrong_field(read(PARTS, part("", "x")).await), "attachments");
}

#[tokio::test]
async fn lengths_are_limited_in_characters() {
    let umlauts = "ü".repeat(300);
    assert!(read(FORM, format!("subject={umlauts}")).await.is_ok());
    let result = read(FORM, format!("subject={umlauts}x")).await;
    assert_eq!(wrong_field(result), "subject");
    let result = read(FORM, format!("body={}", "x".repeat(100_001))).await;
    assert_eq!(wrong_field(result), "body");
}

#[tokio::test]
async fn control_characters_are_dropped_from_texts_and_nul_is_refused() {
    let form = read(FORM, "body=a%07b%0Bc%09d&subject=%1Bs").await.unwrap();
    assert_eq!(form.get("body"), "abc\td");
    assert_eq!(form.get("subject"), "s");
    assert_eq!(wrong_field(read(FORM, "body=a%00b").await), "body");
}
