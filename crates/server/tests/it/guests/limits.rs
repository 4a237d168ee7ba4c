use std::time::Duration;

use super::*;

const TRAP: (&str, &str) = ("pigeon_hp", "http://buy.example");

#[tokio::test]
async fn a_filled_trap_is_answered_as_a_success_and_stores_nothing() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let page = ann.get("/pigeon/contact").await.expect(200);
    assert!(page.text().contains(r#"name="pigeon_hp""#));
    let link = asks(&mut ann, ANN, "Hello").await;
    let jobs = count(&app, "SELECT count(*) FROM jobs").await;

    let mut fields = form("bot@guests.example", "Buy");
    fields.push(TRAP);
    ann.post(START, &fields).await.expect(200);
    ann.post(REPLY, &[("token", token_of(&link)), ("body", "Buy"), TRAP])
        .await
        .expect(200);
    ann.post(REQUEST, &[("email", ANN), TRAP]).await.expect(200);
    assert_eq!(messages(&app).await, 1);
    assert_eq!(count(&app, "SELECT count(*) FROM jobs").await, jobs);
}

#[tokio::test]
async fn posts_over_the_limit_are_refused_with_the_form_filled_in() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    for n in 0..10 {
        ann.post(START, &form(ANN, &format!("Number {n}")))
            .await
            .expect(303);
    }
    let page = ann
        .post(START, &form("else@guests.example", "One too many"))
        .await
        .expect(429);
    assert_eq!(page.header("retry-after"), Some("300"));
    assert!(page.text().contains("One too many"));
    assert_eq!(page.field("email").unwrap(), "else@guests.example");
    assert_eq!(messages(&app).await, 10);

    app.advance(Duration::from_mins(5));
    ann.post(START, &form(ANN, "Later")).await.expect(303);
}

#[tokio::test]
async fn replies_count_with_starts_and_requests_for_links_apart() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Hello").await;
    for n in 0..9 {
        let body = format!("Number {n}");
        ann.post(REPLY, &[("token", token_of(&link)), ("body", &body)])
            .await
            .expect(303);
    }
    let page = ann
        .post(REPLY, &[("token", token_of(&link)), ("body", "Too many")])
        .await
        .expect(429);
    assert!(page.text().contains(">\nToo many</textarea>"), "{page:?}");
    for _ in 0..10 {
        ann.post(REQUEST, &[("email", ANN)]).await.expect(200);
    }
    let page = ann.post(REQUEST, &[("email", ANN)]).await.expect(429);
    assert_eq!(page.field("email").unwrap(), ANN);
}

#[tokio::test]
async fn what_is_refused_trapped_or_repeated_does_not_count() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let mut again = form(ANN, "Again and again");
    again.push(("key", "k"));
    let mut trapped = form(ANN, "Buy");
    trapped.push(TRAP);
    ann.post(START, &again).await.expect(303);
    for _ in 0..15 {
        ann.post(START, &form("ann@", "Wrong")).await.expect(422);
        ann.post(START, &trapped).await.expect(200);
        ann.post(START, &again).await.expect(200);
    }
    for n in 0..9 {
        ann.post(START, &form(ANN, &format!("Number {n}")))
            .await
            .expect(303);
    }
    ann.post(START, &form(ANN, "Too many")).await.expect(429);
}

#[tokio::test]
async fn the_limit_is_exact_for_many_at_once() {
    let (app, _) = open_house().await;
    let posts = (0..40).map(|n| {
        let mut person = app.stranger();
        async move {
            person
                .post(START, &form(ANN, &format!("Number {n}")))
                .await
                .status
        }
    });
    let statuses = futures_util::future::join_all(posts).await;
    let taken = statuses.iter().filter(|status| **status == 303).count();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((taken, refused), (10, 30));
}

#[tokio::test]
async fn each_client_behind_a_named_proxy_has_a_limit_of_its_own() {
    let app = TestApp::with(&[
        ("PIGEON_TRUSTED_PROXIES", "127.0.0.1"),
        ("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1"),
    ])
    .await;
    app.signed_in("maya", true, &[]).await;
    let mut ann = app.stranger();
    for (n, (client, status)) in [
        ("192.0.2.1", 303),
        ("192.0.2.1", 429),
        ("192.0.2.2", 303),
        ("2001:db8:1:2::1", 303),
        ("2001:db8:1:2::ffff", 429),
        ("2001:db8:1:3::1", 303),
        ("203.0.113.9, 192.0.2.2", 429),
    ]
    .into_iter()
    .enumerate()
    {
        let from = [
            ("x-forwarded-for", client),
            ("sec-fetch-site", "same-origin"),
        ];
        let body = format!("Number {n}");
        ann.post_with(START, &form(ANN, &body), &from)
            .await
            .expect(status);
    }
}
