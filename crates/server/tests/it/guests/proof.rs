use super::*;

#[tokio::test]
async fn the_button_on_the_page_of_a_mailed_link_proves_the_address_and_looking_does_not() {
    let (app, mut maya) = open_house().await;
    let shown = asks(&mut app.stranger(), ANN, "Hello").await;
    app.run_jobs().await;
    let mailed = mailed_link(&app, ANN);
    let mut ann = app.stranger();
    for _ in 0..3 {
        let page = ann.get(&mailed).await.expect(200);
        assert!(page.text().contains("Confirm my address"));
    }
    ann.post(READ, &[("token", token_of(&mailed))])
        .await
        .expect(303);
    let page = app.stranger().get(&shown).await.expect(200);
    assert!(!page.text().contains("Confirm my address"));
    app.stranger()
        .post(CONFIRM, &[("token", token_of(&shown))])
        .await
        .expect(403);

    ann.post(CONFIRM, &[("token", token_of(&mailed))])
        .await
        .expect(303);
    let page = ann.get(&mailed).await.expect(200);
    assert!(!page.text().contains("Confirm my address"));
    ann.post(CONFIRM, &[("token", token_of(&mailed))])
        .await
        .expect(303);

    // The link that was only shown ends, but not for the browser that opened the mail.
    app.stranger().get(&shown).await.expect(404);
    ann.get(&shown).await.expect(200);

    // From now on mail may quote what the guest wrote; its subject stays.
    let thread = thread_of(&app, &mailed).await;
    staff_does(
        &mut maya,
        "reply",
        &[("threadId", &thread), ("body", "Hi Ann")],
    )
    .await;
    app.run_jobs().await;
    let mail = app.last_mail_to(ANN);
    assert_eq!(mail.subject, "Your message to pigeon.test");
    assert!(mail.text.contains("> Hello"));
}

#[tokio::test]
async fn a_message_by_a_mailed_link_proves_the_address_and_by_a_shown_one_does_not() {
    let (app, _) = open_house().await;
    let proved = "SELECT count(*) FROM participants WHERE proved_at IS NOT NULL";
    let mut ann = app.stranger();
    let shown = asks(&mut ann, ANN, "Hello").await;
    ann.post(REPLY, &[("token", token_of(&shown)), ("body", "More")])
        .await
        .expect(303);
    assert_eq!(count(&app, proved).await, 0);
    app.run_jobs().await;
    let mailed = mailed_link(&app, ANN);
    ann.post(REPLY, &[("token", token_of(&mailed)), ("body", "And more")])
        .await
        .expect(303);
    assert_eq!(count(&app, proved).await, 1);
}

#[tokio::test]
async fn a_browser_that_opened_a_mailed_link_carries_the_proof_to_its_new_threads() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    asks(&mut ann, ANN, "Hello").await;
    app.run_jobs().await;
    ann.get(&mailed_link(&app, ANN)).await.expect(200);

    let proved = "SELECT count(*) FROM participants WHERE proved_at IS NOT NULL";
    assert_eq!(count(&app, proved).await, 0);
    let second = asks(&mut ann, "Ann@guests.example", "Something else").await;
    assert_eq!(count(&app, proved).await, 1);
    ann.get(&second).await.expect(200);
    // Under another address it proves nothing, nor does a cookie of somebody's own making.
    asks(&mut ann, "bob@guests.example", "Bob here").await;
    let mut eve = app.stranger();
    let cookie = ann.cookie("pigeon-device").unwrap().to_owned();
    eve.keep_cookie("pigeon-device", &cookie.replace('.', ".A"));
    asks(&mut eve, ANN, "Eve here").await;
    assert_eq!(count(&app, proved).await, 1);
}

#[tokio::test]
async fn a_proved_thread_tells_of_the_others_and_mails_their_links() {
    let (app, _) = open_house().await;
    let mut ann = app.stranger();
    asks(&mut ann, ANN, "Hello").await;
    asks(&mut ann, ANN, "Something else").await;
    app.run_jobs().await;
    let mailed = mailed_link(&app, ANN);
    let page = ann.get(&mailed).await.expect(200);
    assert!(!page.text().contains("another conversation"));
    ann.post(CONFIRM, &[("token", token_of(&mailed))])
        .await
        .expect(303);
    let page = ann.get(&mailed).await.expect(200);
    assert!(
        page.text()
            .contains("You have another conversation with us")
    );
    // Its own address stands in it, and no other's.
    let own = format!("/pigeon/t/{}", token_of(&mailed));
    let links = |part: &str| page.text().matches(part).count();
    assert_eq!(links("/pigeon/t/"), links(&own));

    let page = ann
        .post(REQUEST, &[("token", token_of(&mailed))])
        .await
        .expect(200);
    assert!(!page.text().contains(ANN));
    app.run_jobs().await;
    assert_eq!(app.last_mail_to(ANN).text.matches("/pigeon/t/").count(), 2);
}
