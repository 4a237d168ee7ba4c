//! Mail that leaves: to whom, with what, how often.

use std::{collections::BTreeSet, time::Duration};

use mail::{Email, Mailer, Smtp};
use pigeon::{app::Outlet, worker};
use smtp_sink::{Mode, Sink};

use crate::support::{Guest, TestApp, unsubscribe_in};

/// The program with a real mail server.
async fn with_server(sink: &Sink) -> TestApp {
    let url = sink.url().parse().expect("the sink has an address");
    let smtp = Smtp::new(url, mail::Options::default()).expect("it needs no encryption");
    let outlet = Outlet::Mailer(Mailer::Smtp(smtp));
    TestApp::sending(outlet).await
}

fn raw(mail: &Email) -> String {
    String::from_utf8(mail.to_bytes()).expect("mail is text")
}

/// The head's fields, unfolded, by their names.
fn head(mail: &Email) -> Vec<(String, String)> {
    let raw = raw(mail).replace("\r\n ", " ").replace("\r\n\t", " ");
    let head = raw.split("\r\n\r\n").next().unwrap().to_owned();
    let fields = head.split("\r\n").map(|line| {
        let (name, value) = line.split_once(": ").expect("a field has a name");
        (name.to_owned(), value.to_owned())
    });
    fields.collect()
}

#[tokio::test]
async fn r70_nothing_typed_adds_a_header_or_a_recipient() {
    let (app, mut ada) = TestApp::open().await;
    let evil = "A\r\nBcc: v@x.test\u{2028}X-Evil: 1\u{85}X-Evil: 2\nContent-Type: text/html";
    let site = [("siteName", "Fernhill"), ("fromName", evil)];
    ada.does("admin/settings", &site).await;
    let fields = [
        ("name", evil),
        ("email", "ann@example.com"),
        ("subject", evil),
        ("body", evil),
    ];
    let mut ann = Guest::starts(&app, &fields).await;
    ann.proves(&app).await;
    let mut maya = app.staff("maya").await;
    maya.answers(&ann.thread, evil).await;
    ada.does("admin/start", &fields).await.expect(303);
    app.run_jobs().await;
    let mails = app.mails();
    assert!(mails.len() >= 4);
    for mail in &mails {
        let head = head(mail);
        let names: Vec<_> = head.iter().map(|(name, _)| name.as_str()).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), distinct.len(), "{names:?}");
        for name in ["Bcc", "Cc", "X-Evil"] {
            assert!(!names.contains(&name), "{names:?}");
        }
        for (name, value) in &head {
            assert!(
                !value.contains(['\r', '\n', '\u{2028}', '\u{85}']),
                "{name}: {value}"
            );
            if name == "Content-Type" {
                assert!(value.starts_with("multipart/alternative"), "{value}");
            }
            if name == "To" {
                assert_eq!(value, mail.to.as_str());
            }
        }
    }
}

#[tokio::test]
async fn r72_no_text_ends_its_mail_or_smuggles_another() {
    let sink = Sink::start().await;
    let app = with_server(&sink).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let body = "First.\n.\nAfter a dot.\n..\n.\r\n.\r\nMAIL FROM:<a@b.test>\nRCPT TO:<v@x.test>\n\
                DATA\n.\r.\nFrom here on: all of it.";
    let fields = [("email", "ann@example.com"), ("body", body)];
    ada.does("admin/start", &fields).await.expect(303);
    app.run_jobs().await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["ann@example.com"]);
    let raw = String::from_utf8_lossy(&mails[0].raw).into_owned();
    for line in ["After a dot.", "From here on: all of it."] {
        assert!(raw.contains(line), "{raw}");
    }
}

#[tokio::test]
async fn r73_p16_nobody_is_flooded_through_us_and_nothing_typed_reaches_them() {
    let proxies = [("PIGEON_TRUSTED_PROXIES", "127.0.0.1")];
    let (app, mut ada) = TestApp::open_with(&proxies).await;
    let path = "/pigeon/actions/pigeon/guest/start";
    for n in 0..50 {
        let from = format!("192.0.2.{n}");
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("x-forwarded-for", from.as_str()),
        ];
        let body = format!("Buy at https://spam.test/{n} now");
        let victim = if n % 2 == 0 {
            "victim@example.com"
        } else {
            "Victim@EXAMPLE.com"
        };
        let fields = [
            ("name", "Spam Inc"),
            ("email", victim),
            ("subject", "Viagra"),
            ("body", body.as_str()),
        ];
        app.stranger()
            .post_with(path, &fields, &headers)
            .await
            .expect(303);
        let ask = [("email", victim)];
        let path = "/pigeon/actions/pigeon/guest/request-link";
        app.stranger()
            .post_with(path, &ask, &headers)
            .await
            .expect(200);
        app.run_jobs().await;
    }
    let is_victims = |mail: &Email| mail.to.as_str().eq_ignore_ascii_case("victim@example.com");
    let mut mails = app.mails();
    mails.retain(is_victims);
    assert_eq!(mails.len(), 3);
    for mail in &mails {
        assert_eq!(mail.subject, "Your message to pigeon.test");
        let raw = raw(mail);
        for typed in ["Spam", "Viagra", "spam.test", "Buy at"] {
            let parts = [&raw, &mail.text, &mail.html, &mail.from.name];
            assert!(
                parts.iter().all(|part| !part.contains(typed)),
                "{typed}: {raw}"
            );
        }
    }
    // The team answers as usual, and the answer quotes nothing.
    let thread = app_thread(&app).await;
    ada.answers(&thread, "We did not order this.").await;
    app.run_jobs().await;
    let mut after = app.mails();
    after.retain(is_victims);
    assert_eq!(after.len(), 4);
    let answer = &after[3];
    assert_eq!(answer.subject, "Your message to pigeon.test");
    assert!(answer.text.contains("We did not order this."));
    assert!(
        !raw(answer).contains("Spam") && !answer.text.contains("Buy at"),
        "{}",
        answer.text
    );

    // Tomorrow is another day.
    app.advance(Duration::from_hours(24));
    Guest::asks(&app, "victim@example.com", "Once more").await;
    app.run_jobs().await;
    let mut tomorrow = app.mails();
    tomorrow.retain(is_victims);
    assert_eq!(tomorrow.len(), 5);
}

/// The id of the first conversation.
async fn app_thread(app: &TestApp) -> String {
    let mut conn = app.app.db.read().await.unwrap();
    let query = conn.query("SELECT id FROM threads ORDER BY id LIMIT 1");
    let id: pigeon::ids::ThreadId = query.fetch_scalar().await.unwrap();
    id.to_string()
}

#[tokio::test]
async fn r74_p17_every_mail_says_that_it_is_automatic_and_none_goes_to_ourselves() {
    let pins = [
        ("PIGEON_MAIL_FROM", "Pigeon <pigeon@ours.test>"),
        ("PIGEON_SETTING_FROM_EMAIL", "desk@ours.test"),
        (
            "PIGEON_SETTING_SUPPORT_NOTIFICATION_RECIPIENTS",
            "PIGEON@ours.test, team@ours.test",
        ),
    ];
    let (app, mut ada) = TestApp::open_with(&pins).await;
    for own in ["pigeon@ours.test", "Desk@OURS.test"] {
        let own = Guest::asks(&app, own, "Auto-Submitted: auto-replied").await;
        ada.answers(&own.thread, "Talking to ourselves.").await;
    }
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ann.proves(&app).await;
    ada.answers(&ann.thread, "Well.").await;
    ann.replies("Oh.").await.expect(303);
    let ask = [("email", "ann@example.com")];
    app.stranger()
        .does("guest/request-link", &ask)
        .await
        .expect(200);
    let own = [("email", "pigeon@ours.test")];
    app.stranger()
        .does("guest/request-link", &own)
        .await
        .expect(200);
    app.stranger()
        .does("account/forgot", &[("loginName", "ada@example.com")])
        .await;
    app.run_jobs().await;
    let mails = app.mails();
    assert!(mails.len() >= 7, "{}", mails.len());
    for mail in &mails {
        let to = mail.to.as_str().to_ascii_lowercase();
        assert!(
            to != "pigeon@ours.test" && to != "desk@ours.test",
            "{to}: {}",
            mail.subject
        );
        let head = head(mail);
        for (name, value) in [
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("List-Id", "<pigeon.pigeon.test>"),
        ] {
            assert!(
                head.contains(&(name.into(), value.into())),
                "{name}: {head:?}"
            );
        }
    }
}

#[tokio::test]
async fn r78_unsubscribing_takes_a_click_and_opens_nothing() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ann.proves(&app).await;
    let mut other =
        Guest::starts(&app, &[("email", "ann@example.com"), ("body", "Another.")]).await;
    other.proves(&app).await;
    ada.answers(&ann.thread, "Well.").await;
    app.run_jobs().await;
    let mail = app.last_mail_to("ann@example.com");
    let head = head(&mail);
    let way = head
        .iter()
        .find(|(name, _)| name == "List-Unsubscribe-Post")
        .unwrap();
    assert_eq!(way.1, "List-Unsubscribe=One-Click");
    let way = unsubscribe_in(&mail);

    // Scanners follow links.
    let before = app.dump().await;
    for _ in 0..3 {
        let page = app.stranger().get(&way).await.expect(200);
        assert!(!page.text().contains("Hm?") && !page.text().contains("Well."));
        app.stranger().ask("HEAD", &way, &[], b"").await.expect(200);
    }
    assert_eq!(app.dump().await, before);
    let token = way.rsplit('/').next().unwrap();
    app.stranger()
        .get(&format!("/pigeon/t/{token}"))
        .await
        .expect(404);
    let fields = [("token", token), ("body", "Hm?")];
    app.stranger()
        .does("guest/reply", &fields)
        .await
        .expect(404);

    // A mail program posts it: no cookie, no page of ours, another site for all it says.
    let one_click = [("List-Unsubscribe", "One-Click")];
    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://mail.test")],
    ] {
        let answer = app
            .stranger()
            .post_with(&way, &one_click, headers)
            .await
            .expect(200);
        assert_eq!(answer.header("location"), None);
        assert!(
            answer
                .headers_named("set-cookie")
                .iter()
                .all(|it| !it.contains("pigeon="))
        );
    }
    let before = app.mails_to("ann@example.com").len();
    ada.answers(&ann.thread, "Anything else?").await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("ann@example.com").len(), before);
    ada.answers(&other.thread, "The other thread goes on.")
        .await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("ann@example.com").len(), before + 1);
    let forged = format!("{}x", &way[..way.len() - 1]);
    let answer = app.stranger().post_with(&forged, &one_click, &[]).await;
    answer.expect(404);
}

#[tokio::test]
async fn r79_no_mail_names_anybody_elses_address() {
    let pins = [(
        "PIGEON_SETTING_SUPPORT_NOTIFICATION_RECIPIENTS",
        "desk@example.net",
    )];
    let (app, mut ada) = TestApp::open_with(&pins).await;
    let mut ann = Guest::asks(&app, "ann@guests.example", "Hm?").await;
    ann.proves(&app).await;
    let mut maya = app.staff("maya").await;
    let mut moss = app.staff("moss").await;
    maya.answers(&ann.thread, "Well.").await;
    moss.answers(&ann.thread, "And well.").await;
    ada.notes(&ann.thread, "Just so.").await;
    ann.replies("Oh.").await.expect(303);
    let assign = [("threadId", ann.thread.as_str()), ("assigneeId", "")];
    ada.does("admin/assign", &assign).await.expect(303);
    app.run_jobs().await;
    let everybody = [
        "ann@guests.example",
        "maya@example.com",
        "moss@example.com",
        "ada@example.com",
        "desk@example.net",
    ];
    let mut told = BTreeSet::new();
    for mail in app.mails() {
        told.insert(mail.to.as_str().to_owned());
        let raw = raw(&mail);
        for other in everybody.iter().filter(|it| **it != mail.to.as_str()) {
            for part in [&raw, &mail.text, &mail.html, &mail.subject, &mail.from.name] {
                assert!(!part.contains(other), "{other}: {raw}");
            }
        }
        assert_eq!(mail.from.address.as_str(), "pigeon@localhost");
    }
    assert_eq!(told.len(), everybody.len(), "{told:?}");
    let mut names: Vec<_> = app
        .mails_to("ann@guests.example")
        .into_iter()
        .map(|mail| mail.from.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["Pigeon", "maya, pigeon.test", "moss, pigeon.test"]);
}

#[tokio::test]
async fn r80_what_may_have_arrived_comes_three_times_at_most_and_is_the_same_mail() {
    let sink = Sink::start().await;
    let app = with_server(&sink).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    sink.set_mode(Mode::AcceptDrop).await;
    let fields = [("email", "ann@example.com"), ("body", "Hello.")];
    ada.does("admin/start", &fields).await.expect(303);
    for _ in 0..40 {
        worker::worker(&app.app).run_until_empty().await.unwrap();
        app.advance(Duration::from_hours(1));
    }
    let copies = sink.count_by_message_id();
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert!(copies.values().all(|copies| *copies <= 3), "{copies:?}");
    let parked = "SELECT count(*) FROM jobs WHERE parked_at IS NOT NULL AND copies > 0";
    assert_eq!(app.number(parked).await, 1, "and it is shown as uncertain");
}
