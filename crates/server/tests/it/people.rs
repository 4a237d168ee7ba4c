//! Staff say who takes part in a conversation, and what it is called.

use std::time::Duration;

use pigeon::accounts::{
    Permission::{AccessPlugin, ManageThreads},
    User,
};

use crate::support::{Guest, Person, TestApp, id_of_user, link_in, words};

async fn adds(staff: &mut Person, thread: &str, fields: &[(&str, &str)]) -> crate::support::Answer {
    let fields = [&[("threadId", thread)], fields].concat();
    staff.does("admin/participants", &fields).await
}

/// The id of the participant whom the page lists by this name.
async fn participant(app: &TestApp, staff: &mut Person, thread: &str, name: &str) -> String {
    let _ = app;
    let page = staff.reads(thread).await.expect(200);
    let (_, people) = page.text().split_once("<h2>People</h2>").unwrap();
    let (_, rest) = people
        .split_once(&format!("<b dir=\"auto\">{name}</b>"))
        .unwrap();
    let (_, rest) = rest.split_once("name=\"remove\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn p10_p16_an_added_guest_is_told_nothing_that_a_stranger_typed_and_reads_no_note() {
    let (app, mut ada) = TestApp::open().await;
    let fields = [
        ("email", "ann@example.com"),
        ("name", "Ann Typed"),
        ("subject", "Typed subject"),
        ("body", "Typed body"),
    ];
    let mut ann = Guest::starts(&app, &fields).await;
    ada.notes(&ann.thread, "CANARY note").await;
    let added = [("add", "Cleo@Example.com"), ("name", "Cleo")];
    adds(&mut ada, &ann.thread, &added).await.expect(303);
    app.run_jobs().await;

    let mail = app.last_mail_to("Cleo@example.com");
    let raw = String::from_utf8(mail.to_bytes()).unwrap();
    assert_eq!(mail.subject, "Your message to pigeon.test");
    assert!(
        mail.text
            .contains("ada would like you to read a conversation."),
        "{}",
        mail.text
    );
    for secret in ["Typed", "ann@example.com", "ada@example.com", "CANARY"] {
        assert!(!raw.contains(secret), "{secret} in {raw}");
    }

    let mut cleo = app.stranger();
    let page = cleo.get(&link_in(&mail).unwrap()).await.expect(200);
    assert!(page.text().contains("Typed body"));
    for secret in ["CANARY", "ann@example.com", "ada@example.com", "added"] {
        assert!(!page.text().contains(secret), "{secret}");
    }
    let theirs = ann.looks().await.expect(200);
    for secret in ["cleo@example.com", "Cleo@example.com", "added", "CANARY"] {
        assert!(!theirs.text().contains(secret), "{secret}");
    }
    let page = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(page.contains("ada added Cleo , 12:05"), "{page}");
    assert!(page.contains("Sent to Cleo, today 12:05"), "{page}");

    // What staff write goes to both, what Ann writes only to whoever has proved the address.
    ada.answers(&ann.thread, "To both.").await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("Cleo@example.com").len(), 2);
    assert_eq!(app.mails_to("ann@example.com").len(), 2);
    ann.replies("Only to the team.").await.expect(303);
    app.run_jobs().await;
    assert_eq!(app.mails_to("Cleo@example.com").len(), 2);
}

#[tokio::test]
async fn somebody_of_the_team_is_added_by_name_address_or_user_name_and_follows() {
    let (app, mut ada) = TestApp::open().await;
    for who in ["MAYA", "maya@example.com", "maya"] {
        let app = TestApp::start().await;
        let mut ada = app.signed_in("ada", true, &[]).await;
        let mut maya = app.staff("maya").await;
        let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
        app.run_jobs().await;
        let before = app.mails_to("maya@example.com").len();
        adds(&mut ada, &ann.thread, &[("add", who)])
            .await
            .expect(303);
        app.run_jobs().await;
        let mails = app.mails_to("maya@example.com");
        assert_eq!(mails.len(), before + 1, "{who}");
        let mail = mails.last().unwrap();
        assert_eq!(mail.subject, "ann: Support request");
        assert!(
            mail.text
                .contains("ada would like you to read a conversation.")
        );
        assert!(
            mail.text
                .contains(&format!("/pigeon/admin/threads/{}", ann.thread))
        );
        let page = words(maya.reads(&ann.thread).await.expect(200).text());
        assert!(page.contains("No more mail about this"), "{who}: {page}");
        adds(&mut ada, &ann.thread, &[("add", who)])
            .await
            .expect(422);
    }
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let refused = adds(&mut ada, &ann.thread, &[("add", "nobody here")])
        .await
        .expect(422);
    let text = words(refused.text());
    assert!(text.contains("Nobody of the team has this name"), "{text}");
    assert_eq!(refused.field("add").as_deref(), Some("nobody here"));
    adds(&mut ada, &ann.thread, &[("add", " ")])
        .await
        .expect(422);
    adds(&mut ada, &ann.thread, &[("add", "pigeon@localhost")])
        .await
        .expect(422);
    adds(&mut ada, &ann.thread, &[("add", "ANN@EXAMPLE.com")])
        .await
        .expect(422);
}

#[tokio::test]
async fn a_user_who_does_not_read_the_inbox_takes_part_by_private_link() {
    let (app, mut ada) = TestApp::open().await;
    app.user("uma").await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    adds(&mut ada, &ann.thread, &[("add", "uma")])
        .await
        .expect(303);
    app.run_jobs().await;
    let link = link_in(&app.last_mail_to("uma@example.com")).unwrap();
    app.stranger().get(&link).await.expect(200);
}

#[tokio::test]
async fn r29_nobody_gets_a_private_link_whose_account_is_disabled_or_may_change_nothing() {
    let (app, mut ada) = TestApp::open().await;
    app.signed_in("rob", false, &[AccessPlugin]).await;
    for name in ["maya", "uma"] {
        let may = [ManageThreads];
        app.signed_in(name, false, if name == "maya" { &may } else { &[] })
            .await;
        let id = id_of_user(&app, name).await.parse().unwrap();
        let mut tx = app.app.db.begin().await.unwrap();
        User::disable(&mut tx, id, app.app.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    for (who, why) in [
        ("maya", "The account of maya is disabled."),
        ("maya@example.com", "The account of maya is disabled."),
        ("uma", "The account of uma is disabled."),
        ("rob", "rob reads every conversation already"),
    ] {
        let refused = adds(&mut ada, &ann.thread, &[("add", who)])
            .await
            .expect(422);
        assert!(words(refused.text()).contains(why), "{who}: {refused:?}");
    }
    let people = "SELECT count(*) FROM participants";
    assert_eq!(app.number(people).await, 1, "ann");
    app.run_jobs().await;
    for name in ["maya", "uma", "rob"] {
        assert!(app.mails_to(&format!("{name}@example.com")).is_empty());
    }
}

#[tokio::test]
async fn p16_an_unproved_address_gets_three_mails_a_day_whoever_adds_it_or_sends_links() {
    let (app, mut ada) = TestApp::open().await;
    let mut threads = Vec::new();
    for n in 0..3 {
        threads.push(
            Guest::asks(&app, &format!("g{n}@example.com"), "Hm?")
                .await
                .thread,
        );
    }
    let cleo = [("add", "cleo@example.com")];
    adds(&mut ada, &threads[0], &cleo).await.expect(303);
    adds(&mut ada, &threads[1], &cleo).await.expect(303);
    let id = participant(&app, &mut ada, &threads[0], "cleo").await;
    adds(&mut ada, &threads[0], &[("newLink", &id)])
        .await
        .expect(303);
    let again = [("threadId", threads[0].as_str()), ("newLink", &id)];
    let refused = ada.says("admin/participants", &again).await.expect(422);
    let why = refused.json()["errors"]["newLink"][0].to_string();
    assert!(why.contains("three mails today"), "{refused:?}");
    adds(&mut ada, &threads[2], &cleo).await.expect(422);
    app.run_jobs().await;
    assert_eq!(app.mails_to("cleo@example.com").len(), 3);
    let page = words(ada.reads(&threads[2]).await.expect(200).text());
    assert!(!page.contains("cleo"), "nothing was changed: {page}");
    app.advance(Duration::from_hours(25));
    adds(&mut ada, &threads[2], &cleo).await.expect(303);
}

#[tokio::test]
async fn r46_whoever_is_removed_is_out_at_once_and_can_be_taken_back() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ann.proves(&app).await;
    let id = participant(&app, &mut ada, &ann.thread, "ann").await;
    let bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    adds(&mut ada, &bob.thread, &[("remove", &id)])
        .await
        .expect(404);
    adds(&mut ada, &ann.thread, &[("remove", &id)])
        .await
        .expect(303);
    assert_eq!(ann.looks().await.status, 404);
    let before = app.mails_to("ann@example.com").len();
    ada.answers(&ann.thread, "To nobody.").await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("ann@example.com").len(), before);
    adds(&mut ada, &ann.thread, &[("remove", &id)])
        .await
        .expect(404);
    let page = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(page.contains("ada removed ann"), "{page}");
    assert!(page.contains("Has left"), "{page}");

    adds(&mut ada, &ann.thread, &[("add", "ann@example.com")])
        .await
        .expect(303);
    assert_eq!(ann.looks().await.status, 404, "an old link stays ended");
    ann.opens_mail(&app).await;
}

#[tokio::test]
async fn a_new_link_is_mailed_and_those_before_keep_working() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let id = participant(&app, &mut ada, &ann.thread, "ann").await;
    app.run_jobs().await;
    adds(&mut ada, &ann.thread, &[("newLink", &id)])
        .await
        .expect(303);
    app.run_jobs().await;
    let mail = app.last_mail_to("ann@example.com");
    assert!(
        mail.text
            .contains("Here is a new link to your conversation."),
        "{}",
        mail.text
    );
    app.stranger()
        .get(&link_in(&mail).unwrap())
        .await
        .expect(200);
    ann.looks().await.expect(200);
    let page = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(page.contains("ada sent ann a new link, 12:05"), "{page}");
    let own = participant(&app, &mut ada, &ann.thread, "ann").await;
    assert_eq!(own, id);
}

#[tokio::test]
async fn a_new_subject_is_found_and_shown_and_mail_keeps_the_one_it_has() {
    let (app, mut ada) = TestApp::open().await;
    let fields = [
        ("email", "ann@example.com"),
        ("subject", "Broken cup"),
        ("body", "Hm?"),
    ];
    let mut ann = Guest::starts(&app, &fields).await;
    let mut maya = app.staff("maya").await;
    maya.does("admin/follow", &[("threadId", &ann.thread), ("on", "1")])
        .await
        .expect(303);
    ann.proves(&app).await;
    app.run_jobs().await;
    let thread = ann.thread.clone();
    let mut fields = vec![("threadId", thread.as_str()), ("subject", " Parcel 20391 ")];
    ada.does("admin/subject", &fields).await.expect(303);
    app.run_jobs().await;
    let page = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(
        page.contains("changed the subject from Broken cup to Parcel 20391"),
        "{page}"
    );
    let found = ada
        .get("/pigeon/admin/threads?source=all&q=20391")
        .await
        .expect(200);
    assert!(found.text().contains(&ann.thread));

    ada.answers(&ann.thread, "Well.").await;
    ann.replies("Thanks.").await.expect(303);
    app.run_jobs().await;
    let subjects = |to: &str| {
        let mails = app.mails_to(to);
        let subjects: std::collections::BTreeSet<_> =
            mails.iter().map(|mail| mail.subject.clone()).collect();
        subjects.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(subjects("ann@example.com"), ["Your message to pigeon.test"]);
    assert_eq!(subjects("maya@example.com"), ["ann: Broken cup"]);
    let theirs = words(ann.looks().await.expect(200).text());
    assert!(!theirs.contains("changed the subject"), "{theirs}");

    let long = "s".repeat(301);
    for wrong in ["", "  ", long.as_str()] {
        fields[1].1 = wrong;
        ada.does("admin/subject", &fields).await.expect(422);
    }
}

#[tokio::test]
async fn staff_mute_and_follow_what_they_like() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let thread = ann.thread.clone();
    for (on, mails) in [("1", 1), ("0", 0)] {
        let fields = [("threadId", thread.as_str()), ("on", on)];
        maya.does("admin/follow", &fields).await.expect(303);
        app.run_jobs().await;
        let before = app.mails_to("maya@example.com").len();
        ann.replies(&format!("And {on}?")).await.expect(303);
        app.run_jobs().await;
        assert_eq!(
            app.mails_to("maya@example.com").len(),
            before + mails,
            "{on}"
        );
    }
    maya.does(
        "admin/follow",
        &[("threadId", &ann.thread), ("on", "maybe")],
    )
    .await
    .expect(422);
    let page = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(
        page.contains("maya Team, gets no mail about this"),
        "{page}"
    );
}

#[tokio::test]
async fn earlier_threads_are_shown_only_for_an_address_that_has_proved_itself_in_both() {
    let (app, mut ada) = TestApp::open().await;
    let ask = async |subject: &str| {
        let fields = [
            ("email", "ann@example.com"),
            ("subject", subject),
            ("body", "Hm?"),
        ];
        Guest::starts(&app, &fields).await
    };
    let mut first = ask("The first one").await;
    first.proves(&app).await;
    let mut second = ask("The second one").await;
    let others = async |ada: &mut Person, thread: &str| {
        let page = ada.reads(thread).await.expect(200);
        let (_, details) = page.text().split_once("id=\"details\"").unwrap();
        let list = details.split_once("Earlier from ann");
        words(list.map_or("", |(_, list)| list))
    };
    assert_eq!(others(&mut ada, &first.thread).await, "");
    assert_eq!(others(&mut ada, &second.thread).await, "");
    second.proves(&app).await;
    ask("Not hers, for all we know").await;
    let seen = others(&mut ada, &second.thread).await;
    assert!(seen.contains("The first one"), "{seen}");
    assert!(!seen.contains("for all we know"), "{seen}");
    ada.does(
        "admin/participants",
        &[("threadId", &first.thread), ("add", "ben@example.com")],
    )
    .await
    .expect(303);
    let seen = others(&mut ada, &first.thread).await;
    assert!(seen.contains("The second one"), "{seen}");
}
