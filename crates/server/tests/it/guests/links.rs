use std::time::Duration;

use super::*;

/// The page without what is new on every page.
fn same_part(page: &Answer) -> String {
    let mut text = page.text().to_owned();
    for name in ["csrf", "key"] {
        let value = page.field(name).expect("a form has it");
        text = text.replace(&value, name);
    }
    text
}

#[tokio::test]
async fn unknown_expired_revoked_and_trashed_links_show_the_same_bytes() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let expired = asks(&mut ann, ANN, "Long ago").await;
    app.advance(Duration::from_hours(31 * 24));
    let mut maya = app.staff("new").await;
    let revoked = asks(&mut ann, ANN, "Revoked").await;
    let thread = thread_of(&app, &revoked).await;
    staff_does(&mut maya, "revoke-links", &[("threadId", &thread)]).await;
    let unknown = "/pigeon/t/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let pages = [unknown, "/pigeon/t/x", &expired, &revoked];
    let mut shown = Vec::new();
    for page in pages {
        let answer = ann.get(page).await.expect(404);
        shown.push(same_part(&answer));
    }
    assert!(shown.iter().all(|page| *page == shown[0]));
    assert!(shown[0].contains("E-mail me a new link"));
}

#[tokio::test]
async fn a_text_that_was_being_sent_stays_on_the_expired_page() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Hello").await;
    app.advance(Duration::from_hours(31 * 24));
    let reply = [("token", token_of(&link)), ("body", "A long <text>")];
    let page = ann.post(REPLY, &reply).await.expect(404);
    assert!(page.text().contains("A long &lt;text&gt;</textarea>"));
    let page = ann
        .post(&link, &[("body", "On the page itself")])
        .await
        .expect(404);
    assert!(page.text().contains("On the page itself</textarea>"));
    // It comes along when a new link is asked for.
    let page = ann
        .post(REQUEST, &[("email", ANN), ("body", "A long <text>")])
        .await
        .expect(200);
    assert!(page.text().contains("A long &lt;text&gt;</textarea>"));
    assert_eq!(messages(&app).await, 1);
}

#[tokio::test]
async fn a_link_works_until_its_days_after_the_last_activity() {
    let (app, mut maya) = open_house().await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Hello").await;
    app.advance(Duration::from_hours(29 * 24));
    let thread = thread_of(&app, &link).await;
    staff_does(&mut maya, "reply", &[("threadId", &thread), ("body", "Hi")]).await;
    app.advance(Duration::from_hours(29 * 24));
    ann.get(&link).await.expect(200);
    app.advance(Duration::from_hours(2 * 24));
    ann.get(&link).await.expect(404);
}

#[tokio::test]
async fn links_sent_before_keep_working() {
    let (app, mut maya) = open_house().await;
    let shown = asks(&mut app.stranger(), ANN, "Hello").await;
    app.run_jobs().await;
    let first = mailed_link(&app, ANN);
    let thread = thread_of(&app, &shown).await;
    staff_does(&mut maya, "reply", &[("threadId", &thread), ("body", "Hi")]).await;
    app.run_jobs().await;
    let second = mailed_link(&app, ANN);
    assert_ne!(first, second);
    for link in [shown, first, second] {
        app.stranger().get(&link).await.expect(200);
    }
}

#[tokio::test]
async fn asking_for_links_says_the_same_to_everybody_and_mails_who_wrote() {
    let (app, _) = open_house().await;
    for n in 0..3 {
        asks(&mut app.stranger(), ANN, &format!("Number {n}")).await;
    }
    app.run_jobs().await;
    app.advance(Duration::from_hours(25));
    let mails = app.mails().len();
    let mut anyone = app.stranger();
    anyone.get("/pigeon/expired").await.expect(200);
    let known = anyone
        .post(REQUEST, &[("email", "ANN@guests.example ")])
        .await
        .expect(200);
    let unknown = anyone
        .post(REQUEST, &[("email", "nobody@guests.example")])
        .await
        .expect(200);
    assert_eq!(
        same_part(&known).replace("ANN@guests.example ", "x"),
        same_part(&unknown).replace("nobody@guests.example", "x")
    );
    app.run_jobs().await;
    assert_eq!(app.mails().len(), mails + 1);
    // To the address as it was stored; nothing of what a sender typed is in it.
    let mail = app.last_mail_to(ANN);
    assert_eq!(mail.subject, "Your message to pigeon.test");
    assert_eq!(mail.text.matches("/pigeon/t/").count(), 3);
    assert!(!mail.text.contains("Two cups") && !mail.html.contains("Two cups"));
    app.stranger()
        .get(&mailed_link(&app, ANN))
        .await
        .expect(200);

    anyone.post(REQUEST, &[("email", "ann@")]).await.expect(422);
}

#[tokio::test]
async fn one_request_form_sent_twice_asks_once() {
    let (app, _) = open_house().await;
    asks(&mut app.stranger(), ANN, "Hello").await;
    let request = [("email", ANN), ("key", "k")];
    for _ in 0..3 {
        app.stranger().post(REQUEST, &request).await.expect(200);
    }
    app.run_jobs().await;
    assert_eq!(app.mails_to(ANN).len(), 2);
}

#[tokio::test]
async fn a_stranger_address_gets_three_mails_a_day_whoever_asks() {
    let (app, _) = open_house().await;
    for n in 0..5 {
        asks(&mut app.stranger(), ANN, &format!("Number {n}")).await;
    }
    app.stranger()
        .post(REQUEST, &[("email", ANN)])
        .await
        .expect(200);
    app.run_jobs().await;
    assert_eq!(app.mails_to(ANN).len(), 3);
}
