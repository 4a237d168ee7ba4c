use super::*;

async fn muted(app: &TestApp) -> i64 {
    count(
        app,
        "SELECT count(*) FROM participants WHERE notify = 'muted'",
    )
    .await
}

async fn refusals(app: &TestApp) -> i64 {
    count(app, "SELECT count(*) FROM mail_refusals").await
}

/// The path of the link that ends mail, in the newest mail to `address`.
fn stop_link(app: &TestApp, address: &str) -> String {
    let mail = app.last_mail_to(address);
    let header = mail.list_unsubscribe.clone().expect("each mail has one");
    let path = path_in(&mail.text, "/pigeon/u/");
    assert!(header.ends_with(&path), "{header}");
    path
}

#[tokio::test]
async fn looking_asks_and_one_click_mutes_without_a_cookie() {
    let (app, mut maya) = open_house().await;
    let link = asks(&mut app.stranger(), ANN, "Hello").await;
    let thread = thread_of(&app, &link).await;
    app.run_jobs().await;
    let stop = stop_link(&app, ANN);
    for _ in 0..3 {
        let page = app.stranger().get(&stop).await.expect(200);
        assert!(page.text().contains("Stop these e-mails?"));
        app.stranger()
            .ask("HEAD", &stop, &[], b"")
            .await
            .expect(200);
    }
    assert_eq!(muted(&app).await, 0);

    // As mail programs do it: from nowhere, with nothing.
    let click = [("List-Unsubscribe", "One-Click")];
    let page = app
        .stranger()
        .post_with(&stop, &click, &[])
        .await
        .expect(200);
    assert!(page.text().contains("We stay quiet"));
    assert_eq!((muted(&app).await, refusals(&app).await), (1, 0));
    let cross = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://mail.test"),
    ];
    app.stranger()
        .post_with(&stop, &click, &cross)
        .await
        .expect(200);

    staff_does(
        &mut maya,
        "reply",
        &[("threadId", &thread), ("body", "Hi Ann")],
    )
    .await;
    app.run_jobs().await;
    assert_eq!(app.mails_to(ANN).len(), 1);
    // It opens nothing.
    let token = stop.trim_start_matches("/pigeon/u/");
    app.stranger()
        .get(&format!("/pigeon/t/{token}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn whoever_never_wrote_can_refuse_all_mail() {
    let (app, _) = open_house().await;
    asks(&mut app.stranger(), ANN, "Hello").await;
    app.run_jobs().await;
    let stop = stop_link(&app, ANN);
    let mut ann = app.stranger();
    assert!(
        ann.get(&stop)
            .await
            .expect(200)
            .text()
            .contains("No more mail to this address")
    );
    let page = ann.post(&stop, &[("all", "1")]).await.expect(200);
    assert!(page.text().contains("Done. No more mail to this address."));
    assert_eq!(refusals(&app).await, 1);
    asks(&mut app.stranger(), ANN, "Once more").await;
    app.stranger()
        .post(REQUEST, &[("email", ANN)])
        .await
        .expect(200);
    app.run_jobs().await;
    assert_eq!(app.mails_to(ANN).len(), 1);
}

#[tokio::test]
async fn a_proved_guest_is_not_offered_to_refuse_all_mail() {
    let (app, _) = open_house().await;
    asks(&mut app.stranger(), ANN, "Hello").await;
    app.run_jobs().await;
    let (stop, mailed) = (stop_link(&app, ANN), mailed_link(&app, ANN));
    let mut ann = app.stranger();
    ann.post(CONFIRM, &[("token", token_of(&mailed))])
        .await
        .expect(303);
    assert!(
        !ann.get(&stop)
            .await
            .expect(200)
            .text()
            .contains("No more mail")
    );
    let page = ann.post(&stop, &[("all", "1")]).await.expect(200);
    assert!(page.text().contains("We stay quiet"));
    assert_eq!((muted(&app).await, refusals(&app).await), (1, 0));
}

#[tokio::test]
async fn a_changed_link_does_nothing() {
    let (app, _) = open_house().await;
    asks(&mut app.stranger(), ANN, "Hello").await;
    app.run_jobs().await;
    let stop = stop_link(&app, ANN);
    let changed = format!("{}x", &stop[..stop.len() - 2]);
    for path in [changed.as_str(), "/pigeon/u/x", "/pigeon/u/x.y"] {
        app.stranger().get(path).await.expect(404);
        app.stranger()
            .post_with(path, &[("List-Unsubscribe", "One-Click")], &[])
            .await
            .expect(404);
    }
    assert_eq!(muted(&app).await, 0);
}

#[tokio::test]
async fn staff_end_alerts_of_one_thread() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    let link = asks(&mut ann, ANN, "Hello").await;
    app.run_jobs().await;
    let stop = stop_link(&app, "maya@example.com");
    app.stranger().post_with(&stop, &[], &[]).await.expect(200);
    ann.post(REPLY, &[("token", token_of(&link)), ("body", "More")])
        .await
        .expect(303);
    app.run_jobs().await;
    assert_eq!(app.mails_to("maya@example.com").len(), 1);
}
