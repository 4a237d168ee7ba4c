use super::*;
use crate::support::{FRIEND, statements};

#[tokio::test]
async fn a_visitor_asks_and_is_led_to_a_private_page_and_mailed_the_same() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Where is my parcel?").await;

    let page = ann.get(&link).await.expect(200);
    for shown in [
        "Two cups missing",
        "Where is my parcel?",
        "Received",
        "Delivered",
    ] {
        assert!(page.text().contains(shown), "{shown}");
    }
    app.run_jobs().await;
    assert_eq!(app.mails_to(ANN).len(), 1);
    let mailed = mailed_link(&app, ANN);
    assert_ne!(mailed, link);
    app.stranger().get(&mailed).await.expect(200);
    // The team hears of it.
    let alert = app.last_mail_to("maya@example.com");
    assert!(alert.text.contains("Where is my parcel?"));
}

#[tokio::test]
async fn what_is_wrong_comes_back_beside_what_was_typed() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let mut fields = form("ann@", "  ");
    fields.push(("redirect", "/thanks"));
    let page = ann.post(START, &fields).await.expect(422);
    assert_eq!(page.field("name").unwrap(), "Ann");
    assert_eq!(page.field("email").unwrap(), "ann@");
    assert_eq!(page.field("subject").unwrap(), "Two cups missing");
    assert_eq!(page.field("redirect").unwrap(), "/thanks");
    assert_eq!(page.text().matches("aria-invalid").count(), 2);
    assert_eq!(messages(&app).await, 0);

    let json = serde_json::json!({ "email": "ann@", "body": "x" });
    let answer = ann.post_json(START, &json).await.expect(422);
    assert_eq!(answer.json()["success"], false);
    assert!(answer.json()["errors"]["email"][0].is_string());
}

#[tokio::test]
async fn a_script_is_told_in_json() {
    let (app, _) = open_house().await;
    let json = serde_json::json!({ "email": ANN, "body": "Hello", "subject": "Glaze" });
    let answer = app
        .stranger()
        .post_json(START, &json)
        .await
        .expect(200)
        .json();
    assert_eq!(answer["success"], true);
    assert_eq!(answer["thread"]["title"], "Glaze");
    assert_eq!(answer["thread"]["threadStatus"], "pending");
    let link = answer["redirect"].as_str().unwrap();
    assert!(link.starts_with("http://pigeon.test/pigeon/t/"), "{link}");
}

#[tokio::test]
async fn a_form_may_lead_to_a_page_of_its_own() {
    let (app, _) = open_house().await;
    let mut fields = form(ANN, "Hello");
    fields.push(("redirect", "/thanks"));
    let answer = app.stranger().post(START, &fields).await.expect(303);
    assert_eq!(answer.header("location"), Some("/thanks"));
}

#[tokio::test]
async fn before_set_up_nobody_can_ask() {
    let app = TestApp::start().await;
    let page = app.stranger().get("/pigeon/contact").await.expect(503);
    assert!(page.text().contains("Not open yet"));
    let page = app.stranger().post(START, &form(ANN, "Hello")).await;
    assert!(page.expect(503).text().contains("Not open yet"));
    assert_eq!(messages(&app).await, 0);
}

#[tokio::test]
async fn staff_who_fill_in_the_form_write_as_a_visitor() {
    let (app, mut maya) = open_house().await;
    let page = maya.get("/pigeon/contact").await.expect(200);
    assert!(
        page.text()
            .contains("You are signed in; this is what a visitor sees.")
    );
    let link = asks(&mut maya, "maya@example.com", "From the form").await;
    let page = maya.get(&link).await.expect(200);
    assert!(page.text().contains("From the form"));
    assert_eq!(
        count(
            &app,
            "SELECT count(*) FROM participants WHERE user_id IS NOT NULL"
        )
        .await,
        0
    );
}

#[tokio::test]
async fn a_named_site_posts_for_guests_whatever_cookies_come_along() {
    let (app, mut maya) = open_house().await;
    let from = [("origin", FRIEND), ("sec-fetch-site", "cross-site")];
    let answer = maya
        .post_with(START, &form(ANN, "From the shop"), &from)
        .await;
    link_in(&answer);
    // What is refused is shown on the form of ours, with what was typed.
    let page = maya
        .post_with(START, &form("ann@", "From the shop"), &from)
        .await
        .expect(422);
    assert!(page.text().contains("From the shop"));
    assert!(!page.text().contains("You are signed in"));

    let evil = [
        ("origin", "https://evil.test"),
        ("sec-fetch-site", "cross-site"),
    ];
    maya.post_with(START, &form(ANN, "No"), &evil)
        .await
        .expect(403);
    assert_eq!(messages(&app).await, 1);
}

#[tokio::test]
async fn a_file_is_refused_by_its_name_and_the_text_comes_back() {
    let (app, _) = open_house().await;
    let body = "--x\r\ncontent-disposition: form-data; name=\"email\"\r\n\r\nann@guests.example\r\n\
        --x\r\ncontent-disposition: form-data; name=\"body\"\r\n\r\nSee the picture\r\n\
        --x\r\ncontent-disposition: form-data; name=\"attachments[]\"; filename=\"box.jpg\"\r\n\r\nJPEG\r\n--x--\r\n";
    let headers = [
        ("content-type", "multipart/form-data; boundary=x"),
        ("sec-fetch-site", "same-origin"),
    ];
    let mut ann = app.stranger();
    let page = ann
        .ask("POST", START, &headers, body.as_bytes())
        .await
        .expect(422);
    assert!(page.text().contains("box.jpg") && page.text().contains("See the picture"));
    assert_eq!(messages(&app).await, 0);
}

#[tokio::test]
async fn a_first_message_takes_the_same_statements_however_many_are_alerted() {
    let (app, _) = open_house().await;
    asks(&mut app.stranger(), "first@guests.example", "Hello").await;
    let mut taken = Vec::new();
    for team in [&["ben"][..], &["cleo", "dan", "eve"]] {
        for name in team {
            app.signed_in(name, true, &[]).await;
        }
        db::testing::record_statements();
        asks(
            &mut app.stranger(),
            &format!("{}@guests.example", team[0]),
            "Hello",
        )
        .await;
        taken.push(statements());
    }
    assert_eq!(taken[0], taken[1]);
    let changes = taken[0]
        .iter()
        .filter(|sql| sql.trim_start().starts_with("UPDATE"));
    assert_eq!(
        changes.count(),
        0,
        "each row is written once: {:?}",
        taken[0]
    );
}
