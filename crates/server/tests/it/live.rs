//! Event streams: who hears of what, and for how long.

use std::time::Duration;

use pigeon::accounts::Permission;

use crate::support::{Guest, Line, Listener, Person, TestApp};

const NOBODY: &str = "01920000-0000-7000-8000-000000000000";

async fn listens(person: &Person, topics: &str) -> Listener {
    person
        .listens(&format!("/pigeon/events?topics={topics}"))
        .await
}

async fn overhears(guest: &Guest) -> Listener {
    guest
        .person
        .listens(&format!("{}/events", guest.page))
        .await
}

#[tokio::test]
async fn a_page_hears_of_what_it_shows_and_not_what_it_is() {
    let (app, ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Where is my parcel?").await;
    let conv = format!("conv-{}", ann.thread);
    app.settle(&ada).await;
    let mut list = listens(&ada, "inbox").await;
    let mut page = listens(&ada, &format!("inbox,{conv}")).await;
    ann.replies("CANARY").await.expect(303);
    assert_eq!(list.hears().await.as_deref(), Some("inbox"));
    assert_eq!(page.hears().await, Some(format!("inbox {conv}")));
}

#[tokio::test]
async fn what_came_while_the_page_was_on_its_way_is_told_at_once() {
    let (app, ada) = TestApp::open().await;
    let mut witness = listens(&ada, "inbox").await;
    Guest::asks(&app, "ann@example.com", "Well?").await;
    witness.hears().await;
    let made = app.app.clock.now().as_micros();
    let path = format!("/pigeon/events?topics=inbox&since={made}");
    let mut late = ada.listens(&path).await;
    assert_eq!(late.hears().await.as_deref(), Some("inbox"));
    app.advance(Duration::from_mins(1));
    let old = ada.listens("/pigeon/events?topics=inbox&since=1000").await;
    app.app.streams.close();
    assert_eq!(old.hears_out().await, ["all"]);
}

#[tokio::test]
async fn r23_patterns_unknown_and_foreign_topics_say_nothing() {
    let (app, ada) = TestApp::open().await;
    let reader = app
        .signed_in("rita", false, &[Permission::AccessPlugin])
        .await;
    let user = app.user("ulla").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Mine.").await;
    let bob = Guest::asks(&app, "bob@example.com", "Another's.").await;
    let (conv, here) = (
        format!("conv-{}", ann.thread),
        format!("here-{}", ann.thread),
    );
    let wrong = [
        "%25",
        "*",
        "..%2F",
        "conv-*",
        "conv-%25",
        "conv-",
        "con_",
        "_nbox",
        "INBOX",
        "inbox%20",
        "",
        "jobs",
        "settings",
        "search",
        &format!("guests-{}", ann.thread),
        &format!("conv-{}", ann.thread.to_uppercase()),
        &format!("conv-{}", ann.thread.replace('-', "")),
        &format!("conv-{NOBODY}"),
        &format!("me-{NOBODY}"),
        &format!("../{conv}"),
        &format!("{conv}%00"),
    ]
    .join(",");
    app.settle(&ada).await;
    let mut deaf = Vec::new();
    for topics in wrong.split(',') {
        deaf.push(listens(&ada, topics).await);
        deaf.push(listens(&reader, topics).await);
    }
    for topics in ["inbox", "here", &conv, &here] {
        deaf.push(listens(&user, topics).await);
    }
    deaf.push(listens(&user, &format!("inbox,{conv},here,{here}")).await);
    deaf.push(overhears(&bob).await);

    let mut witness = listens(&ada, &format!("inbox,{conv}")).await;
    ann.replies("CANARY").await.expect(303);
    assert_eq!(witness.hears().await, Some(format!("inbox {conv}")));
    let thread = [("threadId", ann.thread.as_str()), ("doing", "reply")];
    let mut own = listens(&reader, &here).await;
    ada.clone()
        .does("admin/presence", &thread)
        .await
        .expect(303);
    assert_eq!(own.hears().await, Some(here));

    app.app.streams.close();
    for (at, deaf) in deaf.into_iter().enumerate() {
        assert_eq!(deaf.hears_out().await, [""; 0], "number {at}");
    }
}

#[tokio::test]
async fn r36_p10_a_guest_hears_only_of_what_a_guest_can_see() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    let conv = format!("conv-{}", ann.thread);
    app.settle(&ada).await;
    let mut team = listens(&ada, &conv).await;
    let guest = overhears(&ann).await;
    let id = ann.thread.clone();
    let thread = ("threadId", id.as_str());
    let me = crate::support::id_of(&mut ada).await;

    for (action, fields) in [
        (
            "admin/reply",
            vec![("body", "CANARY"), ("isInternalNote", "1")],
        ),
        ("admin/assign", vec![("assigneeId", me.as_str())]),
        ("admin/assign", vec![("assigneeId", "")]),
        ("admin/status", vec![("status", "open")]),
        ("threads/notify", vec![("on", "0")]),
    ] {
        let fields = [&[thread], fields.as_slice()].concat();
        ada.does(action, &fields).await.expect(303);
        assert_eq!(team.hears().await.as_ref(), Some(&conv), "{action}");
    }
    ada.does("admin/presence", &[thread, ("doing", "reply")])
        .await
        .expect(303);
    // Another reads the note: a receipt, and not for guests.
    let mut tom = app.staff("tom").await;
    let page = format!("/pigeon/admin/threads/{}", ann.thread);
    let seen = tom.get(&page).await.field("seen").unwrap();
    tom.does("threads/mark-read", &[thread, ("seen", &seen)])
        .await
        .expect(303);
    assert_eq!(team.hears().await.as_ref(), Some(&conv));
    let note = [thread, ("body", "CANARY 2"), ("isInternalNote", "1")];
    ada.does("admin/reply", &note).await.expect(303);
    assert_eq!(team.hears().await.as_ref(), Some(&conv));
    let seen = tom.get(&page).await.field("seen").unwrap();
    tom.does("threads/mark-read", &[thread, ("seen", &seen)])
        .await
        .expect(303);
    assert_eq!(team.hears().await.as_ref(), Some(&conv));

    for (action, field) in [
        ("admin/reply", ("body", "Here it is.")),
        ("admin/status", ("status", "closed")),
        ("admin/status", ("status", "open")),
    ] {
        ada.does(action, &[thread, field]).await.expect(303);
        assert_eq!(team.hears().await.as_ref(), Some(&conv), "{action}");
    }
    ann.replies("Thank you.").await.expect(303);
    assert_eq!(team.hears().await.as_ref(), Some(&conv));
    ada.does("admin/revoke-links", &[thread]).await.expect(303);
    // Tom's receipt of her own question, the answer, closed, opened, her own message; and nothing
    // more, but that SQLite may have said that something may have happened.
    let heard = guest.hears_out().await;
    let told = heard.iter().filter(|event| *event == "thread").count();
    let unsure = heard.len() - told;
    assert!(told <= 5 && told + unsure >= 5 && unsure <= 1, "{heard:?}");
}

/// How streams end, each by another loss.
#[tokio::test]
async fn r29_p11_streams_end_with_the_right_to_them_on_every_node() {
    let (app, mut ada) = TestApp::open().await;
    let other = app.node_beside().await;
    let mut leaver = app.staff("lea").await;
    let disabled = app.staff("dora").await;
    let demoted = app.staff("dan").await;
    app.settle(&ada).await;
    let mut open = Vec::new();
    for node in [&app, &other] {
        for person in [&leaver, &disabled, &demoted] {
            let mut there = person.clone();
            there.address = node.address;
            open.push(listens(&there, "inbox").await);
        }
    }
    let stays = listens(&ada, "inbox").await;
    leaver.does("account/sign-out", &[]).await.expect(303);
    let mut tx = app.app.db.begin().await.unwrap();
    tx.query("UPDATE users SET disabled_at = 1 WHERE username_key = 'dora'")
        .execute()
        .await
        .unwrap();
    tx.query(
        "DELETE FROM user_permissions
         WHERE user_id = (SELECT id FROM users WHERE username_key = 'dan')",
    )
    .execute()
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let ended = async {
        for stream in open {
            // What let everything settle may have reached the other node only now.
            let heard = stream.hears_out().await;
            assert!(heard.iter().all(|topic| topic == "inbox"), "{heard:?}");
        }
    };
    tokio::time::timeout(Duration::from_secs(5), ended)
        .await
        .expect("within 5 seconds");
    drop(stays);

    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    app.settle(&ada).await;
    ann.person.address = other.address;
    let there = overhears(&ann).await;
    ann.person.address = app.address;
    let here = overhears(&ann).await;
    let thread = [("threadId", ann.thread.as_str())];
    ada.does("admin/revoke-links", &thread).await.expect(303);
    let ended = async { (here.hears_out().await, there.hears_out().await) };
    // On SQLite nobody serves from a second process: there it only has to end.
    let limit = match app.app.db.kind() {
        db::Kind::Postgres => Duration::from_secs(1),
        db::Kind::Sqlite => Duration::from_secs(5),
    };
    let ended = tokio::time::timeout(limit, ended).await;
    let (here, there) = ended.expect("in time");
    assert_eq!((here.len(), there.len()), (0, 0));
    let path = format!("{}/events", ann.page);
    ann.person.get(&path).await.expect(404);
}

#[tokio::test]
async fn r23_p11_a_thread_that_is_gone_ends_what_listens_to_it() {
    let (app, ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let conv = format!("conv-{}", ann.thread);
    app.settle(&ada).await;
    let team = listens(&ada, &conv).await;
    let guest = overhears(&ann).await;
    let mut tx = app.app.db.begin().await.unwrap();
    tx.query("UPDATE threads SET trashed_at = 1")
        .execute()
        .await
        .unwrap();
    tx.announce(conv).await.unwrap();
    tx.commit().await.unwrap();
    let ended = async { (team.hears_out().await, guest.hears_out().await) };
    let ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
    let (team, guest) = ended.expect("within 5 seconds");
    assert_eq!((team.len(), guest.len()), (0, 0));
}

#[tokio::test]
async fn what_happens_on_one_node_is_heard_on_the_other() {
    let (app, ada) = TestApp::open().await;
    let other = app.node_beside().await;
    let mut there = ada.clone();
    there.address = other.address;
    let mut list = listens(&there, "inbox").await;
    Guest::asks(&app, "ann@example.com", "Hm?").await;
    let heard = tokio::time::timeout(Duration::from_secs(5), list.hears()).await;
    // On SQLite a process beside ours only sees that something happened.
    let heard = heard.expect("soon").expect("the stream goes on");
    assert!(["inbox", "all"].contains(&heard.as_str()), "{heard}");
}

#[tokio::test]
async fn streams_outlast_idle_connections_and_end_with_the_process() {
    let (mut app, ada) = TestApp::open().await;
    let list = listens(&ada, "inbox").await;
    let mut idle = Line::open(app.address).await;
    app.ask_to_end();
    assert_eq!(list.hears_out().await, [""; 0]);
    assert!(idle.hear().await.is_empty());
    app.ended().await;
}

#[tokio::test]
async fn p11_links_that_were_only_shown_end_their_streams_when_the_address_is_proved() {
    let (app, ada) = TestApp::open().await;
    let shown = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.settle(&ada).await;
    let elsewhere = overhears(&shown).await;
    let mut reader = Guest {
        person: app.stranger(),
        ..shown.clone()
    };
    reader.opens_mail(&app).await;
    app.settle(&ada).await;
    let own = overhears(&reader).await;
    reader.does("guest/confirm", &[]).await.expect(303);
    assert_eq!(elsewhere.hears_out().await, [""; 0]);
    app.app.streams.close();
    assert_eq!(own.hears_out().await, ["thread"]);
}
