use std::time::Duration;

use super::*;

fn keyed<'f>(body: &'f str, key: &'f str) -> Vec<(&'f str, &'f str)> {
    let mut fields = form(ANN, body);
    fields.push(("key", key));
    fields
}

#[tokio::test]
async fn the_same_form_twice_posts_once_and_leads_the_same_browser_to_the_same_thread() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    ann.get("/pigeon/contact").await;
    let first = link_in(&ann.post(START, &keyed("Hello", "k1")).await);
    let second = link_in(&ann.post(START, &keyed("Hello", "k1")).await);
    assert_ne!(first, second);
    assert_eq!(
        thread_of(&app, &first).await,
        thread_of(&app, &second).await
    );
    assert_eq!(messages(&app).await, 1);
    app.run_jobs().await;
    assert_eq!(app.mails_to(ANN).len(), 1);
}

#[tokio::test]
async fn the_same_form_from_another_browser_shows_no_link() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    ann.get("/pigeon/contact").await;
    ann.post(START, &keyed("Hello", "k1")).await.expect(303);
    let page = app
        .stranger()
        .post(START, &keyed("Hello", "k1"))
        .await
        .expect(200);
    assert!(page.text().contains("The link is in your mail."));
    assert!(!page.text().contains("/pigeon/t/"));
    assert_eq!(messages(&app).await, 1);

    let json = app
        .stranger()
        .post_json(
            START,
            &serde_json::json!({ "name": "Ann", "email": ANN,
            "subject": "Two cups missing", "body": "Hello", "key": "k1" }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(json["success"], true);
    assert!(json.get("redirect").is_none() && json.get("thread").is_none());
}

#[tokio::test]
async fn once_staff_have_answered_the_same_form_shows_no_link() {
    let (app, mut maya) = open_house().await;
    let mut ann = app.stranger();
    ann.get("/pigeon/contact").await;
    let link = link_in(&ann.post(START, &keyed("Hello", "k1")).await);
    let thread = thread_of(&app, &link).await;
    staff_does(
        &mut maya,
        "reply",
        &[("threadId", &thread), ("body", "Hi Ann")],
    )
    .await;
    let page = ann.post(START, &keyed("Hello", "k1")).await.expect(200);
    assert!(!page.text().contains("/pigeon/t/"));
}

#[tokio::test]
async fn the_same_key_with_another_text_is_another_post() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    ann.post(START, &keyed("Hello", "k1")).await.expect(303);
    ann.post(START, &keyed("Something else", "k1"))
        .await
        .expect(303);
    assert_eq!(messages(&app).await, 2);
}

#[tokio::test]
async fn a_form_without_a_key_is_stored_once_in_ten_minutes_and_its_repeat_shows_no_link() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    ann.get("/pigeon/contact").await;
    link_in(&ann.post(START, &form(ANN, "Hello")).await);
    let page = ann.post(START, &form(ANN, "Hello")).await.expect(200);
    assert!(!page.text().contains("/pigeon/t/"));
    assert_eq!(messages(&app).await, 1);
    ann.post(START, &form(ANN, "Hello again")).await.expect(303);
    app.advance(Duration::from_mins(11));
    ann.post(START, &form(ANN, "Hello")).await.expect(303);
    assert_eq!(messages(&app).await, 3);
}

#[tokio::test]
async fn the_same_reply_twice_is_stored_once() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Hello").await;
    let reply = [
        ("token", token_of(&link)),
        ("body", "One more"),
        ("key", "k2"),
    ];
    assert_eq!(link_in(&ann.post(REPLY, &reply).await), link);
    assert_eq!(link_in(&ann.post(REPLY, &reply).await), link);
    assert_eq!(messages(&app).await, 2);
    // Another guest's same text with the same key is another post.
    let other = asks(&mut app.stranger(), "bob@guests.example", "Hello").await;
    let reply = [
        ("token", token_of(&other)),
        ("body", "One more"),
        ("key", "k2"),
    ];
    ann.post(REPLY, &reply).await.expect(303);
    assert_eq!(messages(&app).await, 4);
}

#[tokio::test]
async fn sixteen_at_once_are_one_post() {
    let (app, _) = open_house().await;
    let posts = (0..16).map(|_| {
        let mut person = app.stranger();
        async move { person.post(START, &keyed("Hello", "k1")).await.status }
    });
    let statuses = futures_util::future::join_all(posts).await;
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 303)),
        "{statuses:?}"
    );
    assert_eq!(messages(&app).await, 1);
}
