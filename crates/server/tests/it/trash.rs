//! The trash: what is in it is out of everything else, comes back whole, or is deleted for good.

mod gone;

use std::time::Duration;

use pigeon::accounts::Permission::AccessPlugin;

use crate::support::{Answer, Guest, TestApp, id_of_user, told, words};

const DAY: Duration = Duration::from_hours(24);

async fn asks(app: &TestApp, email: &str, subject: &str) -> Guest {
    let fields = [
        ("name", "Zebulon"),
        ("email", email),
        ("subject", subject),
        ("body", "Quagga"),
    ];
    Guest::starts(app, &fields).await
}

fn message(answer: &Answer) -> String {
    answer.json()["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn r31_what_is_in_the_trash_is_out_of_every_list_count_and_search() {
    let (app, mut ada) = TestApp::open().await;
    let ann = asks(&app, "ann@example.com", "Unmistakable").await;
    app.run_jobs().await;
    let pages = |ann: &Guest| {
        [
            "/pigeon/admin".to_owned(),
            "/pigeon/admin/threads?source=all".to_owned(),
            "/pigeon/admin/threads?source=pending".to_owned(),
            "/pigeon/admin/threads?source=unassigned".to_owned(),
            "/pigeon/admin/threads?q=quagga".to_owned(),
            format!("/pigeon/admin/threads?q={}", ann.email),
        ]
    };
    for page in pages(&ann) {
        let shown = ada.get(&page).await.expect(200);
        assert!(shown.text().contains("Unmistakable"), "{page}");
    }
    ada.does_to(&[&ann.thread], "admin/trash", &[])
        .await
        .expect(200);
    for page in pages(&ann) {
        let shown = ada.get(&page).await.expect(200);
        assert!(!shown.text().contains("Unmistakable"), "{page}");
        assert!(!words(shown.text()).contains("1 conversation"), "{page}");
    }
}

#[tokio::test]
async fn staff_see_it_with_a_way_back_and_nothing_else_to_do_and_others_do_not() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let mut rob = app.signed_in("rob", false, &[AccessPlugin]).await;
    let ann = asks(&app, "ann@example.com", "Unmistakable").await;
    rob.reads(&ann.thread).await.expect(200);
    ada.does_to(&[&ann.thread], "admin/trash", &[])
        .await
        .expect(200);
    rob.reads(&ann.thread).await.expect(404);
    let page = maya.reads(&ann.thread).await.expect(200);
    let shown = words(page.text());
    for said in [
        "In the trash since",
        "It is deleted for good on 20 December",
        "ada moved this to the trash",
        "Restore",
        "Delete for good",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    for control in [
        "admin/status",
        "admin/assign",
        "admin/reply",
        "revoke-links",
    ] {
        assert!(!page.text().contains(control), "{control}");
    }
    let thread = ("threadId", ann.thread.as_str());
    for (action, field, status) in [
        ("admin/status", ("status", "closed"), 409),
        ("admin/reply", ("body", "Too late?"), 404),
        ("admin/revoke-links", ("x", ""), 404),
        ("threads/notify", ("on", "1"), 404),
    ] {
        maya.says(action, &[thread, field]).await.expect(status);
    }
    // What was being written is not lost.
    let fields = [thread, ("body", "Too late?")];
    let refused = maya.does("admin/reply", &fields);
    let refused = refused.await.expect(404);
    assert!(
        refused.text().contains("Too late?</textarea>"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn guests_learn_nothing_of_the_trash() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = asks(&app, "ann@example.com", "Unmistakable").await;
    let before = words(ann.looks().await.expect(200).text());
    let done = ada.does_to(&[&ann.thread], "admin/trash", &[]).await;
    ada.undoes(&done.expect(200)).await.expect(200);
    assert_eq!(words(ann.looks().await.expect(200).text()), before);
    assert_eq!(told(&app).await, ["ada", "ann"], "only of the question");
}

#[tokio::test]
async fn p11_trashing_ends_every_private_link_at_once_on_every_node() {
    let (app, mut ada) = TestApp::open().await;
    let other = app.node_beside().await;
    let mut ann = asks(&app, "ann@example.com", "Hm").await;
    app.run_jobs().await;
    let links = [ann.page.clone(), app.mailed_link("ann@example.com")];
    ada.does_to(&[&ann.thread], "admin/trash", &[])
        .await
        .expect(200);
    let before = app.dump().await;
    for node in [app.address, other.address] {
        ann.person.address = node;
        for link in &links {
            ann.page.clone_from(link);
            let shown = words(ann.looks().await.expect(404).text());
            assert!(shown.contains("This link does not work any more"));
            let kept = ann.replies("Still there?").await.expect(404);
            assert!(kept.text().contains("Still there?</textarea>"));
            ann.does("threads/mark-read", &[]).await.expect(404);
            ann.does("guest/confirm", &[]).await.expect(404);
            ann.does("threads/notify", &[("on", "0")]).await.expect(404);
        }
    }
    assert_eq!(app.dump().await, before);
    // Nor does asking for a new link bring one.
    ann.person
        .does("guest/request-link", &[("email", "ann@example.com")])
        .await
        .expect(200);
    assert_eq!(told(&app).await, [""; 0]);
}

#[tokio::test]
async fn mail_that_waits_does_not_leave_once_the_conversation_is_in_the_trash() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let mut ann = asks(&app, "ann@example.com", "Hm").await;
    maya.answers(&ann.thread, "Well.").await;
    ann.replies("Oh.").await.expect(303);
    ada.answers(&ann.thread, "There.").await;
    ada.does_to(&[&ann.thread], "admin/trash", &[])
        .await
        .expect(200);
    assert_eq!(told(&app).await, [""; 0]);
    assert_eq!(
        app.number("SELECT count(*) FROM jobs WHERE kind = 'mail'")
            .await,
        0
    );
}

#[tokio::test]
async fn what_is_restored_is_as_it_was_but_for_its_links() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = asks(&app, "ann@example.com", "Unmistakable").await;
    ann.proves(&app).await;
    let link = ann.page.clone();
    let closed = [("status", "closed")];
    let thread = [ann.thread.clone()];
    let thread = thread.each_ref().map(String::as_str);
    ada.does_to(&thread, "admin/status", &closed)
        .await
        .expect(200);
    ada.does_to(&thread, "admin/trash", &[]).await.expect(200);
    app.advance(DAY);
    let done = ada.does_to(&thread, "admin/restore", &[]).await.expect(200);
    assert_eq!(message(&done), "Conversation restored.");
    let page = ada.get("/pigeon/admin/threads?source=closed").await;
    assert!(page.expect(200).text().contains("Unmistakable"));
    let page = words(ada.reads(&ann.thread).await.expect(200).text());
    assert!(page.contains("ada restored this from the trash"), "{page}");
    assert!(page.contains("No link to this conversation works now."));
    // The links from before stay ended; a new one is to be had.
    ann.page = link;
    ann.looks().await.expect(404);
    let email = [("email", "ann@example.com")];
    ann.person
        .does("guest/request-link", &email)
        .await
        .expect(200);
    ann.opens_mail(&app).await.expect(200);
    ann.replies("Back again.").await.expect(303);
}

#[tokio::test]
async fn undoing_the_trashing_leaves_the_links_as_they_were() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = asks(&app, "ann@example.com", "Hm").await;
    let mut bob = asks(&app, "bob@example.com", "Hm").await;
    let thread = [("threadId", bob.thread.as_str())];
    ada.does("admin/revoke-links", &thread).await.expect(303);
    let both = [ann.thread.as_str(), bob.thread.as_str()];
    let done = ada.does_to(&both, "admin/trash", &[]).await.expect(200);
    ann.looks().await.expect(404);
    ada.undoes(&done).await.expect(200);
    ann.looks().await.expect(200);
    bob.looks().await.expect(404);
}

#[tokio::test]
async fn after_its_days_it_is_purged_with_everything_that_hangs_on_it() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let kept = asks(&app, "bob@example.com", "Kept").await;
    let empty = app.dump().await;
    let mut ann = asks(&app, "ann@hidden.example", "Unmistakable").await;
    ann.proves(&app).await;
    maya.answers(&ann.thread, "An answer of hers.").await;
    maya.notes(&ann.thread, "A note of hers.").await;
    ann.replies("Back to you.").await.expect(303);
    let me = id_of_user(&app, "maya").await;
    let thread = [ann.thread.clone()];
    let thread = thread.each_ref().map(String::as_str);
    ada.does_to(&thread, "admin/assign", &[("assigneeId", &me)])
        .await
        .expect(200);
    maya.does_to(&thread, "threads/mark-read", &[])
        .await
        .expect(200);
    app.run_jobs().await;
    ada.does_to(&thread, "admin/trash", &[]).await.expect(200);

    app.advance(29 * DAY + Duration::from_hours(22));
    app.run_jobs().await;
    let mut eve = app.signed_in("eve", true, &[]).await;
    eve.reads(&ann.thread).await.expect(200);
    app.advance(Duration::from_hours(4));
    app.run_jobs().await;
    eve.reads(&ann.thread).await.expect(404);
    let dump = app.dump().await.to_lowercase();
    let hex = ann.thread.replace('-', "");
    for gone in [
        "hidden.example",
        "unmistakable",
        "an answer of hers",
        "a note of hers",
        "back to you",
    ] {
        assert!(!dump.contains(gone), "{gone}");
    }
    assert!(
        !dump.contains(&hex) && !dump.contains(&ann.thread),
        "{dump}"
    );
    for table in [
        "SELECT count(*) FROM search_entries",
        "SELECT count(*) FROM search_index",
        "SELECT count(*) FROM threads",
    ] {
        assert_eq!(app.number(table).await, 1, "{table}");
    }
    assert!(empty.contains("Kept"));
    eve.reads(&kept.thread).await.expect(200);
    let found = eve.get("/pigeon/admin/threads?q=quagga").await.expect(200);
    assert!(found.text().contains("Kept") && !found.text().contains("Unmistakable"));
}

#[tokio::test]
async fn how_long_that_takes_is_a_setting_that_counts_at_once() {
    let (app, mut ada) = TestApp::open().await;
    let ann = asks(&app, "ann@example.com", "Hm").await;
    app.run_jobs().await;
    ada.does_to(&[&ann.thread], "admin/trash", &[])
        .await
        .expect(200);
    app.advance(3 * DAY);
    app.run_jobs().await;
    for wrong in ["0", "366", "x", ""] {
        let fields = [("trashLifetimeDays", wrong)];
        ada.says("admin/settings", &fields).await.expect(422);
    }
    ada.says("admin/settings", &[("trashLifetimeDays", "2")])
        .await
        .expect(200);
    app.advance(Duration::from_hours(1));
    app.run_jobs().await;
    ada.reads(&ann.thread).await.expect(404);
    assert_eq!(app.number("SELECT count(*) FROM threads").await, 0);
}

#[tokio::test]
async fn delete_for_good_is_for_the_trash_alone_and_for_all_or_none() {
    let (app, mut ada) = TestApp::open().await;
    let guests = [
        asks(&app, "ann@example.com", "One").await,
        asks(&app, "bob@example.com", "Two").await,
        asks(&app, "cleo@example.com", "Three").await,
    ];
    let ids = guests.each_ref().map(|guest| guest.thread.as_str());
    ada.does_to(&ids[..2], "admin/trash", &[]).await.expect(200);
    let before = app.dump().await;
    let refused = ada.does_to(&ids, "admin/purge", &[]).await.expect(409);
    let said = message(&refused);
    assert!(said.contains("Nothing was deleted"), "{said}");
    assert_eq!(app.dump().await, before);

    let done = ada.does_to(&ids[..2], "admin/purge", &[]).await.expect(200);
    let undo = done.json()["undo"].as_str().unwrap().to_owned();
    assert_eq!(message(&done), "2 conversations deleted for good.");
    // They are gone at once, for whoever looks, and for every deed.
    for id in &ids[..2] {
        ada.reads(id).await.expect(404);
        for action in ["admin/restore", "admin/trash", "admin/purge"] {
            ada.does_to(&[id], action, &[]).await.expect(404);
        }
    }
    ada.says("admin/undo", &[("undo", &undo)]).await.expect(404);
    let page = ada.get(&format!("/pigeon/admin/threads?undo={undo}")).await;
    let page = page.expect(200);
    assert!(words(page.text()).contains("2 conversations deleted for good."));
    assert!(page.field("undo").is_none());
    app.run_jobs().await;
    assert_eq!(app.number("SELECT count(*) FROM threads").await, 1);
    ada.reads(ids[2]).await.expect(200);
}

#[tokio::test]
async fn mail_that_could_not_be_sent_goes_with_its_conversation_and_no_other() {
    let (app, mut ada) = TestApp::open().await;
    let ann = asks(&app, "ann@example.com", "One").await;
    let bob = asks(&app, "bob@example.com", "Two").await;
    for guest in [&ann, &bob] {
        ada.answers(&guest.thread, "Well.").await;
    }
    app.force("UPDATE jobs SET parked_at = run_at, last_error = 'refused'")
        .await;
    let jobs = "SELECT count(*) FROM jobs WHERE kind = 'mail'";
    assert_eq!(app.number(jobs).await, 6, "received, alerted, answered");
    let thread = [ann.thread.as_str()];
    ada.does_to(&thread, "admin/trash", &[]).await.expect(200);
    assert_eq!(app.number(jobs).await, 6);
    ada.does_to(&thread, "admin/purge", &[]).await.expect(200);
    app.run_jobs().await;
    assert_eq!(app.number(jobs).await, 3);
}

#[tokio::test]
async fn a_very_long_conversation_is_purged_piece_by_piece() {
    let (app, mut ada) = TestApp::open().await;
    let ann = asks(&app, "ann@example.com", "Long").await;
    app.run_jobs().await;
    app.force_each(
        "INSERT INTO messages (id, thread_id, seq, kind, visibility, author_name, by_staff, origin,
                               proved, body, created_at)
         WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < 4500)
         SELECT randomblob(16), id, n, 'note', 'staff', 'ada', TRUE, 'signed_in', TRUE, 'x', 1
         FROM n, threads",
        "INSERT INTO messages (id, thread_id, seq, kind, visibility, author_name, by_staff, origin,
                               proved, body, created_at)
         SELECT gen_random_uuid(), id, n, 'note', 'staff', 'ada', TRUE, 'signed_in', TRUE, 'x', 1
         FROM generate_series(2, 4500) AS n, threads",
    )
    .await;
    app.force("UPDATE threads SET last_seq = 4500").await;
    let thread = [ann.thread.as_str()];
    ada.does_to(&thread, "admin/trash", &[]).await.expect(200);
    ada.does_to(&thread, "admin/purge", &[]).await.expect(200);
    app.run_jobs().await;
    for table in [
        "SELECT count(*) FROM threads",
        "SELECT count(*) FROM messages",
        "SELECT count(*) FROM participants",
        "SELECT count(*) FROM search_entries",
    ] {
        assert_eq!(app.number(table).await, 0, "{table}");
    }
}
