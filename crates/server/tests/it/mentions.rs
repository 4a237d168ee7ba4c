//! `@name` in a note.

use std::time::Duration;

use pigeon::accounts::{Permission, User};

use crate::support::{Guest, TestApp, words};

async fn asked(app: &TestApp) -> Guest {
    let mut ann = Guest::asks(app, "ann@example.com", "Where is my parcel?").await;
    ann.proves(app).await;
    ann
}

fn last(app: &TestApp, to: &str) -> mail::Email {
    app.last_mail_to(to)
}

#[tokio::test]
async fn who_is_named_in_a_note_gets_one_mail_that_leads_to_it_whether_or_not_they_follow() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    app.staff("tom").await;
    app.staff("priya").await;
    let ann = asked(&app).await;
    maya.answers(&ann.thread, "We look.").await; // and so follows it
    app.run_jobs().await;
    let before = app.mails().len();

    ada.notes(
        &ann.thread,
        "@MAYA and @tom: *who* takes it? Not you, @ada.",
    )
    .await;
    app.run_jobs().await;
    let mut new: Vec<_> = app.mails().split_off(before);
    new.sort_by_key(|mail| mail.to.to_string());
    let to: Vec<_> = new.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["maya@example.com", "tom@example.com"]);
    for mail in &new {
        assert_eq!(mail.subject, "ada mentioned you: Support request");
        assert!(
            mail.text.contains("@MAYA and @tom: *who* takes it?"),
            "{}",
            mail.text
        );
        assert!(mail.html.contains("<em>who</em>"), "{}", mail.html);
        assert!(mail.list_unsubscribe.is_some());
    }
    let link = new[1]
        .text
        .split_whitespace()
        .find(|word| word.contains("#m-"));
    let link = link.unwrap().strip_prefix("http://pigeon.test").unwrap();
    let (path, place) = link.split_once('#').unwrap();
    let page = maya.get(path).await.expect(200);
    assert!(page.text().contains(&format!("id=\"{place}\"")), "{link}");
}

#[tokio::test]
async fn a_mention_is_marked_for_the_person_and_for_nobody_else() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let ann = asked(&app).await;
    ada.notes(&ann.thread, "See `@maya`, @maya!").await;
    let page = maya.reads(&ann.thread).await.expect(200);
    assert_eq!(
        page.text().matches("<mark>@maya</mark>").count(),
        1,
        "{}",
        page.text()
    );
    assert!(words(page.text()).contains("Mentions you"));
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(!page.text().contains("<mark>") && !words(page.text()).contains("Mentions you"));
}

#[tokio::test]
async fn nobody_is_mentioned_by_a_reply_or_by_a_name_of_two_or_without_being_able_to_act() {
    let (app, mut ada) = TestApp::open().await;
    app.signed_in("reader", false, &[Permission::AccessPlugin])
        .await;
    app.user("visitor").await;
    app.staff("gone").await;
    let mut tx = app.app.db.begin().await.unwrap();
    let gone = User::find_by_login_name(&mut tx, "gone")
        .await
        .unwrap()
        .unwrap();
    User::disable(&mut tx, gone.id, app.app.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut maya = app.staff("maya").await;
    let ann = asked(&app).await;
    app.run_jobs().await;
    let before = app.mails().len();
    ada.notes(
        &ann.thread,
        "@reader @visitor @gone @ann ann@maya.example @nobody",
    )
    .await;
    app.run_jobs().await;
    assert_eq!(app.mails().len(), before);

    ada.answers(&ann.thread, "@maya will look.").await;
    app.run_jobs().await;
    let new: Vec<_> = app.mails().split_off(before);
    let to: Vec<_> = new.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["ann@example.com"]);
    let page = maya.reads(&ann.thread).await.expect(200);
    assert!(!page.text().contains("<mark>"));
}

#[tokio::test]
async fn who_has_muted_the_conversation_or_read_the_note_gets_no_mail_of_a_mention() {
    let (app, mut ada) = TestApp::open().await;
    let (mut maya, mut tom) = (app.staff("maya").await, app.staff("tom").await);
    let ann = asked(&app).await;
    let id = ann.thread.clone();
    let thread = ("threadId", id.as_str());
    maya.does("threads/notify", &[thread, ("on", "1")])
        .await
        .expect(303);
    maya.does("threads/notify", &[thread, ("on", "0")])
        .await
        .expect(303);
    app.run_jobs().await;
    let before = app.mails().len();
    ada.notes(&ann.thread, "@maya @tom").await;
    app.advance(Duration::from_secs(1));
    tom.does("threads/mark-read", &[thread]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), before);
}

#[tokio::test]
async fn r36_p10_a_mention_reaches_no_guest() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let mut ann = asked(&app).await;
    maya.answers(&ann.thread, "We look.").await;
    app.run_jobs().await;
    let without_keys = |page: crate::support::Answer| {
        let (csrf, key) = (page.field("csrf").unwrap(), page.field("key").unwrap());
        page.text().replace(&csrf, "").replace(&key, "")
    };
    let before = without_keys(ann.looks().await.expect(200));
    let mails = app.mails_to("ann@example.com").len();
    ada.notes(&ann.thread, "@maya @ann ann@example.com CANARY-7f3")
        .await;
    app.run_jobs().await;
    assert!(last(&app, "maya@example.com").text.contains("CANARY-7f3"));
    assert_eq!(app.mails_to("ann@example.com").len(), mails);
    assert_eq!(without_keys(ann.looks().await.expect(200)), before);
}

#[tokio::test]
async fn the_list_of_names_has_no_address() {
    let (app, _) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    app.signed_in("reader", false, &[Permission::AccessPlugin])
        .await;
    let list = maya.get("/pigeon/admin/staff.json").await.expect(200);
    assert!(!list.text().contains("example.com"), "{}", list.text());
    let names: Vec<_> = list.json()["staff"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["handle"].clone())
        .collect();
    assert_eq!(names, ["ada", "maya"]);
}
