//! Whoever looks after the settings looks after the queue, too: without what is private in it.

use std::time::Duration;

use mail::{Mailer, Smtp};
use pigeon::{
    accounts::Permission::{AccessPlugin, ManageSettings},
    app::Outlet,
    worker,
};
use queue::JobId;
use smtp_sink::{Mode, Sink};

use crate::support::{Guest, TestApp, words};

async fn with_server(sink: &Sink) -> TestApp {
    let smtp = Smtp::new(sink.url().parse().unwrap(), mail::Options::default()).unwrap();
    TestApp::sending(Outlet::Mailer(Mailer::Smtp(smtp))).await
}

/// Runs what is due, whatever comes of it.
async fn run(app: &TestApp) {
    worker::worker(&app.app).run_until_empty().await.unwrap();
}

#[tokio::test]
async fn keepers_see_what_failed_and_only_admins_see_why() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::Rcpt550).await;
    let app = with_server(&sink).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let mut kim = app
        .signed_in("kim", false, &[ManageSettings, AccessPlugin])
        .await;
    let mut lou = app.signed_in("lou", false, &[ManageSettings]).await;
    Guest::asks(&app, "ann@example.com", "Hm?").await;
    run(&app).await;
    app.force("UPDATE jobs SET last_error = '550 <ann@example.com> is unknown'")
        .await;
    let queue = "/pigeon/admin/queue";
    let pages = [
        (&mut ada, queue, true),
        (&mut kim, queue, false),
        (&mut lou, queue, false),
    ];
    for (person, page, sees) in pages {
        let shown = person.get(page).await.expect(200);
        let text = words(shown.text());
        assert!(text.contains("Failed 2"), "{text}");
        assert_eq!(text.contains("is unknown"), sees, "{text}");
        assert_eq!(shown.text().contains("ann@example.com"), sees, "{text}");
    }
    for (person, sees) in [(&mut ada, true), (&mut kim, false)] {
        let text = words(person.get("/pigeon/admin").await.expect(200).text());
        assert!(text.contains("Not sent"), "{text}");
        assert_eq!(text.contains("is unknown"), sees, "{text}");
    }
    sink.set_mode(Mode::Ok).await;
    let all = [("all", "failed")];
    let said = lou.says("admin/queue-retry", &all).await.expect(200);
    assert_eq!(said.json()["message"], "2 jobs are tried again.");
    run(&app).await;
    assert_eq!(sink.mails().len(), 2);
    lou.says("admin/queue-discard", &all).await.expect(200);
}

#[tokio::test]
async fn keepers_are_told_that_mail_does_not_leave_and_not_in_whose_words() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::Mail451).await;
    let app = with_server(&sink).await;
    app.signed_in("ada", true, &[]).await;
    let mut lou = app.signed_in("lou", false, &[ManageSettings]).await;
    Guest::asks(&app, "ann@example.com", "Hm?").await;
    run(&app).await;
    app.advance(Duration::from_mins(11));
    run(&app).await;
    let page = lou.get("/pigeon/admin/settings").await.expect(200);
    let text = words(page.text());
    assert!(text.contains("Mail has not left for"), "{text}");
    assert!(text.contains("Admins see what it said."), "{text}");
    assert!(!text.contains("451"), "{text}");
    assert!(page.text().contains("href=\"/pigeon/admin/queue\""));
}

#[tokio::test]
async fn a_message_that_is_held_is_in_the_queue_only_once_it_does_not_leave() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    let fields = [
        ("threadId", ann.thread.as_str()),
        ("body", "CANARY"),
        ("undoSeconds", "10"),
    ];
    ada.says("admin/reply", &fields).await.expect(200);
    let held = "Message that was held";
    let page = ada.get("/pigeon/admin/queue").await.expect(200);
    assert!(!words(page.text()).contains(held), "{page:?}");
    app.force(
        "UPDATE jobs SET parked_at = run_at, last_error = 'a panic', attempt = 5
         WHERE kind = 'leave'",
    )
    .await;
    let page = ada.get("/pigeon/admin/queue").await.expect(200);
    let text = words(page.text());
    assert!(text.contains("Failed 1"), "{text}");
    assert!(text.contains(held) && text.contains("a panic"), "{text}");
    let (_, jobs) = page.text().split_once("id=\"jobs\"").unwrap();
    assert!(!jobs.contains("CANARY") && !jobs.contains("Ann"), "{jobs}");
}

#[tokio::test]
async fn a_mail_that_is_left_alone_is_not_said_to_be_tried_again() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let mut conn = app.app.db.read().await.unwrap();
    let job: JobId = conn
        .query("SELECT id FROM jobs WHERE about IS NOT NULL LIMIT 1")
        .fetch_scalar()
        .await
        .unwrap();
    drop(conn);
    let mail = [
        ("threadId", ann.thread.as_str()),
        ("mail", &*job.to_string()),
    ];
    let refused = ada.says("admin/mail-retry", &mail).await.expect(409);
    let why = refused.json()["message"].to_string();
    assert!(why.contains("it is left alone"), "{why}");
    app.force("UPDATE jobs SET parked_at = run_at, last_error = 'refused'")
        .await;
    ada.says("admin/mail-retry", &mail).await.expect(200);
}
