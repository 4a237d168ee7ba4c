//! *Forgot your password?*

use std::time::Duration;

use pigeon::accounts::User;

use crate::support::{Answer, Person, TestApp};

const NEW: &str = "a new and long password";
const FORGOT: &str = "/pigeon/forgot";

async fn asks(person: &mut Person, name: &str) -> Answer {
    person.post(FORGOT, &[("loginName", name)]).await
}

/// The path of the link in the newest mail.
fn link_to(app: &TestApp, address: &str) -> String {
    let text = app.last_mail_to(address).text;
    let at = text.find("/pigeon/reset/").expect("there is a link");
    text[at..]
        .split_whitespace()
        .next()
        .expect("it is a word")
        .to_owned()
}

#[tokio::test]
async fn r68_a_link_in_a_mail_sets_a_new_password_once() {
    let app = TestApp::start().await;
    let mut maya = app.staff("maya").await;
    let mut reader = app.stranger();
    asks(&mut reader, "maya@example.com").await.expect(303);
    app.run_jobs().await;
    let mail = app.last_mail_to("maya@example.com");
    assert_eq!(mail.subject, "Choose a new password");
    let link = link_to(&app, "maya@example.com");

    // Looking does not use it up: mail scanners look.
    for _ in 0..2 {
        reader.get(&link).await.expect(200);
    }
    let short = reader
        .post(&link, &[("password", "short")])
        .await
        .expect(422);
    assert!(short.text().contains("at least 12 characters"), "{short:?}");

    let done = reader.post(&link, &[("password", NEW)]).await.expect(303);
    reader.follow(&done).await.expect(200);
    assert_eq!(
        maya.get("/pigeon/login").await.status,
        200,
        "her sessions have ended"
    );

    reader.get(&link).await.expect(404);
    reader
        .post(&link, &[("password", "yet another password")])
        .await
        .expect(404);
    let fields = [("loginName", "maya"), ("password", NEW)];
    maya.post("/pigeon/login", &fields).await.expect(303);
}

#[tokio::test]
async fn the_answer_is_the_same_whether_or_not_there_is_such_an_account() {
    let app = TestApp::start().await;
    app.staff("maya").await;
    let mut pages = Vec::new();
    for name in [
        "maya",
        "maya@example.com",
        "nobody",
        "nobody@example.com",
        "'; --",
    ] {
        let mut person = app.stranger();
        let body = serde_json::json!({ "loginName": name });
        let json = person
            .post_json(FORGOT, &body)
            .await
            .expect(200)
            .text()
            .to_owned();
        let answer = asks(&mut person, name).await.expect(303);
        pages.push((json, answer.header("location").unwrap().to_owned()));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:?}");
    let jobs: i64 = app
        .app
        .db
        .read()
        .await
        .unwrap()
        .query("SELECT count(*) FROM jobs WHERE kind = 'forgot'")
        .fetch_scalar()
        .await
        .unwrap();
    assert_eq!(jobs, 10, "a known and an unknown name cost the same work");
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 4);
    asks(&mut app.stranger(), "  ").await.expect(422);
}

#[tokio::test]
async fn r68_a_link_works_for_an_hour() {
    let app = TestApp::start().await;
    app.staff("maya").await;
    asks(&mut app.stranger(), "maya").await.expect(303);
    app.run_jobs().await;
    let link = link_to(&app, "maya@example.com");
    app.advance(Duration::from_mins(59));
    app.stranger().get(&link).await.expect(200);
    app.advance(Duration::from_mins(2));
    app.stranger().get(&link).await.expect(404);
    app.stranger()
        .post(&link, &[("password", NEW)])
        .await
        .expect(404);
}

#[tokio::test]
async fn r68_a_link_does_nothing_within_somebody_elses_session() {
    let app = TestApp::start().await;
    app.staff("maya").await;
    let mut ulla = app.user("ulla").await;
    asks(&mut app.stranger(), "maya").await.expect(303);
    app.run_jobs().await;
    let link = link_to(&app, "maya@example.com");
    let refused = ulla.post(&link, &[("password", NEW)]).await.expect(403);
    assert!(refused.text().contains("sign out first"), "{refused:?}");
    app.stranger()
        .post(&link, &[("password", NEW)])
        .await
        .expect(303);
}

#[tokio::test]
async fn an_unknown_token_shows_the_page_of_an_expired_one() {
    let app = TestApp::start().await;
    app.staff("maya").await;
    for token in [
        "null",
        "%20",
        "x",
        &"0".repeat(43),
        &"0".repeat(64),
        "%3Cscript%3E1%3C/script%3E",
    ] {
        let path = format!("/pigeon/reset/{token}");
        let answer = app.stranger().get(&path).await.expect(404);
        assert!(!answer.text().contains("<script>1"), "{answer:?}");
        app.stranger()
            .post(&path, &[("password", NEW)])
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn one_person_gets_five_such_mails_an_hour_at_most() {
    let app = TestApp::start().await;
    app.staff("maya").await;
    for _ in 0..8 {
        asks(&mut app.stranger(), "maya").await.expect(303);
        app.run_jobs().await;
    }
    assert_eq!(app.mails_to("maya@example.com").len(), 5);
    for _ in 0..22 {
        asks(&mut app.stranger(), "nobody").await.expect(303);
    }
    asks(&mut app.stranger(), "nobody").await.expect(429);
    app.run_jobs().await;
}

#[tokio::test]
async fn whoever_is_disabled_gets_no_link() {
    let app = TestApp::start().await;
    app.signed_in("anna", true, &[]).await;
    app.staff("maya").await;
    let mut tx = app.app.db.begin().await.unwrap();
    let maya = User::find_by_login_name(&mut tx, "maya")
        .await
        .unwrap()
        .unwrap();
    User::disable(&mut tx, maya.id, app.app.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    asks(&mut app.stranger(), "maya").await.expect(303);
    app.run_jobs().await;
    assert!(app.mails().is_empty());
}
