//! What Pigeon promises, one by one; those that have rows of their own stand beside them.

use std::time::Duration;

use mail::{Mailer, Smtp};
use pigeon::{app::Outlet, web, worker};
use queue::NewJob;
use smtp_sink::{Mode, Sink};

use crate::support::{Actors, Guest, TestApp, unsubscribe_in, words};

async fn with_server(sink: &Sink) -> TestApp {
    let url = sink.url().parse().expect("the sink has an address");
    let smtp = Smtp::new(url, mail::Options::default()).expect("it needs no encryption");
    let outlet = Outlet::Mailer(Mailer::Smtp(smtp));
    TestApp::sending(outlet).await
}

#[tokio::test]
async fn p1_what_is_acknowledged_is_there_with_everything_it_causes() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let here = async |app: &TestApp| {
        [
            app.number("SELECT count(*) FROM messages WHERE kind = 'message'")
                .await,
            app.number("SELECT count(*) FROM threads WHERE status = 'pending'")
                .await,
            app.number("SELECT count(*) FROM participants WHERE read_seq > 0")
                .await,
            app.number("SELECT count(*) FROM jobs WHERE kind = 'mail'")
                .await,
        ]
    };
    assert_eq!(
        here(&app).await,
        [1, 1, 1, 2],
        "one to the guest, one to the team"
    );
    ada.answers(&ann.thread, "Well.").await;
    assert_eq!(here(&app).await, [2, 0, 2, 3]);
    ann.replies("Oh.").await.expect(303);
    assert_eq!(here(&app).await, [3, 1, 2, 4]);
}

#[tokio::test]
async fn p1_what_is_refused_has_left_nothing_whatever_broke() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ada.answers(&ann.thread, "Well.").await;
    // The last thing that a post writes, its one-time key, cannot be written.
    app.force_each(
        "CREATE TRIGGER broken BEFORE INSERT ON post_keys BEGIN SELECT RAISE(ABORT, 'broken'); END",
        "ALTER TABLE post_keys ADD CONSTRAINT broken CHECK (seq < 0) NOT VALID",
    )
    .await;
    let before = app.dump().await;
    let fields = [("email", "bob@example.com"), ("body", "Lost?")];
    let refused = app
        .stranger()
        .does("guest/start", &fields)
        .await
        .expect(500);
    assert!(refused.text().contains("Lost?"), "{refused:?}");
    let refused = ann.replies("Lost too?").await.expect(500);
    assert!(refused.text().contains("Lost too?"), "{refused:?}");
    let fields = [
        ("threadId", ann.thread.as_str()),
        ("body", "And this?"),
        ("status", "closed"),
    ];
    let refused = ada.does("admin/reply", &fields).await.expect(500);
    assert!(refused.text().contains("And this?"), "{refused:?}");
    let fields = [("email", "cleo@example.com"), ("body", "Written first.")];
    let refused = ada.does("admin/start", &fields).await.expect(500);
    assert!(refused.text().contains("Written first."), "{refused:?}");
    assert_eq!(app.dump().await, before);
    // Trying again, once it is mended, is safe.
    app.force_each(
        "DROP TRIGGER broken",
        "ALTER TABLE post_keys DROP CONSTRAINT broken",
    )
    .await;
    ann.replies("Lost too?").await.expect(303);
    let page = ada.reads(&ann.thread).await.expect(200);
    assert_eq!(page.text().matches("<p>Lost too?</p>").count(), 1);
}

#[tokio::test]
async fn p3_a_refused_recipient_is_shown_with_the_servers_words_and_costs_nobody_a_mail() {
    let sink = Sink::start().await;
    let app = with_server(&sink).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    for name in ["maya", "moss", "eve"] {
        app.staff(name).await;
    }
    sink.set_mode(Mode::RcptMixed).await;
    let ann = Guest::asks(&app, "ann@elsewhere.example", "Hm?").await;
    worker::worker(&app.app).run_until_empty().await.unwrap();
    let parked = app
        .number("SELECT count(*) FROM jobs WHERE parked_at IS NOT NULL")
        .await;
    let sent = i64::try_from(sink.mails().len()).unwrap();
    assert_eq!(parked + sent, 5, "each is sent or shown");
    assert!(parked >= 2 && sent >= 2, "{parked} {sent}");
    let mut conn = app.app.db.read().await.unwrap();
    let words: Vec<String> = conn
        .query("SELECT last_error FROM jobs WHERE parked_at IS NOT NULL")
        .fetch_scalars()
        .await
        .unwrap();
    assert!(words.iter().all(|words| words.contains("550")), "{words:?}");
    drop(conn);
    sink.set_mode(Mode::Ok).await;
    ada.answers(&ann.thread, "Well.").await;
    worker::worker(&app.app).run_until_empty().await.unwrap();
    let to: Vec<_> = sink.mails().into_iter().flat_map(|mail| mail.to).collect();
    assert!(to.contains(&"ann@elsewhere.example".to_owned()), "{to:?}");
}

#[tokio::test]
async fn p3_what_cannot_be_sent_now_is_sent_later() {
    let sink = Sink::start().await;
    let app = with_server(&sink).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    for mode in [Mode::Down, Mode::Rcpt451, Mode::Data451, Mode::Mail451] {
        sink.set_mode(mode).await;
        let email = format!("{}@example.com", mode.to_string().replace('_', "-"));
        let fields = [("email", email.as_str()), ("body", "Hello.")];
        ada.does("admin/start", &fields).await.expect(303);
        worker::worker(&app.app).run_until_empty().await.unwrap();
        let arrived = || {
            sink.mails()
                .iter()
                .filter(|mail| mail.to[0] == email)
                .count()
        };
        assert_eq!(arrived(), 0, "{mode}");
        sink.set_mode(Mode::Ok).await;
        for _ in 0..10 {
            app.advance(Duration::from_mins(2));
            worker::worker(&app.app).run_until_empty().await.unwrap();
        }
        assert_eq!(arrived(), 1, "{mode}");
    }
    assert_eq!(
        app.number("SELECT count(*) FROM jobs WHERE kind = 'mail'")
            .await,
        0
    );
}

#[tokio::test]
async fn p12_no_get_or_head_of_any_address_changes_anything() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    ada.answers(&ann.thread, "Well.").await;
    app.run_jobs().await;
    let mailed = app.mailed_link("ann@example.com");
    let away = unsubscribe_in(&app.last_mail_to("ann@example.com"));
    let alert = unsubscribe_in(&app.last_mail_to("ada@example.com"));
    let actors = Actors::of(&app).await;
    let before = app.dump().await;
    let mut people: Vec<_> = actors
        .all
        .iter()
        .map(|actor| actor.person.clone())
        .collect();
    people.extend([ada, ann.person.clone()]);
    for person in &mut people {
        for route in web::routes() {
            for token in [
                ann.token(),
                mailed.rsplit('/').next().unwrap(),
                away.rsplit('/').next().unwrap(),
                alert.rsplit('/').next().unwrap(),
            ] {
                let path = route
                    .path
                    .replace("{token}", token)
                    .replace("{id}", &ann.thread);
                for path in [
                    path.clone(),
                    format!("{path}?action=pigeon/guest/confirm&on=0&all=1&token={token}"),
                ] {
                    person.get(&path).await;
                    person.ask("HEAD", &path, &[], b"").await;
                }
                if path == route.path {
                    break;
                }
            }
        }
    }
    assert_eq!(app.dump().await, before);
    let page = ann.looks().await.expect(200);
    assert!(words(page.text()).contains("Mark read"), "{page:?}");
}

#[tokio::test]
async fn p14_asking_for_a_link_says_the_same_to_all() {
    let (app, mut ada) = TestApp::open().await;
    let known = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let revoked = Guest::asks(&app, "bob@example.com", "Hm?").await;
    let thread = [("threadId", revoked.thread.as_str())];
    ada.does("admin/revoke-links", &thread).await.expect(303);
    Guest::asks(&app, "cleo@example.com", "Hm?").await;
    app.run_jobs().await;
    let away = unsubscribe_in(&app.last_mail_to("cleo@example.com"));
    app.stranger()
        .post_with(&away, &[("all", "1")], &[])
        .await
        .expect(200);
    let mut said = Vec::new();
    for email in [
        known.email.as_str(),
        "bob@example.com",
        "cleo@example.com",
        "nobody@example.com",
        "ada@example.com",
    ] {
        for _ in 0..2 {
            let fields = [("email", email)];
            let answer = app.stranger().does("guest/request-link", &fields).await;
            let json = app.stranger().says("guest/request-link", &fields).await;
            app.run_jobs().await;
            app.advance(Duration::from_mins(10));
            said.push((
                words(answer.expect(200).text()).replace(email, "?"),
                json.expect(200).json(),
            ));
        }
    }
    for one in &said {
        assert_eq!(one, &said[0]);
    }
}

#[tokio::test]
async fn p24_a_bad_job_delays_no_other() {
    let (app, mut ada) = TestApp::open().await;
    let now = app.app.clock.now();
    let mut tx = app.app.db.begin().await.unwrap();
    for (kind, payload) in [
        ("mail", "no letter"),
        ("unheard-of", "x"),
        ("request-link", "no address"),
    ] {
        let job = NewJob {
            kind,
            lane: "example.com",
            payload,
            run_at: now,
        };
        queue::push(&mut tx, job, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let fields = [("email", "ann@example.com"), ("body", "Hello.")];
    ada.does("admin/start", &fields).await.expect(303);
    let ran = worker::worker(&app.app).run_until_empty().await.unwrap();
    assert_eq!(ran.parked, 2, "kept, to be looked at");
    assert_eq!(app.mails_to("ann@example.com").len(), 1);
}

#[tokio::test]
async fn p13_r52_no_read_mark_goes_back() {
    const MARKS: &str = "SELECT CAST(sum(read_seq) AS BIGINT) FROM participants";
    const MOVES: &str = "SELECT count(*) FROM reads";
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let id = ann.thread.clone();
    let thread = ("threadId", id.as_str());
    let shown = ann.looks().await.field("seen").unwrap();
    let shown_to_maya = maya.reads(&id).await.field("seen").unwrap();
    ada.answers(&id, "Well.").await;
    ann.does("threads/mark-read", &[]).await.expect(303);
    maya.does("threads/mark-read", &[thread]).await.expect(303);
    let before = (app.number(MARKS).await, app.number(MOVES).await);
    assert!(before.1 >= 2, "{before:?}");
    app.advance(Duration::from_mins(1));

    // Pages that were left open, and know less.
    ann.does("threads/mark-read", &[("seen", &shown)])
        .await
        .expect(303);
    let older = [thread, ("seen", shown_to_maya.as_str())];
    maya.does("threads/mark-read", &older).await.expect(303);
    let after = (app.number(MARKS).await, app.number(MOVES).await);
    assert_eq!(after, before);
    let page = words(maya.reads(&id).await.text());
    assert!(page.contains("Seen by ann, today 12:05"), "{page}");
    assert!(!page.contains("today 12:06"), "{page}");
}
