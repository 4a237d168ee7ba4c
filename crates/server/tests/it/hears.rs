//! Who hears of what by mail, once each.

use std::time::Duration;

use pigeon::accounts::Permission::{AccessPlugin, AssignThreads, ManageThreads};

use crate::support::{Guest, Person, TestApp, id_of, links_in, told, unsubscribe_in, words};

/// Mails that could not be written: they would be tried again.
const IN_VAIN: &str = "SELECT count(*) FROM jobs WHERE last_error IS NOT NULL";

#[tokio::test]
async fn a_message_that_nobody_is_assigned_to_alerts_all_staff_and_nobody_else() {
    let (app, _) = TestApp::open().await;
    app.staff("maya").await;
    app.user("ulla").await;
    app.signed_in("rob", false, &[AccessPlugin]).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    assert_eq!(told(&app).await, ["ada", "ann", "maya"]);
    ann.replies("Hello?").await.expect(303);
    assert_eq!(told(&app).await, ["ada", "maya"]);
}

#[tokio::test]
async fn support_recipients_are_alerted_in_place_of_all_staff_and_nobody_twice() {
    let pins = [(
        "PIGEON_SETTING_SUPPORT_NOTIFICATION_RECIPIENTS",
        "desk@example.net; MAYA@example.com maya@EXAMPLE.com, desk@example.net",
    )];
    let (app, _) = TestApp::open_with(&pins).await;
    let mut maya = app.staff("maya").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    assert_eq!(told(&app).await, ["MAYA", "ann", "desk"]);
    // She takes part now, and hears of it as such: once.
    maya.answers(&ann.thread, "Well.").await;
    assert_eq!(told(&app).await, ["ann"]);
    ann.replies("Oh.").await.expect(303);
    assert_eq!(told(&app).await, ["desk", "maya"]);
}

#[tokio::test]
async fn whoever_is_assigned_hears_of_it_and_the_others_no_more() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app
        .signed_in("maya", false, &[ManageThreads, AssignThreads])
        .await;
    let (ada_id, maya_id) = (id_of(&mut ada).await, id_of(&mut maya).await);
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    told(&app).await;
    let assign = |to| [("threadId", ann.thread.clone()), ("assigneeId", to)];
    let by = async |person: &mut Person, fields: [(&str, String); 2]| {
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        person.does("admin/assign", &fields).await.expect(303);
    };
    by(&mut ada, assign(maya_id.clone())).await;
    let mail = {
        assert_eq!(told(&app).await, ["maya"]);
        app.last_mail_to("maya@example.com")
    };
    assert!(
        mail.text.contains("ada assigned this conversation to you."),
        "{}",
        mail.text
    );
    let (to_maya, to_ada) = (assign(maya_id), assign(ada_id));
    by(&mut ada, to_maya).await;
    assert!(told(&app).await.is_empty(), "she has it already");
    ann.replies("Hello?").await.expect(303);
    assert_eq!(told(&app).await, ["maya"]);
    // Taking it over oneself mails nobody.
    by(&mut ada, to_ada).await;
    assert!(told(&app).await.is_empty());
    ann.replies("Hello??").await.expect(303);
    assert_eq!(told(&app).await, ["ada", "maya"], "both take part");
    let gone = [("threadId", ann.thread.as_str()), ("assigneeId", "x")];
    ada.does("admin/assign", &gone).await.expect(422);
}

#[tokio::test]
async fn an_answer_goes_to_the_guest_and_to_staff_who_follow_and_not_to_its_author() {
    let (app, mut ada) = TestApp::open().await;
    let (mut maya, mut moss) = (app.staff("maya").await, app.staff("moss").await);
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    told(&app).await;
    ada.answers(&ann.thread, "Well.").await;
    assert_eq!(told(&app).await, ["ann"]);
    let id = ann.thread.clone();
    let thread = ("threadId", id.as_str());
    maya.does("threads/mark-read", &[thread]).await.expect(303);
    moss.does("threads/notify", &[thread, ("on", "1")])
        .await
        .expect(303);
    ada.answers(&ann.thread, "And well.").await;
    assert_eq!(
        told(&app).await,
        ["ann", "moss"],
        "who only reads is not subscribed"
    );
    maya.notes(&ann.thread, "A note.").await;
    assert_eq!(told(&app).await, ["ada", "moss"]);
    moss.answers(&ann.thread, "Or so.").await;
    assert_eq!(
        told(&app).await,
        ["ada", "ann", "maya"],
        "a note subscribes as a reply does"
    );
    // What somebody has read by the time is not mailed.
    ada.answers(&ann.thread, "One more.").await;
    moss.does("threads/mark-read", &[thread]).await.expect(303);
    assert_eq!(told(&app).await, ["ann", "maya"]);
}

#[tokio::test]
async fn whoever_mutes_a_conversation_hears_no_more_of_it_alerts_included() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    assert_eq!(told(&app).await, ["ada", "ann"]);
    let away = unsubscribe_in(&app.last_mail_to("ada@example.com"));
    app.stranger().post_with(&away, &[], &[]).await.expect(200);
    ann.replies("Hello?").await.expect(303);
    assert!(told(&app).await.is_empty());
    // Replying does not switch it on again; asking for it does.
    ada.answers(&ann.thread, "Well.").await;
    assert_eq!(told(&app).await, ["ann"]);
    ann.replies("Oh.").await.expect(303);
    assert!(told(&app).await.is_empty());
    let follow = [("threadId", ann.thread.as_str()), ("on", "1")];
    ada.does("threads/notify", &follow).await.expect(303);
    ann.replies("Oh!").await.expect(303);
    assert_eq!(told(&app).await, ["ada"]);
    // Another conversation goes on as before.
    Guest::asks(&app, "bob@example.com", "Hm?").await;
    assert_eq!(told(&app).await, ["ada", "bob"]);

    ann.does("threads/notify", &[("on", "0")]).await.expect(303);
    ada.answers(&ann.thread, "Into silence.").await;
    assert!(told(&app).await.is_empty());
    ann.does("threads/notify", &[("on", "1")]).await.expect(303);
    ada.answers(&ann.thread, "And out of it.").await;
    assert_eq!(told(&app).await, ["ann"]);
    ann.does("threads/notify", &[("on", "2")]).await.expect(422);
}

#[tokio::test]
async fn an_address_can_ask_for_no_more_mail_from_whomever_types_it() {
    let (app, mut ada) = TestApp::open().await;
    let victim = Guest::asks(&app, "victim@example.com", "Spam.").await;
    told(&app).await;
    let away = unsubscribe_in(&app.last_mail_to("victim@example.com"));
    let page = app.stranger().get(&away).await.expect(200);
    assert!(
        words(page.text()).contains("No more mail to this address"),
        "{page:?}"
    );
    app.stranger()
        .post_with(&away, &[("all", "1")], &[])
        .await
        .expect(200);
    Guest::asks(&app, "VICTIM@example.com", "More spam.").await;
    app.stranger()
        .does("guest/request-link", &[("email", "victim@example.com")])
        .await;
    ada.answers(&victim.thread, "Well.").await;
    let fields = [("email", "victim@example.com"), ("body", "Hello.")];
    ada.does("admin/start", &fields).await.expect(303);
    assert_eq!(
        told(&app).await,
        ["ada"],
        "only the team, of the new message"
    );
    assert_eq!(app.number(IN_VAIN).await, 0);
}

#[tokio::test]
async fn closing_mails_nobody_and_send_and_close_sends_and_closes() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    told(&app).await;
    let id = ann.thread.clone();
    let thread = ("threadId", id.as_str());
    let status = |status| [thread, ("status", status)];
    for change in ["closed", "open", "pending", "closed"] {
        ada.does("admin/status", &status(change)).await.expect(303);
    }
    assert!(told(&app).await.is_empty());
    let fields = [thread, ("body", "Done."), ("status", "closed")];
    ada.does("admin/reply", &fields).await.expect(303);
    assert_eq!(told(&app).await, ["ann"]);
    let closed = "SELECT count(*) FROM threads WHERE status = 'closed' AND closed_at IS NOT NULL";
    assert_eq!(app.number(closed).await, 1);
    ann.replies("Not quite.").await.expect(303);
    let pending = "SELECT count(*) FROM threads WHERE status = 'pending' AND closed_at IS NULL";
    assert_eq!(app.number(pending).await, 1);
    ada.does("admin/status", &status("closed"))
        .await
        .expect(303);
    ada.answers(&ann.thread, "Now then.").await;
    let open = "SELECT count(*) FROM threads WHERE status = 'open' AND closed_at IS NULL";
    assert_eq!(app.number(open).await, 1);
}

#[tokio::test]
async fn guests_see_closing_and_reopening_and_no_other_event() {
    let (app, mut ada) = TestApp::open().await;
    let me = id_of(&mut ada).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let id = ann.thread.clone();
    let thread = ("threadId", id.as_str());
    ada.does("admin/assign", &[thread, ("assigneeId", &me)])
        .await
        .expect(303);
    ada.does("admin/status", &[thread, ("status", "open")])
        .await
        .expect(303);
    ada.does("admin/assign", &[thread, ("assigneeId", "")])
        .await
        .expect(303);
    let page = ann.looks().await.expect(200);
    assert_eq!(
        page.text().matches("class=\"event\"").count(),
        0,
        "{page:?}"
    );
    ada.does("admin/status", &[thread, ("status", "closed")])
        .await
        .expect(303);
    let page = ann.looks().await.expect(200);
    let shown = words(page.text());
    assert!(shown.contains("The conversation was closed"), "{shown}");
    assert!(shown.contains("Write again and it opens."), "{shown}");
    assert!(!shown.contains("ada"), "{shown}");
    ann.replies("Again.").await.expect(303);
    let page = ann.looks().await.expect(200);
    assert!(words(page.text()).contains("The conversation was opened again"));
    assert_eq!(
        page.text().matches("class=\"event\"").count(),
        2,
        "{page:?}"
    );
    let page = ada.reads(&ann.thread).await.expect(200);
    assert_eq!(
        page.text().matches("class=\"event\"").count(),
        5,
        "{page:?}"
    );
}

#[tokio::test]
async fn staff_write_first_and_the_guest_gets_it_whole() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app
        .signed_in("maya", false, &[ManageThreads, AssignThreads])
        .await;
    let maya_id = id_of(&mut maya).await;
    for n in 0..4 {
        // More than a stranger could cause: what staff send is apart.
        let body = format!("Your order {n} is here.");
        let fields = [
            ("email", "ann@example.com"),
            ("name", "Ann"),
            ("subject", "Your order"),
            ("body", body.as_str()),
            ("assigneeId", &maya_id),
        ];
        ada.does("admin/start", &fields).await.expect(303);
        assert_eq!(told(&app).await, ["ann", "maya"]);
        let mail = app.last_mail_to("ann@example.com");
        assert_eq!(mail.subject, "Your order");
        assert!(mail.text.contains(&body), "{}", mail.text);
        assert_eq!(mail.from.name, "ada, pigeon.test");
    }
    let open = "SELECT count(*) FROM threads WHERE status = 'open' AND assignee_id IS NOT NULL";
    assert_eq!(app.number(open).await, 4);
    let mut ann = app.stranger();
    let page = ann
        .get(&app.mailed_link("ann@example.com"))
        .await
        .expect(200);
    assert!(words(page.text()).contains("We wrote"), "{page:?}");
}

#[tokio::test]
async fn one_mail_brings_links_to_the_ten_newest_conversations_closed_ones_too() {
    let pins = [("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "100")];
    let (app, mut ada) = TestApp::open_with(&pins).await;
    let mut threads = Vec::new();
    for n in 0..12 {
        let (subject, body) = (format!("Matter {n}."), format!("Number {n}."));
        let fields = [
            ("email", "ann@example.com"),
            ("subject", subject.as_str()),
            ("body", body.as_str()),
        ];
        let mut ann = Guest::starts(&app, &fields).await;
        if n == 0 {
            ann.proves(&app).await;
        }
        threads.push(ann.thread);
        app.advance(Duration::from_mins(1));
    }
    let closed = [("threadId", threads[11].as_str()), ("status", "closed")];
    ada.does("admin/status", &closed).await.expect(303);
    ada.answers(&threads[0], "The oldest is the newest now.")
        .await;
    app.run_jobs().await;
    app.advance(Duration::from_hours(24));
    let ask = [("email", "ann@example.com")];
    app.stranger()
        .does("guest/request-link", &ask)
        .await
        .expect(200);
    assert_eq!(told(&app).await, ["ann"]);
    let mail = app.last_mail_to("ann@example.com");
    assert_eq!(mail.subject, "Your message to pigeon.test");
    let links = links_in(&mail);
    assert_eq!(links.len(), 10, "{}", mail.text);
    assert_eq!(mail.text.matches("(closed)").count(), 1, "{}", mail.text);
    assert!(
        mail.text.contains("Matter 0."),
        "the proved one: {}",
        mail.text
    );
    assert!(!mail.text.contains("Matter 11."), "{}", mail.text);
    for (link, n) in links.iter().zip([0, 11, 10, 9, 8, 7, 6, 5, 4, 3]) {
        let page = app.stranger().get(link).await.expect(200);
        assert!(
            page.text().contains(&format!("Number {n}.")),
            "{n}: {page:?}"
        );
    }
}

#[tokio::test]
async fn mail_by_nobody_in_particular_comes_from_the_name_that_was_chosen_for_it() {
    let from = ("PIGEON_MAIL_FROM", "Fernhill Post <post@fernhill.example>");
    let bare = ("PIGEON_MAIL_FROM", "post@fernhill.example");
    let name = ("PIGEON_SETTING_FROM_NAME", "Fernhill");
    for (pins, expected) in [
        (&[from, name][..], "Fernhill"),
        (&[from], "Fernhill Post"),
        (&[bare], "pigeon.test"),
    ] {
        let (app, _) = TestApp::open_with(pins).await;
        Guest::asks(&app, "ann@example.com", "Hm?").await;
        app.run_jobs().await;
        let mail = app.last_mail_to("ann@example.com");
        assert_eq!(mail.from.name, expected);
        assert_eq!(mail.from.address.as_str(), "post@fernhill.example");
    }
}
