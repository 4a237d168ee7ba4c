use super::{asks, words};
use crate::support::TestApp;

#[tokio::test]
async fn while_mail_is_caught_every_staff_page_says_so() {
    let app = TestApp::catching().await;
    let mut admin = app.signed_in("ada", true, &[]).await;
    for page in ["", "/threads", "/new", "/settings", "/mail"] {
        let page = format!("/pigeon/admin{page}");
        let shown = words(&admin.get(&page).await.expect(200));
        assert!(
            shown.contains("No mail leaves this machine."),
            "{page}: {shown}"
        );
    }
}

#[tokio::test]
async fn with_a_mail_server_there_is_no_catcher() {
    let app = TestApp::start().await;
    let mut admin = app.signed_in("ada", true, &[]).await;
    admin.get("/pigeon/admin/mail").await.expect(404);
    let shown = words(&admin.get("/pigeon/admin").await.expect(200));
    assert!(!shown.contains("No mail leaves this machine."), "{shown}");
}

#[tokio::test]
async fn a_caught_mail_shows_its_text_its_html_and_itself() {
    let app = TestApp::catching().await;
    let mut admin = app.signed_in("ada", true, &[]).await;
    asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    app.run_jobs().await;

    let list = admin.get("/pigeon/admin/mail").await.expect(200);
    assert!(list.text().contains("ben@guests.example"), "{list:?}");
    let text = list.text();
    let at = text
        .find("Your message to pigeon.test")
        .expect("the guest's mail");
    let href = text[..at]
        .rsplit_once("href=\"")
        .and_then(|(_, rest)| rest.split('"').next());
    let mail = href.expect("it leads to the mail").to_owned();

    let shown = admin.get(&mail).await.expect(200);
    let link = "href=\"http://pigeon.test/pigeon/t/";
    assert!(
        shown.text().replace("&#x2f;", "/").contains(link),
        "{shown:?}"
    );

    let raw = admin.get(&format!("{mail}?show=raw")).await.expect(200);
    assert!(
        words(&raw).contains("Auto-Submitted: auto-generated"),
        "{raw:?}"
    );

    let framed = admin.get(&format!("{mail}?show=html")).await.expect(200);
    let policy = framed.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-src 'self'"), "{policy}");
    assert!(framed.text().contains("sandbox title="), "{framed:?}");

    let html = admin.get(&format!("{mail}/html")).await.expect(200);
    assert_eq!(
        html.header("content-security-policy"),
        Some("sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
    );
    assert!(html.text().contains("/pigeon/t/"), "{html:?}");
}
