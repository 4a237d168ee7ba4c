//! Who may see or do what: by no path more than by another.

use pigeon::web;

use crate::support::{Actors, Guest, Person, TestApp, words};

const NOBODY: &str = "01920000-0000-7000-8000-000000000000";

/// The id of the last message that the page shows.
async fn seen(person: &mut Person, page: &str) -> String {
    let page = person.get(page).await.expect(200);
    page.field("seen").expect("the page says what it shows")
}

#[tokio::test]
async fn r20_a_message_is_found_only_through_its_own_thread() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Mine.").await;
    let bob = Guest::asks(&app, "bob@example.com", "Another's.").await;
    let foreign = seen(&mut ada, &format!("/pigeon/admin/threads/{}", bob.thread)).await;
    let before = app.dump().await;

    let id = ann.thread.clone();
    let thread = ("threadId", id.as_str());
    for seen in [foreign.as_str(), NOBODY, "x", "1"] {
        let seen = ("seen", seen);
        let fields = [thread, seen, ("body", "Lost?")];
        let reply = ada.does("admin/reply", &fields).await.expect(422);
        assert!(reply.text().contains("Lost?</textarea>"), "{reply:?}");
        ada.does("threads/mark-read", &[thread, seen])
            .await
            .expect(404);
        ann.does("threads/mark-read", &[seen]).await.expect(422);
        let reply = ann.does("guest/reply", &[seen, ("body", "Lost?")]).await;
        assert!(reply.expect(422).text().contains("Lost?</textarea>"));
    }
    assert_eq!(app.dump().await, before);

    let page = format!("{}?before={foreign}", ann.page);
    let page = ann.person.get(&page).await.expect(200);
    assert!(!page.text().contains("Another"), "{page:?}");
    let page = format!("/pigeon/admin/threads/{}?before={foreign}", ann.thread);
    let page = ada.get(&page).await.expect(200);
    assert!(!page.text().contains("<p>Another"), "{page:?}");
}

#[tokio::test]
async fn r20_a_guest_names_no_thread_but_that_of_the_link() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Mine.").await;
    let bob = Guest::asks(&app, "bob@example.com", "Another's.").await;
    let foreign = ("threadId", bob.thread.as_str());
    for (action, field) in [
        ("guest/reply", ("body", "Where does this go?")),
        ("guest/confirm", ("x", "")),
        ("threads/mark-read", ("x", "")),
        ("threads/notify", ("on", "0")),
    ] {
        ann.does(action, &[foreign, field]).await;
    }
    let page = ada.reads(&bob.thread).await.expect(200);
    assert!(!words(page.text()).contains("Where does this go?"));
    assert!(!words(page.text()).contains("gets no mail"), "{page:?}");
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(words(page.text()).contains("Where does this go?"));
}

#[tokio::test]
async fn r21_one_foreign_id_in_a_list_changes_nothing() {
    let (app, mut ada) = TestApp::open().await;
    let own = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let trashed = Guest::asks(&app, "bob@example.com", "Hm?").await;
    app.force(
        "UPDATE threads SET trashed_at = last_message_at WHERE starter_email = 'bob@example.com'",
    )
    .await;
    let direct = Guest::asks(&app, "cleo@example.com", "Hm?").await;
    app.force("UPDATE threads SET kind = 'direct' WHERE starter_email = 'cleo@example.com'")
        .await;
    let before = app.dump().await;
    for foreign in [&trashed.thread, &direct.thread, NOBODY, "x", "' OR 1=1--"] {
        for (action, field, of_trashed) in [
            // Staff know what is in the trash, and are told that it is in the way.
            ("admin/status", ("status", "closed"), 409),
            ("admin/assign", ("assigneeId", ""), 409),
            ("threads/mark-read", ("x", ""), 409),
            ("admin/revoke-links", ("x", ""), 404),
            ("admin/purge", ("x", ""), 409),
            ("admin/trash", ("x", ""), 0),
            ("admin/restore", ("x", ""), 0),
        ] {
            let status = match foreign {
                foreign if foreign == trashed.thread => of_trashed,
                _ => 404,
            };
            for ids in [[&*own.thread, foreign], [foreign, &*own.thread]] {
                if status > 0 {
                    let fields = [("threadId[]", ids[0]), ("threadId[]", ids[1]), field];
                    ada.does(action, &fields).await.expect(status);
                    ada.says(action, &fields).await.expect(status);
                }
            }
        }
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r22_what_one_may_not_see_is_in_no_list_count_search_or_page() {
    use pigeon::accounts::Permission::{AccessPlugin, ManageSettings, ManageThreads};
    let (app, ada) = TestApp::open().await;
    let fields = |email| {
        [
            ("name", "Zebulon"),
            ("email", email),
            ("subject", "Unmistakable"),
            ("body", "Quagga"),
        ]
    };
    let trashed = Guest::starts(&app, &fields("bob@hidden.example")).await;
    app.force("UPDATE threads SET trashed_at = last_message_at")
        .await;
    let direct = Guest::starts(&app, &fields("cleo@hidden.example")).await;
    app.force("UPDATE threads SET kind = 'direct' WHERE trashed_at IS NULL")
        .await;
    app.run_jobs().await;
    assert!(
        !app.mails()
            .iter()
            .any(|mail| mail.html.contains("Unmistakable"))
    );

    let ulla = app.user("ulla").await;
    let kim = app.signed_in("kim", false, &[ManageSettings]).await;
    let rob = app.signed_in("rob", false, &[AccessPlugin]).await;
    let maya = app.signed_in("maya", false, &[ManageThreads]).await;
    for (mut person, lists, is_staff) in [
        (ulla, 403, false),
        (kim, 403, false),
        (rob, 200, false),
        (maya, 200, true),
        (ada, 200, true),
    ] {
        let mut pages = vec!["/pigeon/admin".to_owned()];
        for source in [
            "all",
            "pending",
            "open",
            "closed",
            "mine",
            "unassigned",
            "support",
            "direct",
        ] {
            let page = format!("/pigeon/admin/threads?source={source}");
            for q in [
                "Unmistakable",
                "quagga",
                "zebulon",
                "cleo@hidden.example",
                &direct.thread,
            ] {
                pages.push(format!("{page}&q={q}"));
            }
            pages.push(page);
        }
        for page in pages {
            let shown = person.get(&page).await.expect(lists);
            // The field of the search repeats what is looked for.
            let shown = shown
                .text()
                .replace(&format!("value=\"{}\"", "Unmistakable"), "");
            for hidden in ["Zebulon", "hidden.example", "Quagga"] {
                let found = shown.matches(hidden).count();
                let asked = page.matches(hidden).count();
                assert!(found <= 2 * asked, "{page}: {shown}");
            }
            assert!(
                !shown.contains(&format!("/threads/{}", direct.thread)),
                "{shown}"
            );
            assert!(!words(&shown).contains("1 conversation"), "{page}: {shown}");
        }
        // The trash is for those who can take out of it, and no search looks into it.
        for q in ["Unmistakable", "quagga", "zebulon", &trashed.thread] {
            let page = format!("/pigeon/admin/threads?source=trash&q={q}");
            let shown = person.get(&page).await;
            assert!(
                !shown
                    .text()
                    .contains(&format!("/threads/{}", trashed.thread))
            );
        }
        // Staff know what is in the trash.
        if is_staff {
            person.reads(&trashed.thread).await.expect(200);
        }
        let hidden = [&direct.thread, &trashed.thread];
        for hidden in &hidden[..if is_staff { 1 } else { 2 }] {
            let status = if lists == 200 { 404 } else { 403 };
            let page = person.reads(hidden).await.expect(status);
            let none = person.reads(NOBODY).await.expect(status);
            assert_eq!(words(page.text()).len(), words(none.text()).len());
        }
    }
}

#[tokio::test]
async fn r22_whoever_is_signed_in_sees_no_thread_of_a_guest_with_their_address() {
    let (app, _) = TestApp::open().await;
    Guest::asks(&app, "ulla@example.com", "In her name.").await;
    let mut ulla = app.user("ulla").await;
    for route in web::routes() {
        let page = ulla.get(&route.path.replace(['{', '}'], "")).await;
        assert!(!String::from_utf8_lossy(&page.body).contains("In her name."));
    }
}

#[tokio::test]
async fn r24_scripts_are_let_in_and_turned_away_where_pages_are() {
    for action in web::actions::actions() {
        let (pages, scripts) = (TestApp::start().await, TestApp::start().await);
        let mut outcomes = Vec::new();
        for (app, accept) in [(&pages, "text/html"), (&scripts, "application/json")] {
            let actors = Actors::of(app).await;
            let mut met = Vec::new();
            for actor in &actors.all {
                let path = format!("/pigeon/actions/{}", action.name);
                let thread = actors.thread.id.to_string();
                let mut fields = vec![("threadId", thread.as_str())];
                fields.extend(actor.token.as_deref().map(|token| ("token", token)));
                let headers = [("sec-fetch-site", "same-origin"), ("accept", accept)];
                let answer = actor
                    .person
                    .clone()
                    .post_with(&path, &fields, &headers)
                    .await;
                // A page leads on where a script is told so.
                let status = if answer.status == 303 {
                    200
                } else {
                    answer.status
                };
                met.push(status);
            }
            outcomes.push(met);
        }
        assert_eq!(outcomes[0], outcomes[1], "{}", action.name);
    }
}

#[tokio::test]
async fn r29_whoever_loses_a_right_loses_it_on_every_path_at_once() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let mut maya = app.staff("maya").await;
    maya.answers(&ann.thread, "First.").await;
    app.run_jobs().await;
    let page = maya.reads(&ann.thread).await.expect(200);
    let (csrf, key) = (page.field("csrf").unwrap(), page.field("key").unwrap());
    // A mail to her is queued already when she loses her right.
    ada.answers(&ann.thread, "Second.").await;
    let mails = app.mails_to("maya@example.com").len();
    app.force(
        "DELETE FROM user_permissions WHERE user_id =
             (SELECT id FROM users WHERE email_key = 'maya@example.com')",
    )
    .await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("maya@example.com").len(), mails);

    let before = app.dump().await;
    for (action, field) in [
        ("admin/reply", ("body", "Third.")),
        ("admin/reply", ("isInternalNote", "1")),
        ("admin/status", ("status", "closed")),
        ("admin/revoke-links", ("x", "")),
        ("admin/trash", ("x", "")),
        ("admin/restore", ("x", "")),
        ("admin/purge", ("x", "")),
        ("threads/mark-read", ("x", "")),
        ("threads/notify", ("on", "1")),
    ] {
        let id = ann.thread.clone();
        let thread = ("threadId", id.as_str());
        let fields = [thread, field, ("csrf", &csrf), ("key", &key)];
        let refused = maya.does(action, &fields).await;
        assert!(matches!(refused.status, 403 | 404), "{action}: {refused:?}");
        maya.says(action, &fields).await.expect(refused.status);
    }
    maya.reads(&ann.thread).await.expect(403);
    maya.get("/pigeon/admin/threads?q=first").await.expect(403);
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r29_whoever_is_disabled_gets_no_more_mail_and_no_page() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.force("UPDATE users SET disabled_at = created_at WHERE email_key = 'maya@example.com'")
        .await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("maya@example.com").len(), 0);
    assert_eq!(app.mails_to("ada@example.com").len(), 1);
    maya.reads(&ann.thread).await.expect(401);
    let assign = [("threadId", ann.thread.as_str()), ("assigneeId", NOBODY)];
    ada.does("admin/assign", &assign).await.expect(422);
}
