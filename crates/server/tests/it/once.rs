//! Posting the same thing twice posts once.

use std::time::Duration;

use crate::support::{Answer, Guest, Person, TestApp, words};

const DAY: Duration = Duration::from_hours(24);
const MINUTE: Duration = Duration::from_mins(1);
const KEY: &str = "a-one-time-key-that-one-page-was-given";

async fn threads(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM threads").await
}

async fn messages(app: &TestApp) -> i64 {
    app.number("SELECT count(*) FROM messages WHERE kind = 'message'")
        .await
}

fn form<'f>(body: &'f str, key: &'f str) -> Vec<(&'f str, &'f str)> {
    let mut form = vec![("email", "ann@example.com"), ("body", body)];
    form.extend((!key.is_empty()).then_some(("key", key)));
    form
}

/// The contact form of a browser that has seen it, and so has its cookie.
async fn browser(app: &TestApp) -> Person {
    let mut person = app.stranger();
    person.get("/pigeon/contact").await.expect(200);
    person
}

#[track_caller]
fn assert_kept_without_link(answer: Answer) {
    let answer = answer.expect(200);
    assert!(
        words(answer.text()).contains("We have your message"),
        "{answer:?}"
    );
    assert!(!answer.text().contains("/pigeon/t/"), "{answer:?}");
    assert_eq!(answer.header("location"), None);
}

#[tokio::test]
async fn p2_the_same_form_posts_once_for_seven_days() {
    let (app, _) = TestApp::open().await;
    let mut ann = browser(&app).await;
    let first = ann.does("guest/start", &form("Hm?", KEY)).await.expect(303);
    let second = ann.does("guest/start", &form("Hm?", KEY)).await.expect(303);
    let (first, second) = (
        first.header("location").unwrap(),
        second.header("location").unwrap(),
    );
    assert_ne!(first, second, "a link of its own");
    for link in [first, second] {
        let page = ann.get(link).await.expect(200);
        assert!(page.text().contains("Hm?"), "{page:?}");
    }
    app.run_jobs().await;
    assert_eq!(app.mails_to("ann@example.com").len(), 1);
    app.advance(6 * DAY + 23 * 60 * MINUTE + 59 * MINUTE);
    ann.does("guest/start", &form("Hm?", KEY)).await.expect(303);
    assert_eq!((threads(&app).await, messages(&app).await), (1, 1));
    app.advance(2 * MINUTE);
    ann.does("guest/start", &form("Hm?", KEY)).await.expect(303);
    assert_eq!(threads(&app).await, 2);
}

#[tokio::test]
async fn p2_the_same_key_with_other_content_is_a_new_post() {
    let (app, _) = TestApp::open().await;
    let mut ann = browser(&app).await;
    ann.does("guest/start", &form("Hm?", KEY)).await.expect(303);
    ann.does("guest/start", &form("Hm!", KEY)).await.expect(303);
    let mut named = form("Hm?", KEY);
    named.push(("name", "Ann"));
    ann.does("guest/start", &named).await.expect(303);
    let mut other = form("Hm?", KEY);
    other[0].1 = "bob@example.com";
    ann.does("guest/start", &other).await.expect(303);
    ann.does("guest/start", &form("Hm?", "another-key"))
        .await
        .expect(303);
    assert_eq!(threads(&app).await, 5);
    // The form's token is no content: a second page has another.
    let mut again = form("Hm?", KEY);
    again.push(("csrf", ""));
    ann.does("guest/start", &again).await.expect(303);
    assert_eq!(threads(&app).await, 5);
}

#[tokio::test]
async fn p2_a_repeat_shows_the_thread_to_the_first_browser_only_and_only_while_it_is_alone() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = browser(&app).await;
    let said = ann
        .says("guest/start", &form("Hm?", KEY))
        .await
        .expect(200)
        .json();
    let thread = said["thread"]["id"].as_str().unwrap().to_owned();
    for mut other in [app.stranger(), browser(&app).await] {
        assert_kept_without_link(other.does("guest/start", &form("Hm?", KEY)).await);
        let said = other
            .says("guest/start", &form("Hm?", KEY))
            .await
            .expect(200)
            .json();
        assert_eq!(said["success"], true);
        assert!(
            said.get("thread").is_none() && said.get("redirect").is_none(),
            "{said}"
        );
    }
    ada.notes(&thread, "A note is no answer.").await;
    ann.does("guest/start", &form("Hm?", KEY)).await.expect(303);
    ada.answers(&thread, "For Ann alone.").await;
    assert_kept_without_link(ann.does("guest/start", &form("Hm?", KEY)).await);
    assert_eq!((threads(&app).await, messages(&app).await), (1, 2));
}

#[tokio::test]
async fn p2_a_form_without_a_key_posts_once_in_ten_minutes_and_never_shows_the_link_twice() {
    let (app, _) = TestApp::open().await;
    let mut ann = browser(&app).await;
    ann.does("guest/start", &form("Hm?", "")).await.expect(303);
    assert_kept_without_link(ann.does("guest/start", &form("Hm?", "")).await);
    assert_kept_without_link(app.stranger().does("guest/start", &form("Hm?", "")).await);
    let mut subject = form("Hm?", "");
    subject.push(("subject", "Another matter"));
    ann.does("guest/start", &subject).await.expect(303);
    ann.does("guest/start", &form("Hm!", "")).await.expect(303);
    assert_eq!(threads(&app).await, 3);
    app.advance(10 * MINUTE + MINUTE);
    ann.does("guest/start", &form("Hm?", "")).await.expect(303);
    assert_eq!(threads(&app).await, 4);
}

#[tokio::test]
async fn p2_of_twenty_at_once_one_is_posted() {
    let (app, mut ada) = TestApp::open().await;
    let ann = browser(&app).await;
    for key in [KEY, ""] {
        let body = format!("With the key “{key}”.");
        let (before, fields) = (threads(&app).await, form(&body, key));
        let posts = (0..20).map(|_| {
            let (mut ann, fields) = (ann.clone(), &fields);
            async move { ann.does("guest/start", fields).await.status }
        });
        let statuses = futures_util::future::join_all(posts).await;
        assert!(
            statuses.iter().all(|status| matches!(status, 200 | 303)),
            "{statuses:?}"
        );
        assert_eq!(threads(&app).await, before + 1, "{statuses:?}");
    }
    let guest = Guest::asks(&app, "bob@example.com", "Mine.").await;
    let fields = [("body", "Once."), ("key", KEY)];
    let posts = (0..10).map(|_| {
        let mut guest = guest.clone();
        async move { guest.does("guest/reply", &fields).await.status }
    });
    let statuses = futures_util::future::join_all(posts).await;
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
    let fields = [
        ("threadId", guest.thread.as_str()),
        ("body", "Once too."),
        ("key", KEY),
    ];
    let posts = (0..10).map(|_| {
        let mut ada = ada.clone();
        async move { ada.does("admin/reply", &fields).await.status }
    });
    let statuses = futures_util::future::join_all(posts).await;
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
    let page = ada.reads(&guest.thread).await.expect(200);
    for text in ["<p>Once.</p>", "<p>Once too.</p>"] {
        assert_eq!(page.text().matches(text).count(), 1, "{page:?}");
    }
}

#[tokio::test]
async fn p2_a_reply_posts_once_by_whatever_link() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let fields = [("body", "And?"), ("key", KEY)];
    let shown = ann.page.clone();
    ann.does("guest/reply", &fields).await.expect(303);
    ann.opens_mail(&app).await;
    let again = ann.does("guest/reply", &fields).await.expect(303);
    assert!(again.header("location").unwrap().starts_with(&ann.page));
    assert_ne!(ann.page, shown);
    assert_eq!(messages(&app).await, 2);
    // The same words by staff, as note and as reply, are two things to say.
    ada.notes(&ann.thread, "It is lost.").await;
    ada.answers(&ann.thread, "It is lost.").await;
    let page = ada.reads(&ann.thread).await.expect(200);
    assert_eq!(
        page.text().matches("<p>It is lost.</p>").count(),
        2,
        "{page:?}"
    );
}
