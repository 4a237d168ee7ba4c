//! Nobody becomes anybody by typing an address.

use std::time::Duration;

use crate::support::{Guest, TestApp, links_in, statements, words};

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn r53_who_types_anothers_address_gets_nothing_of_theirs() {
    let (app, mut ada) = TestApp::open().await;
    let fields = [
        ("name", "Ada the admin"),
        ("email", "ADA@example.com"),
        ("body", "I forgot my password."),
    ];
    let mut evil = Guest::starts(&app, &fields).await;
    assert_eq!(evil.person.cookie("pigeon"), None);
    evil.person.get("/pigeon/admin").await.expect(401);
    evil.looks().await.expect(200);
    let shown = words(ada.reads(&evil.thread).await.expect(200).text());
    assert!(
        shown.contains("Ada the admin guest, address not confirmed"),
        "{shown}"
    );
    assert!(!shown.contains("Team"), "{shown}");
    let mine = ada
        .get("/pigeon/admin/threads?source=mine")
        .await
        .expect(200);
    assert!(!mine.text().contains("forgot my password"), "{mine:?}");

    // The team hears of it all the same: nobody silences it by naming its address.
    app.run_jobs().await;
    let mails = app.mails_to("ada@example.com");
    assert_eq!(mails.len(), 1, "an alert to her as staff");
    assert!(
        mails[0].text.contains("address not confirmed"),
        "{}",
        mails[0].text
    );
}

#[tokio::test]
async fn r53_only_a_message_or_the_button_of_a_mailed_link_proves_an_address() {
    let (app, mut ada) = TestApp::open().await;
    let ann = [
        ("name", "Ann"),
        ("email", "ann@example.com"),
        ("body", "Hm?"),
    ];
    let mut ann = Guest::starts(&app, &ann).await;
    let known = async |ada: &mut crate::support::Person, thread: &str| {
        let shown = words(ada.reads(thread).await.expect(200).text());
        !shown.contains("Guest, address not confirmed")
    };
    // By the link that was shown after posting, nothing proves anything.
    ann.does("guest/confirm", &[]).await.expect(403);
    ann.replies("More.").await.expect(303);
    assert!(!known(&mut ada, &ann.thread).await);

    let shown = ann.page.clone();
    let page = ann.opens_mail(&app).await;
    assert!(
        words(page.text()).contains("Confirm my address"),
        "{page:?}"
    );
    ann.does("threads/mark-read", &[]).await.expect(303);
    ann.does("threads/notify", &[("on", "1")]).await.expect(303);
    ann.does("guest/request-link", &[]).await.expect(200);
    assert!(
        !known(&mut ada, &ann.thread).await,
        "looking proves nothing"
    );

    ann.does("guest/confirm", &[]).await.expect(303);
    assert!(known(&mut ada, &ann.thread).await);
    let page = ann.looks().await.expect(200);
    assert!(
        !words(page.text()).contains("Confirm my address"),
        "{page:?}"
    );
    // The shown link has ended for whoever has not opened a mailed one, and works where one was.
    ann.person.get(&shown).await.expect(200);
    let page = app.stranger().get(&shown).await.expect(404);
    assert!(words(page.text()).contains("This link does not work any more"));
}

#[tokio::test]
async fn r53_a_message_by_a_mailed_link_proves_the_address_too() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let shown = ann.page.clone();
    ann.opens_mail(&app).await;
    ann.replies("By mail.").await.expect(303);
    let page = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(!page.contains("Guest, address not confirmed"), "{page}");
    assert!(
        page.contains("ann guest, address not confirmed"),
        "what was written before: {page}"
    );
    app.stranger().get(&shown).await.expect(404);
}

#[tokio::test]
async fn r53_a_browser_that_opened_a_mailed_link_has_proved_that_address_and_no_other() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ann.opens_mail(&app).await;
    let device = ann.person.cookie("pigeon-device").unwrap().to_owned();
    for (n, (email, cookie, known)) in [
        ("Ann@Example.COM", device.as_str(), true),
        ("bob@example.com", &device, false),
        ("ann@example.com", "", false),
        ("ann@example.com", &format!("{device}x"), false),
        ("ann@example.com", &device.replacen('.', "1.", 1), false),
    ]
    .into_iter()
    .enumerate()
    {
        let mut browser = app.stranger();
        browser.keep_cookie("pigeon-device", cookie);
        let body = format!("Number {n}.");
        let fields = [("email", email), ("body", body.as_str())];
        let said = browser
            .says("guest/start", &fields)
            .await
            .expect(200)
            .json();
        let page = ada.reads(said["thread"]["id"].as_str().unwrap()).await;
        let shown = words(page.expect(200).text());
        assert_eq!(
            !shown.contains("address not confirmed"),
            known,
            "{n}: {shown}"
        );
    }
    // What another site posts brings no cookie along.
    let mut browser = app.stranger();
    browser.keep_cookie("pigeon-device", &device);
    let from = [
        ("origin", crate::support::FRIEND),
        ("sec-fetch-site", "cross-site"),
        ("accept", "application/json"),
    ];
    let fields = [("email", "ann@example.com"), ("body", "From elsewhere.")];
    let path = "/pigeon/actions/pigeon/guest/start";
    let said = browser
        .post_with(path, &fields, &from)
        .await
        .expect(200)
        .json();
    let page = ada.reads(said["thread"]["id"].as_str().unwrap()).await;
    assert!(words(page.expect(200).text()).contains("address not confirmed"));
}

#[tokio::test]
async fn r64_look_alikes_are_strangers_and_mail_goes_to_what_is_stored() {
    let (app, _) = TestApp::open().await;
    Guest::asks(&app, "Mike@Example.org", "Hm?").await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("Mike@example.org").len(), 1);
    let before = app.mails().len();
    for other in [
        "mıke@example.org",
        "mike@exаmple.org",
        "ｍike@example.org",
        "mike@example.org.evil.test",
    ] {
        let answer = app
            .stranger()
            .does("guest/request-link", &[("email", other)])
            .await;
        assert!(matches!(answer.status, 200 | 422), "{answer:?}");
        app.run_jobs().await;
        assert_eq!(app.mails().len(), before, "{other}");
    }
    let real = [("email", "MIKE@EXAMPLE.ORG")];
    app.stranger()
        .does("guest/request-link", &real)
        .await
        .expect(200);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), before + 1);
    assert_eq!(app.mails_to("Mike@example.org").len(), 2);
}

#[tokio::test]
async fn r64_composed_and_decomposed_letters_are_one_address() {
    let (app, _) = TestApp::open().await;
    Guest::asks(&app, "ren\u{e9}@b\u{fc}cher.example", "Hm?").await;
    app.run_jobs().await;
    let same = [("email", "rene\u{301}@xn--bcher-kva.example")];
    app.stranger()
        .does("guest/request-link", &same)
        .await
        .expect(200);
    app.run_jobs().await;
    assert_eq!(app.mails_to("ren\u{e9}@xn--bcher-kva.example").len(), 2);
}

#[tokio::test]
async fn r65_r71_one_strict_parser_stands_at_every_door() {
    let (app, mut ada) = TestApp::open().await;
    let mut stranger = app.stranger();
    let before = app.dump().await;
    let long = format!("{}@example.com", "a".repeat(388));
    for odd in [
        "=?utf-8?q?a=40ours.test=3e?=@evil.test",
        "\"a@ours\"@evil.test",
        "<a@b>c@d.test",
        "Ann <ann@example.com>",
        "a@b(c)",
        "a@b.test\0",
        "a@b.test\r\nBcc: v@x.test",
        "a@b.test,c@d.test",
        "a@b.test c@d.test",
        "a@b",
        "@b.test",
        "a@",
        "a@@b.test",
        "a@127.0.0.1",
        "a@[127.0.0.1]",
        "a\u{202e}b@example.com",
        "",
        " ",
        &long,
        // r71: what a mail program could take for an option.
        "-oQ/tmp/x@y.test",
        "--help@y.test",
    ] {
        let fields = [("email", odd), ("body", "Hm?"), ("name", "Ann")];
        for action in ["guest/start", "guest/request-link"] {
            stranger.does(action, &fields).await.expect(422);
            let said = stranger.says(action, &fields).await.expect(422).json();
            assert!(said["errors"]["email"].is_array(), "{odd:?}: {said}");
        }
        ada.does("admin/start", &fields).await.expect(422);
        for setting in ["fromEmail", "supportNotificationRecipients"] {
            if !odd.trim().is_empty() && !odd.contains([',', ' ']) {
                let fields = [(setting, odd)];
                ada.does("admin/settings", &fields).await.expect(422);
            }
        }
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r66_p15_links_in_mail_have_our_name_whatever_the_request_says() {
    let proxies = [("PIGEON_TRUSTED_PROXIES", "127.0.0.1")];
    let (app, mut ada) = TestApp::open_with(&proxies).await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let path = "/pigeon/actions/pigeon/guest/request-link";
    let ask = [("email", "ann@example.com")];
    let own = ("sec-fetch-site", "same-origin");
    for host in [
        "evil.test",
        "pigeon.test.evil.test",
        "pigeon.test@evil.test",
        "evil.test:80",
    ] {
        let headers = [own, ("host", host)];
        let answer = app.stranger().post_with(path, &ask, &headers).await;
        assert!(matches!(answer.status, 400 | 421), "{answer:?}");
    }
    let absolute = format!("http://evil.test{path}");
    app.stranger()
        .post_with(&absolute, &ask, &[own])
        .await
        .expect(421);
    app.run_jobs().await;
    assert_eq!(
        app.mails_to("ann@example.com").len(),
        1,
        "none was asked for"
    );

    let forwarded = [
        own,
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-server", "evil.test"),
        ("forwarded", "for=1.2.3.4;host=evil.test;proto=https"),
        ("x-original-url", "http://evil.test/"),
        ("x-rewrite-url", "http://evil.test/"),
    ];
    app.stranger()
        .post_with(path, &ask, &forwarded)
        .await
        .expect(200);
    let forgot = "/pigeon/actions/pigeon/account/forgot";
    let name = [("loginName", "ada@example.com")];
    ada.post_with(forgot, &name, &forwarded).await.expect(303);
    let reply = "/pigeon/actions/pigeon/admin/reply";
    let answer = [("threadId", ann.thread.as_str()), ("body", "Well.")];
    ada.post_with(reply, &answer, &forwarded).await.expect(303);
    app.run_jobs().await;
    let mails = app.mails();
    assert_eq!(mails.len(), 5);
    for mail in mails {
        let raw = String::from_utf8(mail.to_bytes()).unwrap();
        assert!(!raw.contains("evil"), "{raw}");
        assert!(
            mail.text.contains("http://pigeon.test/pigeon/"),
            "{}",
            mail.text
        );
        assert!(!mail.text.contains("https://"), "{}", mail.text);
    }
}

#[tokio::test]
async fn r67_asking_for_links_tells_nothing_of_an_address() {
    let pins = [("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1000")];
    let (app, _) = TestApp::open_with(&pins).await;
    Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    let mut all = Vec::new();
    for n in 0..200 {
        for email in ["ann@example.com", "bob@example.com"] {
            let mut stranger = app.stranger();
            let before = app.number("SELECT count(*) FROM jobs").await;
            db::testing::record_statements();
            let answer = stranger
                .does("guest/request-link", &[("email", email)])
                .await;
            let made = statements();
            let jobs = app.number("SELECT count(*) FROM jobs").await - before;
            let shown = answer.expect(200).lasting_text().replace(email, "?");
            let script = app
                .stranger()
                .says("guest/request-link", &[("email", email)])
                .await;
            all.push((shown, script.expect(200).json(), jobs, made));
        }
        app.advance(MINUTE * (n % 40));
    }
    assert!(all[0].2 == 1 && !all[0].3.is_empty());
    for one in &all {
        assert_eq!(*one, all[0]);
    }
    let kinds = app
        .number("SELECT count(DISTINCT kind) FROM jobs WHERE kind <> 'sweep'")
        .await;
    assert_eq!(kinds, 1);
    let lanes = app
        .number("SELECT count(DISTINCT lane) FROM jobs WHERE kind <> 'sweep'")
        .await;
    assert_eq!(lanes, 1);
    app.run_jobs().await;
}

#[tokio::test]
async fn r64_new_links_go_to_each_spelling_as_it_was_stored() {
    let (app, _) = TestApp::open().await;
    let mut threads = Vec::new();
    for email in ["bob@example.com", "BOB@example.com"] {
        let mut guest = Guest::asks(&app, email, email).await;
        guest.proves(&app).await;
        threads.push(guest);
    }
    let before = app.mails().len();
    let ask = [("email", "Bob@Example.com")];
    app.stranger().does("guest/request-link", &ask).await;
    app.run_jobs().await;
    assert_eq!(app.mails().len(), before + 2);
    for guest in &threads {
        let links = links_in(&app.last_mail_to(&guest.email));
        assert_eq!(links.len(), 1, "only their own");
        let page = app.stranger().get(&links[0]).await.expect(200);
        assert!(page.text().contains(&guest.email), "{page:?}");
    }
}
