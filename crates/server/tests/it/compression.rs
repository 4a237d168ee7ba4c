//! How pages travel: smaller, where their length gives nothing away.

use std::io::Read as _;

use crate::support::{Answer, Guest, Person, TestApp};

const INBOX: &str = "/pigeon/admin/threads";
const CODINGS: (&str, &str) = ("accept-encoding", "gzip, deflate, br, zstd");
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

/// What arrived, as the browser reads it.
fn read(answer: &Answer) -> String {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        Some("br") => brotli::BrotliDecompress(&mut &*answer.body, &mut plain).unwrap(),
        Some("gzip") => {
            let mut decoder = flate2::read::GzDecoder::new(&*answer.body);
            decoder.read_to_end(&mut plain).unwrap();
        }
        other => {
            assert_eq!(other, None);
            plain.clone_from(&answer.body);
        }
    }
    String::from_utf8(plain).unwrap()
}

fn coding(answer: &Answer) -> Option<&str> {
    answer.header("content-encoding")
}

async fn open() -> (TestApp, Person, Guest) {
    let (app, _) = TestApp::open().await;
    let staff = app.staff("maya").await;
    let guest = Guest::asks(&app, "ann@example.com", "Where is my parcel?").await;
    (app, staff, guest)
}

#[tokio::test]
async fn our_own_pages_are_sent_as_small_as_the_browser_takes() {
    let (_app, mut staff, _) = open().await;
    let plain = staff.get(INBOX).await.expect(200);
    assert_eq!(coding(&plain), None);
    for (codings, expected) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip, deflate", Some("gzip")),
        ("gzip;q=1.0, br;q=0", Some("gzip")),
        ("deflate, zstd", None),
        ("identity", None),
    ] {
        for site in ["same-origin", "none"] {
            let asked = [("accept-encoding", codings), ("sec-fetch-site", site)];
            let answer = staff.get_with(INBOX, &asked).await.expect(200);
            assert_eq!(coding(&answer), expected, "{codings}");
            let page = read(&answer);
            assert!(
                page.contains("Where is my parcel?") && page.trim_end().ends_with("</html>"),
                "{page}"
            );
            assert_eq!(expected.is_some(), answer.body.len() * 2 < plain.body.len());
            let vary = answer.headers_named("vary").join(", ");
            for name in ["Cookie", "Accept-Encoding", "Sec-Fetch-Site"] {
                assert!(vary.contains(name), "{vary}");
            }
        }
    }
    let head = staff.ask("HEAD", INBOX, &[CODINGS, OWN], b"").await;
    assert_eq!(coding(&head), Some("br"));
    let length: usize = head.header("content-length").unwrap().parse().unwrap();
    assert!(length > 500 && length * 2 < plain.body.len());
    assert!(head.body.is_empty());
}

#[tokio::test]
async fn forms_that_come_back_and_errors_are_pages_too() {
    let (_app, mut staff, _) = open().await;
    let body = "x".repeat(2_000);
    let fields = [("email", "nobody"), ("body", body.as_str())];
    let answer = staff
        .post_with("/pigeon/admin/new", &fields, &[CODINGS, OWN])
        .await;
    assert_eq!(coding(&answer.clone().expect(422)), Some("br"));
    assert!(read(&answer).contains(&body));
    let answer = staff
        .get_with("/nothing", &[CODINGS, OWN])
        .await
        .expect(404);
    assert!(read(&answer).contains("Nothing here"));
    assert_eq!(coding(&answer).is_some(), read(&answer).len() >= 1024);
}

#[tokio::test]
async fn what_another_site_makes_a_browser_ask_for_does_not_shrink_with_what_was_guessed() {
    let (_app, mut staff, guest) = open().await;
    for site in [Some("cross-site"), Some("same-site"), Some("odd"), None] {
        let site = site.map(|site| ("sec-fetch-site", site));
        let headers: Vec<_> = [CODINGS].into_iter().chain(site).collect();
        let guessed = format!("{INBOX}?source=all&q=ann");
        let answer = staff.get_with(&guessed, &headers).await.expect(200);
        assert_eq!(coding(&answer), None, "{site:?}");
        assert!(answer.text().contains("value=\"ann\""));
        // Nobody can lead there who does not know the page: the link stands in a mail.
        let answer = staff.get_with(&guest.page, &headers).await.expect(200);
        assert_eq!(coding(&answer), Some("br"), "{site:?}");
        assert!(read(&answer).contains("Where is my parcel?"));
    }
}

#[tokio::test]
async fn no_two_pages_have_the_same_secret_in_their_forms() {
    let (_app, mut staff, _) = open().await;
    let pages = [staff.get(INBOX).await, staff.get(INBOX).await];
    let [one, other] = ["csrf", "key"].map(|name| pages.each_ref().map(|page| page.field(name)));
    assert!(one[0] != one[1] && other[0] != other[1]);
    for csrf in one.map(Option::unwrap) {
        let fields = [("csrf", csrf.as_str()), ("theme", "dark")];
        let path = "/pigeon/actions/pigeon/admin/profile";
        staff.post_with(path, &fields, &[]).await.expect(303);
        for wrong in [&csrf[..43], &csrf[..20], &csrf[1..], &format!("{csrf}AAAA")] {
            let fields = [("csrf", wrong), ("theme", "dark")];
            staff.post_with(path, &fields, &[]).await.expect(403);
        }
    }
}

#[tokio::test]
async fn streams_and_what_is_no_page_travel_as_they_are() {
    let (_app, mut staff, guest) = open().await;
    let mut paths = vec![
        "/pigeon/events?topics=inbox".to_owned(),
        format!("{}/events", guest.page),
        "/pigeon/admin/threads/export.csv".to_owned(),
        "/pigeon/admin/widget.json".to_owned(),
        "/pigeon/health/ready".to_owned(),
    ];
    for path in paths.drain(..) {
        let answer = staff.get_with(&path, &[CODINGS, OWN]).await.expect(200);
        assert_eq!(coding(&answer), None, "{path}");
    }
    // A page that fits into one packet anyway, too.
    let kept = staff
        .get_with("/pigeon/admin/widget", &[CODINGS, OWN])
        .await
        .expect(200);
    assert_eq!(coding(&kept).is_some(), read(&kept).len() >= 1024);
}
