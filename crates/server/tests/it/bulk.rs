//! What is done to many conversations at one stroke: to all of them, or to none.

use std::{collections::BTreeSet, time::Instant};

use futures_util::future::join_all;
use pigeon::{
    accounts::Permission::{AssignThreads, ManageThreads},
    conversations::bulk::MOST,
    demo::{self, Size},
};

use crate::support::{Answer, Guest, Person, TestApp, id_of, id_of_user, statements, told, words};

/// So many guests write from one address.
const MANY: [(&str, &str); 1] = [("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "100")];
const CLOSED: [(&str, &str); 1] = [("status", "closed")];

/// So many guests ask, each something else.
async fn guests(app: &TestApp, n: usize) -> Vec<Guest> {
    let mut guests = Vec::new();
    for n in 0..n {
        let (email, subject) = (format!("guest{n}@example.com"), format!("Question {n}"));
        let fields = [
            ("email", email.as_str()),
            ("subject", subject.as_str()),
            ("body", "Hm?"),
        ];
        guests.push(Guest::starts(app, &fields).await);
    }
    guests
}

fn ids(guests: &[Guest]) -> Vec<&str> {
    guests.iter().map(|guest| guest.thread.as_str()).collect()
}

/// The subjects of a list.
async fn listed(person: &mut Person, query: &str) -> BTreeSet<String> {
    let page = person
        .get(&format!("/pigeon/admin/threads?{query}"))
        .await
        .expect(200);
    let rows = page.text().split("<b id=\"s-").skip(1);
    rows.map(|row| row.split(['>', '<']).nth(1).unwrap().to_owned())
        .collect()
}

fn message(answer: &Answer) -> String {
    answer.json()["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn several_are_closed_at_one_stroke_with_an_event_in_each() {
    let (app, mut ada) = TestApp::open().await;
    let guests = guests(&app, 3).await;
    let two = ids(&guests[1..]);
    let done = ada.does_to(&two, "admin/status", &CLOSED);
    assert_eq!(message(&done.await.expect(200)), "2 conversations closed.");
    assert_eq!(listed(&mut ada, "source=closed").await.len(), 2);
    assert_eq!(
        listed(&mut ada, "source=pending").await,
        BTreeSet::from(["Question 0".to_owned()])
    );
    for (guest, times) in guests.iter().zip([0, 1, 1]) {
        let page = ada.reads(&guest.thread).await.expect(200);
        assert_eq!(words(page.text()).matches("closed this").count(), times);
    }
    // Guests see that it is closed, and nothing went to them.
    let mut guest = guests[1].clone();
    let page = guest.looks().await.expect(200);
    assert!(words(page.text()).contains("closed"), "{page:?}");
    app.run_jobs().await;
    assert_eq!(app.mails_to("guest1@example.com").len(), 1, "the first");
}

#[tokio::test]
async fn a_form_leads_back_to_its_list_with_what_was_done_and_a_way_back() {
    let (app, mut ada) = TestApp::open().await;
    let guests = guests(&app, 2).await;
    let fields = [
        ("threadId[]", guests[0].thread.as_str()),
        ("threadId[]", guests[1].thread.as_str()),
        ("status", "closed"),
        ("redirect", "/pigeon/admin/threads?source=pending&undo=0"),
    ];
    let done = ada.does("admin/status", &fields).await.expect(303);
    let to = done.header("location").unwrap();
    let undo = to.strip_prefix("/pigeon/admin/threads?source=pending&undo=");
    let undo = undo.expect("the same list").to_owned();
    let page = ada.follow(&done).await.expect(200);
    assert!(words(page.text()).contains("2 conversations closed. Undo"));
    assert_eq!(page.field("undo").as_deref(), Some(undo.as_str()));
    // Another's page says nothing of it.
    let mut maya = app.staff("maya").await;
    let page = maya.get(done.header("location").unwrap()).await.expect(200);
    assert!(!words(page.text()).contains("2 conversations closed."));

    let form = [
        ("undo", undo.as_str()),
        ("redirect", "/pigeon/admin/threads?source=pending"),
    ];
    let undone = ada.does("admin/undo", &form).await.expect(303);
    let page = ada.follow(&undone).await.expect(200);
    let shown = words(page.text());
    assert!(
        shown.contains("Undone: 2 conversations are as they were before."),
        "{shown}"
    );
    assert!(page.field("undo").is_none(), "once is enough");
    assert_eq!(listed(&mut ada, "source=pending").await.len(), 2);
}

#[tokio::test]
async fn those_that_are_so_already_are_not_counted_and_get_no_event() {
    let (app, mut ada) = TestApp::open().await;
    let guests = guests(&app, 3).await;
    let ids = ids(&guests);
    ada.does_to(&ids[..1], "admin/status", &CLOSED)
        .await
        .expect(200);
    let done = ada.does_to(&ids, "admin/status", &CLOSED).await.expect(200);
    assert_eq!(message(&done), "2 conversations closed.");
    let before = app.dump().await;
    let done = ada.does_to(&ids, "admin/status", &CLOSED).await.expect(200);
    assert!(done.json()["undo"].is_null(), "nothing to undo");
    assert_eq!(message(&done), "Nothing was changed.");
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn a_whole_list_is_what_its_filter_finds_and_as_many_as_its_page_named() {
    let (app, mut ada) = TestApp::open().await;
    let guests = guests(&app, 4).await;
    ada.answers(&guests[3].thread, "Well.").await;
    app.run_jobs().await;
    let view = "source=pending";
    let before = app.dump().await;
    for count in ["2", "4", "0", "", "x", "-3"] {
        let fields = [("view", view), ("count", count), ("status", "closed")];
        let refused = ada.says("admin/status", &fields).await;
        let expected = if count.parse::<u32>().is_ok() {
            409
        } else {
            422
        };
        assert_eq!(refused.status, expected, "{count}");
        if expected == 409 {
            let said = message(&refused);
            let what_to_do = "there are 3 conversations in it now. Nothing was changed";
            assert!(said.contains(what_to_do), "{said}");
        }
    }
    assert_eq!(app.dump().await, before);

    let done = ada.does_to_all("?source=all&q=%22question 2%22", 1, "admin/status", &CLOSED);
    assert_eq!(message(&done.await.expect(200)), "Conversation closed.");
    assert!(
        listed(&mut ada, "source=closed")
            .await
            .contains("Question 2")
    );
    let done = ada.does_to_all(view, 2, "admin/status", &CLOSED).await;
    assert_eq!(message(&done.expect(200)), "2 conversations closed.");
    assert_eq!(listed(&mut ada, "source=closed").await.len(), 3);
    assert_eq!(listed(&mut ada, "source=open").await.len(), 1);
}

#[tokio::test]
async fn a_refused_form_comes_back_on_its_own_list_and_says_why() {
    let (app, mut ada) = TestApp::open().await;
    guests(&app, 2).await;
    let fields = [
        ("view", "source=all"),
        ("count", "7"),
        ("status", "closed"),
        ("redirect", "/pigeon/admin/threads?source=all"),
    ];
    let page = ada.does("admin/status", &fields).await.expect(409);
    let shown = words(page.text());
    assert!(
        shown.contains("there are 2 conversations in it now"),
        "{shown}"
    );
    assert!(page.text().contains("href=\"?source=all\" aria-current"));
    assert_eq!(page.text().matches("<b id=\"s-").count(), 2);
}

#[tokio::test]
async fn one_that_came_into_the_trash_meanwhile_keeps_all_as_they_are() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let guests = guests(&app, 3).await;
    let ids = ids(&guests);
    maya.does_to(&ids[1..2], "admin/trash", &[])
        .await
        .expect(200);
    let before = app.dump().await;
    let assignee = id_of(&mut ada).await;
    for (action, field) in [
        ("admin/status", ("status", "closed")),
        ("admin/assign", ("assigneeId", assignee.as_str())),
        ("threads/mark-read", ("x", "")),
    ] {
        let refused = ada.does_to(&ids, action, &[field]).await.expect(409);
        let said = message(&refused);
        assert!(
            said.contains("One of these conversations is in the trash"),
            "{said}"
        );
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn many_are_as_quick_as_few_and_undone_as_quickly() {
    let app = TestApp::start().await;
    let size = Size::Bulk {
        threads: 2_500,
        messages: 2,
    };
    let now = app.app.clock.now();
    let filled = demo::fill(&app.app.db, size, "correct horse battery", now).await;
    filled.expect("the demo fills it");
    let mut ada = app.signed_in("ada", true, &[]).await;
    let not_pending = "SELECT count(*) FROM threads WHERE status <> 'pending'";
    let many = app.number(not_pending).await;
    assert!(many > 1_000, "{many}");
    let former = "SELECT count(*) FROM threads WHERE status = 'open'";
    let open = app.number(former).await;

    let threads: Vec<String> = {
        let mut conn = app.app.db.read().await.unwrap();
        let ids = conn.query("SELECT id FROM threads WHERE status <> 'pending'");
        let ids: Vec<pigeon::ids::ThreadId> = ids.fetch_scalars().await.unwrap();
        ids.iter().map(ToString::to_string).collect()
    };
    let threads: Vec<&str> = threads.iter().map(String::as_str).collect();
    let mut asked = Vec::new();
    for some in [&threads[..1], &threads[1..]] {
        db::testing::record_statements();
        let started = Instant::now();
        let done = ada
            .does_to(some, "admin/status", &[("status", "pending")])
            .await
            .expect(200);
        asked.push((statements().len(), started.elapsed()));
        ada.undoes(&done).await.expect(200);
        assert_eq!(app.number(not_pending).await, many);
        assert_eq!(app.number(former).await, open);
    }
    assert_eq!(asked[0].0, asked[1].0, "the same statements: {asked:?}");
    let count = threads.len();
    let done = ada.does_to(&threads, "admin/trash", &[]).await.expect(200);
    assert_eq!(
        message(&done),
        format!("{count} conversations moved to the trash.")
    );
    let done = ada
        .does_to(&threads, "admin/restore", &[])
        .await
        .expect(200);
    assert_eq!(message(&done), format!("{count} conversations restored."));
    app.staff("maya").await;
    let maya = id_of_user(&app, "maya").await;
    let to = [("assigneeId", maya.as_str())];
    ada.does_to(&threads, "admin/assign", &to).await.expect(200);
    let done = ada.does_to(&threads, "threads/mark-read", &[]).await;
    done.expect(200);
}

#[tokio::test]
async fn more_than_is_changed_at_a_time_is_refused_and_names_the_limit() {
    let (app, mut ada) = TestApp::open().await;
    let one = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let others: Vec<String> = (0..MOST)
        .map(|n| format!("01920000-0000-7000-8000-{n:012x}"))
        .collect();
    let mut ids: Vec<&str> = others.iter().map(String::as_str).collect();
    ids.push(&one.thread);
    let before = app.dump().await;
    let refused = ada.does_to(&ids, "admin/status", &CLOSED).await.expect(422);
    let said = refused.json().to_string();
    assert!(
        said.contains(&format!("At most {MOST} conversations")),
        "{said}"
    );
    // As many as that are looked for: one of them is not there.
    ada.does_to(&ids[1..], "admin/status", &CLOSED)
        .await
        .expect(404);
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn whoever_gets_several_is_mailed_once_with_those_that_are_still_theirs() {
    let (app, mut ada) = TestApp::open_with(&MANY).await;
    let mut maya = app
        .signed_in("maya", false, &[ManageThreads, AssignThreads])
        .await;
    let guests = guests(&app, 14).await;
    let ids = ids(&guests);
    let maya_id = id_of(&mut maya).await;
    let to = [("assigneeId", maya_id.as_str())];
    told(&app).await;
    ada.does_to(&ids[..1], "admin/assign", &to)
        .await
        .expect(200);
    assert_eq!(told(&app).await, ["maya"]);
    let one = app.last_mail_to("maya@example.com");
    assert!(one.text.contains("ada assigned this conversation to you."));

    let done = ada.does_to(&ids, "admin/assign", &to).await.expect(200);
    assert_eq!(message(&done), "13 conversations assigned to maya.");
    // She gives one back, and another goes to the trash, before the mail leaves.
    maya.does_to(&ids[13..], "admin/assign", &[("assigneeId", "")])
        .await
        .expect(200);
    maya.does_to(&ids[12..13], "admin/trash", &[])
        .await
        .expect(200);
    assert_eq!(told(&app).await, ["maya"]);
    let mail = app.last_mail_to("maya@example.com");
    assert_eq!(mail.subject, "ada assigned 11 conversations to you");
    assert!(mail.text.contains("ada assigned 11 conversations to you."));
    assert!(mail.text.contains("And one more."), "{}", mail.text);
    let links = mail.text.matches("/pigeon/admin/threads/").count();
    assert_eq!(links, 10);
    assert!(!mail.text.contains("@example.com"), "{}", mail.text);

    // What she takes herself, and what is undone before the mail leaves, mails nobody.
    maya.does_to(&ids[13..], "admin/assign", &to)
        .await
        .expect(200);
    let ada_id = id_of(&mut ada).await;
    let to_ada = [("assigneeId", ada_id.as_str())];
    let done = maya.does_to(&ids[..5], "admin/assign", &to_ada).await;
    maya.undoes(&done.expect(200)).await.expect(200);
    assert_eq!(told(&app).await, [""; 0]);
    // From now on she hears of them.
    let mut guest = guests[5].clone();
    guest.replies("And?").await.expect(303);
    assert_eq!(told(&app).await, ["maya"]);
}

#[tokio::test]
async fn marking_a_list_read_is_for_oneself_and_gives_no_receipt() {
    let (app, _) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let mut tom = app.staff("tom").await;
    app.advance(std::time::Duration::from_mins(1));
    let guests = guests(&app, 3).await;
    let unread = async |person: &mut Person| {
        let page = person.get("/pigeon/admin/threads?source=all").await;
        words(page.expect(200).text()).matches("Unread.").count()
    };
    assert_eq!(unread(&mut maya).await, 3);
    let done = maya
        .does_to(&ids(&guests[..2]), "threads/mark-read", &[])
        .await
        .expect(200);
    assert_eq!((unread(&mut maya).await, unread(&mut tom).await), (1, 3));
    let mut guest = guests[0].clone();
    let page = guest.looks().await.expect(200);
    assert!(!words(page.text()).contains("Seen"), "{page:?}");
    assert_eq!(message(&done), "2 conversations marked read.");
    // She is not mailed about them, and one with something new is unread again.
    told(&app).await;
    guest.replies("Hello?").await.expect(303);
    app.run_jobs().await;
    assert_eq!(unread(&mut maya).await, 2);
}

#[tokio::test]
async fn of_two_who_close_the_same_at_once_each_conversation_is_closed_by_one() {
    let (app, ada) = TestApp::open().await;
    let maya = app.staff("maya").await;
    let guests = guests(&app, 8).await;
    let ids = ids(&guests);
    let nodes = [app.address, app.node_beside().await.address];
    let people = [ada, maya].into_iter().cycle().take(8).enumerate();
    let closed = people.map(|(n, mut person)| {
        person.address = nodes[0].min(nodes[n % 2]);
        let mut ids = ids.clone();
        ids.rotate_left(n);
        async move {
            let done = person.does_to(&ids, "admin/status", &CLOSED).await;
            let said = message(&done.expect(200));
            match said.as_str() {
                "Nothing was changed." => 0,
                "Conversation closed." => 1,
                said => said.split(' ').next().unwrap().parse::<i64>().unwrap(),
            }
        }
    });
    let closed: i64 = join_all(closed).await.iter().sum();
    assert_eq!(closed, 8);
    let events = "SELECT count(*) FROM messages WHERE kind = 'event'";
    assert_eq!(app.number(events).await, 8);
}
