//! What the team sees of the mails about a conversation, and of mail that does not leave.

use std::time::Duration;

use mail::{Mailer, Smtp};
use pigeon::{app::Outlet, worker};
use smtp_sink::{Mode, Sink};

use crate::support::{Guest, Person, TestApp, words};

async fn with_server(sink: &Sink) -> TestApp {
    let smtp = Smtp::new(sink.url().parse().unwrap(), mail::Options::default()).unwrap();
    TestApp::sending(Outlet::Mailer(Mailer::Smtp(smtp))).await
}

/// Runs what is due, whatever comes of it.
async fn run(app: &TestApp) {
    worker::worker(&app.app).run_until_empty().await.unwrap();
}

async fn page(person: &mut Person, guest: &Guest) -> String {
    words(person.reads(&guest.thread).await.expect(200).text())
}

#[tokio::test]
async fn each_mail_stands_under_its_message_from_the_queue_to_the_server() {
    let app = TestApp::start().await;
    let (mut ada, mut maya) = (
        app.signed_in("ada", true, &[]).await,
        app.staff("maya").await,
    );
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let shown = page(&mut ada, &ann).await;
    for to in [
        "On its way to ann",
        "On its way to ada",
        "On its way to maya",
    ] {
        assert!(shown.contains(to), "{to}: {shown}");
    }
    app.run_jobs().await;
    maya.answers(&ann.thread, "Well.").await;
    let shown = page(&mut ada, &ann).await;
    assert!(
        shown.contains("3 mails Sent to ada, today 12:05 Sent to ann, today 12:05"),
        "{shown}"
    );
    assert!(shown.contains("1 mail On its way to ann"), "{shown}");
    app.run_jobs().await;
    let shown = page(&mut ada, &ann).await;
    assert!(shown.contains("1 mail Sent to ann, today 12:05"), "{shown}");
    let theirs = ann.looks().await.expect(200);
    assert!(
        !theirs.text().contains("Sent to"),
        "a guest sees none of it"
    );
}

#[tokio::test]
async fn caught_mail_says_that_it_did_not_leave() {
    let app = TestApp::catching().await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    let shown = page(&mut ada, &ann).await;
    assert!(shown.contains("Caught on this machine: to ann"), "{shown}");
    assert!(!shown.contains("Sent to"), "{shown}");
}

#[tokio::test]
async fn p3_a_refused_mail_stands_under_its_message_and_is_tried_again_from_there() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::Rcpt550).await;
    let app = with_server(&sink).await;
    app.signed_in("ada", true, &[]).await;
    let mut maya = app.staff("maya").await;
    let mut reader = app
        .signed_in("rea", false, &[pigeon::accounts::Permission::AccessPlugin])
        .await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    run(&app).await;
    let shown = maya.reads(&ann.thread).await.expect(200);
    let text = words(shown.text());
    assert!(text.contains("Not delivered to ann:"), "{text}");
    assert!(text.contains("550"), "{text}");
    let text = words(reader.reads(&ann.thread).await.expect(200).text());
    assert!(
        text.contains("Not delivered to ann:") && !text.contains("Try again"),
        "{text}"
    );

    sink.set_mode(Mode::Ok).await;
    let mail = mail_to(shown.text(), "ann");
    let fields = [("threadId", bob.thread.as_str()), ("mail", mail.as_str())];
    maya.does("admin/mail-retry", &fields).await.expect(404);
    let fields = [("threadId", ann.thread.as_str()), ("mail", mail.as_str())];
    reader.does("admin/mail-retry", &fields).await.expect(403);
    maya.does("admin/mail-retry", &fields).await.expect(303);
    run(&app).await;
    let text = page(&mut maya, &ann).await;
    assert!(text.contains("Sent to ann"), "{text}");
    assert!(
        text.contains("Not delivered to maya:"),
        "only that one: {text}"
    );
    assert_eq!(sink.mails().len(), 1);
}

/// The job of the undelivered mail to somebody.
fn mail_to(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("Not delivered to {name}:"))
        .unwrap();
    let (_, rest) = rest.split_once("name=\"mail\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn pages_that_are_open_hear_what_became_of_a_mail() {
    let sink = Sink::start().await;
    let app = with_server(&sink).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    run(&app).await;
    ada.answers(&ann.thread, "Well.").await;
    app.settle(&ada).await;
    let conv = format!("conv-{}", ann.thread);
    let path = format!("/pigeon/events?topics=inbox,{conv}");
    let mut open = ada.listens(&path).await;
    let guests = format!("{}/events", ann.page);
    let guest = ann.person.listens(&guests).await;

    // A list that changed a moment earlier may be told in the same breath.
    let is_told = |heard: Option<String>| heard.is_some_and(|topics| topics.ends_with(&conv));

    // It was sent.
    run(&app).await;
    assert!(is_told(open.hears().await));
    let shown = page(&mut ada, &ann).await;
    assert!(shown.contains("1 mail Sent to ann"), "{shown}");

    // It was refused: that stands on the home page, too.
    ada.answers(&ann.thread, "Well?").await;
    let both = Some(format!("inbox {conv}"));
    assert_eq!(open.hears().await, both);
    sink.set_mode(Mode::Rcpt550).await;
    run(&app).await;
    assert_eq!(open.hears().await, both);
    let refused = ada.reads(&ann.thread).await.expect(200);
    let mail = mail_to(refused.text(), "ann");

    // Tried again: at once, and when it has left.
    sink.set_mode(Mode::Ok).await;
    let fields = [("threadId", ann.thread.as_str()), ("mail", mail.as_str())];
    ada.does("admin/mail-retry", &fields).await.expect(303);
    assert!(is_told(open.hears().await));
    run(&app).await;
    assert_eq!(open.hears().await, both);

    // Given up, on the page of the queue.
    ada.answers(&ann.thread, "Well!").await;
    assert_eq!(open.hears().await, both);
    sink.set_mode(Mode::Rcpt550).await;
    run(&app).await;
    assert_eq!(open.hears().await, both);
    let all = [("all", "failed")];
    ada.does("admin/queue-discard", &all).await.expect(303);
    assert_eq!(open.hears().await, both);
    let shown = page(&mut ada, &ann).await;
    assert!(shown.contains("Not sent to ann: discarded"), "{shown}");

    // A guest hears of three answers, and nothing of mail.
    app.app.streams.close();
    let heard = guest.hears_out().await;
    assert!(heard.len() <= 3, "{heard:?}");
    ann.looks().await.expect(200);
}

#[tokio::test]
async fn r81_after_three_days_without_a_mail_server_nothing_old_leaves_by_itself() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::Down).await;
    let more = [("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1000")];
    let smtp = Smtp::new(sink.url().parse().unwrap(), mail::Options::default()).unwrap();
    let app = TestApp::sending_with(&more, Outlet::Mailer(Mailer::Smtp(smtp))).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let mut maya = app.staff("maya").await;
    let recipients = [("supportNotificationRecipients", "desk@fernhill.example")];
    ada.does("admin/settings", &recipients).await.expect(303);
    for n in 0..50 {
        Guest::asks(&app, &format!("g{n}@example.com"), "Hm?").await;
    }
    for _ in 0..12 {
        app.advance(Duration::from_hours(6));
        run(&app).await;
    }
    let young = Guest::asks(&app, "young@example.com", "And I?").await;
    sink.set_mode(Mode::Ok).await;
    for _ in 0..4 {
        app.advance(Duration::from_mins(2));
        run(&app).await;
    }
    let sent = sink.mails();
    assert_eq!(sent.len(), 2, "only the young one's, and its alert");

    for path in ["/pigeon/admin", "/pigeon/admin/threads"] {
        let text = words(ada.get(path).await.expect(200).text());
        assert!(
            text.contains("Some mail is older than a day."),
            "{path}: {text}"
        );
        let text = words(maya.get(path).await.expect(200).text());
        assert!(!text.contains("older than a day"), "{path}: {text}");
    }
    let text = words(ada.get("/pigeon/admin/queue").await.expect(200).text());
    assert!(text.contains("Send or discard?"), "{text}");
    let waiting = app
        .number("SELECT count(*) FROM jobs WHERE parked_at IS NOT NULL")
        .await;
    assert_eq!(waiting, 100);

    // One is sent, one discarded, the rest sent together.
    let one = |page: &str| {
        let (_, rest) = page.split_once("name=\"job\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let stale = "/pigeon/admin/queue?show=stale";
    let job = one(ada.get(stale).await.expect(200).text());
    ada.does("admin/queue-retry", &[("job", &job)])
        .await
        .expect(303);
    run(&app).await;
    assert_eq!(sink.mails().len(), 3);
    let job = one(ada.get(stale).await.expect(200).text());
    ada.does("admin/queue-discard", &[("job", &job)])
        .await
        .expect(303);
    ada.does("admin/queue-retry", &[("all", "failed")])
        .await
        .expect(303);
    ada.does("admin/queue-retry", &[("all", "stale")])
        .await
        .expect(303);
    run(&app).await;
    assert_eq!(sink.mails().len(), 101, "all but the discarded one");
    let text = words(ada.get("/pigeon/admin").await.expect(200).text());
    assert!(!text.contains("older than a day"), "{text}");
    assert!(page(&mut ada, &young).await.contains("Sent to young"));
}

#[tokio::test]
async fn admins_are_told_on_every_page_when_mail_has_not_left_for_ten_minutes() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::Mail451).await;
    let app = with_server(&sink).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let mut maya = app.staff("maya").await;
    Guest::asks(&app, "ann@example.com", "Hm?").await;
    run(&app).await;
    let told = "Mail has not left for";
    app.advance(Duration::from_mins(9));
    run(&app).await;
    let text = words(ada.get("/pigeon/admin").await.expect(200).text());
    assert!(!text.contains(told), "{text}");
    app.advance(Duration::from_mins(2));
    run(&app).await;
    for path in ["", "/threads", "/settings", "/queue"] {
        let path = format!("/pigeon/admin{path}");
        let text = words(ada.get(&path).await.expect(200).text());
        assert!(
            text.contains(told) && text.contains("451"),
            "{path}: {text}"
        );
    }
    let text = words(maya.get("/pigeon/admin").await.expect(200).text());
    assert!(!text.contains(told), "{text}");

    sink.set_mode(Mode::Ok).await;
    app.advance(Duration::from_hours(1));
    run(&app).await;
    let text = words(ada.get("/pigeon/admin").await.expect(200).text());
    assert!(!text.contains(told), "{text}");
    // Nobody works on the queue.
    Guest::asks(&app, "bob@example.com", "Hm?").await;
    app.advance(Duration::from_mins(11));
    let text = words(ada.get("/pigeon/admin").await.expect(200).text());
    assert!(text.contains("nobody works on the queue"), "{text}");
}

#[tokio::test]
async fn the_queue_goes_on_from_page_to_page_and_failed_jobs_are_discarded_together() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::Rcpt550).await;
    let more = [("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1000")];
    let smtp = Smtp::new(sink.url().parse().unwrap(), mail::Options::default()).unwrap();
    let app = TestApp::sending_with(&more, Outlet::Mailer(Mailer::Smtp(smtp))).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let mut last = None;
    for n in 0..60 {
        last = Some(Guest::asks(&app, &format!("g{n}@example.com"), "Hm?").await);
    }
    let first = ada
        .get("/pigeon/admin/queue?show=waiting")
        .await
        .expect(200);
    assert_eq!(first.text().matches("<li class=\"card\"").count(), 100);
    run(&app).await;
    let first = ada.get("/pigeon/admin/queue").await.expect(200);
    assert_eq!(first.text().matches("<li class=\"card\"").count(), 100);
    let text = first.text().replace("&#x2f;", "/").replace("&amp;", "&");
    let (_, next) = text
        .split_once("href=\"/pigeon/admin/queue?show=failed&cursor=")
        .unwrap();
    let next = next.split('"').next().unwrap();
    let second = ada
        .get(&format!("/pigeon/admin/queue?show=failed&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(second.text().matches("<li class=\"card\"").count(), 20);

    let fields = [("all", "failed")];
    let said = ada.says("admin/queue-discard", &fields).await.expect(200);
    assert_eq!(said.json()["message"], "120 jobs are discarded.");
    assert_eq!(app.number("SELECT count(*) FROM jobs").await, 0);
    let text = page(&mut ada, &last.unwrap()).await;
    assert!(text.contains("Not sent to g59: discarded"), "{text}");
    ada.does("admin/queue-discard", &[("all", "waiting")])
        .await
        .expect(422);
}
