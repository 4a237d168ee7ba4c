//! Notes stay inside.

use std::time::Duration;

use crate::support::{Guest, TestApp, words};

const CANARY: &str = "CANARY-7f3";

/// What a guest's browser gets, without what is new each time: the form's token and key, and when
/// the page was made.
async fn seen_by(guest: &mut Guest) -> String {
    let page = guest.looks().await.expect(200);
    for header in ["etag", "last-modified"] {
        assert_eq!(page.header(header), None);
    }
    let (csrf, key) = (page.field("csrf").unwrap(), page.field("key").unwrap());
    let made = page.text().split_once("data-at=\"").unwrap().1;
    let made = made.split('"').next().unwrap();
    let text = page.text().replace(&csrf, "").replace(&key, "");
    let text = text.replace(made, "");
    assert!(!text.contains(CANARY), "{text}");
    text
}

async fn note_with_staff(app: &TestApp) -> Guest {
    let mut ann = Guest::asks(app, "ann@example.com", "Where is my parcel?").await;
    ann.proves(app).await;
    let mut maya = app.staff("maya").await;
    maya.answers(&ann.thread, "We look.").await;
    app.run_jobs().await;
    ann
}

#[tokio::test]
async fn r34_a_note_is_never_mailed_to_a_guest() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = note_with_staff(&app).await;
    let before = app.mails_to("ann@example.com").len();
    ada.notes(&ann.thread, CANARY).await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("ann@example.com").len(), before);
    let told = app.last_mail_to("maya@example.com");
    assert!(told.text.contains(CANARY) && told.html.contains(CANARY));

    ann.replies("Any news?").await.expect(303);
    ada.answers(&ann.thread, "It left today.").await;
    ada.notes(&ann.thread, CANARY).await;
    let close = [
        ("threadId", ann.thread.as_str()),
        ("body", "It arrived."),
        ("status", "closed"),
    ];
    ada.does("admin/reply", &close).await.expect(303);
    let ask = [("email", "ann@example.com")];
    app.stranger().does("guest/request-link", &ask).await;
    app.run_jobs().await;
    let mails = app.mails_to("ann@example.com");
    assert_eq!(mails.len(), before + 3, "two answers and the links");
    for mail in mails {
        let raw = String::from_utf8(mail.to_bytes()).unwrap();
        for part in [&raw, &mail.text, &mail.html, &mail.subject] {
            assert!(!part.contains(CANARY), "{part}");
        }
    }
}

#[tokio::test]
async fn r34_a_support_address_without_an_account_hears_of_no_note() {
    let pins = [(
        "PIGEON_SETTING_SUPPORT_NOTIFICATION_RECIPIENTS",
        "desk@example.com",
    )];
    let (app, mut ada) = TestApp::open_with(&pins).await;
    let ann = note_with_staff(&app).await;
    let before = app.mails_to("desk@example.com").len();
    assert_eq!(before, 1, "the question");
    ada.notes(&ann.thread, CANARY).await;
    app.run_jobs().await;
    assert_eq!(app.mails_to("desk@example.com").len(), before);
}

#[tokio::test]
async fn r35_a_note_changes_nothing_that_a_guest_gets() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = note_with_staff(&app).await;
    let mut bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    let before = (seen_by(&mut ann).await, seen_by(&mut bob).await);
    let said = ann
        .does("threads/mark-read", &[("x", "")])
        .await
        .expect(303);
    let read = seen_by(&mut ann).await;
    app.advance(Duration::from_secs(30));
    for _ in 0..60 {
        ada.notes(
            &ann.thread,
            &format!("{CANARY} {}", pigeon::secrets::token()),
        )
        .await;
    }
    let id = ann.thread.clone();
    let thread = ("threadId", id.as_str());
    for (action, field) in [
        ("admin/assign", ("assigneeId", "")),
        ("admin/status", ("status", "pending")),
    ] {
        ada.does(action, &[thread, field]).await.expect(303);
    }
    ada.does("admin/status", &[thread, ("status", "open")])
        .await
        .expect(303);
    assert_eq!(seen_by(&mut ann).await, read);
    assert_eq!(seen_by(&mut bob).await, before.1);
    // Not even that there is something to mark read.
    let again = ann
        .does("threads/mark-read", &[("x", "")])
        .await
        .expect(303);
    assert_eq!(again.header("location"), said.header("location"));
    assert_ne!(before.0, read, "the answer was new to her");
}

#[tokio::test]
async fn r35_a_note_leaves_status_activity_and_wait_alone() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Where is my parcel?").await;
    app.advance(Duration::from_mins(10));
    Guest::asks(&app, "bob@example.com", "Later.").await;
    let shown = |page: &str| -> Vec<usize> {
        ["Where is my parcel?", "Later."]
            .map(|text| page.find(text).unwrap())
            .to_vec()
    };
    let before = ada.get("/pigeon/admin/threads").await.expect(200);
    let order = shown(before.text());
    assert!(order[1] < order[0], "the newest first");
    app.advance(Duration::from_mins(10));
    ada.notes(&ann.thread, CANARY).await;
    let after = ada.get("/pigeon/admin/threads").await.expect(200);
    let order = shown(after.text());
    assert!(order[1] < order[0], "a note is no activity");
    let after = words(after.text());
    assert!(
        after.contains("Waiting 20 min") && after.contains("Waiting 10 min"),
        "{after}"
    );
    assert!(!after.contains(CANARY), "{after}");
}

#[tokio::test]
async fn r36_a_note_casts_no_shadow() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = note_with_staff(&app).await;
    let mut maya = app
        .signed_in(
            "moss",
            false,
            &[pigeon::accounts::Permission::ManageThreads],
        )
        .await;
    ada.notes(&ann.thread, CANARY).await;
    ann.replies("Any news?").await.expect(303);
    // Only a note follows, and a colleague reads it: the guest's own message was read before.
    let id = ann.thread.clone();
    let thread = [("threadId", id.as_str())];
    maya.does("threads/mark-read", &thread).await.expect(303);
    let before = seen_by(&mut ann).await;
    app.advance(Duration::from_hours(1));
    ada.does("threads/mark-read", &thread).await.expect(303);
    let read = seen_by(&mut ann).await;
    ada.notes(&ann.thread, CANARY).await;
    app.advance(Duration::from_hours(1));
    maya.does("threads/mark-read", &thread).await.expect(303);
    assert_eq!(seen_by(&mut ann).await, read, "no receipt moved");
    assert_ne!(before, read, "ada's receipt is her reading");
    assert!(!words(&read).contains("15:05"), "{read}");

    // By its id, that a guest cannot know, nothing is to be had either.
    let page = ada.reads(&ann.thread).await.expect(200);
    let note = page.text().rsplit("letter note").next().unwrap();
    let note = note.split("id=\"m-").nth(1).unwrap();
    let note = note.split('"').next().unwrap().to_owned();
    let by_id = [("seen", note.as_str())];
    ann.does("threads/mark-read", &by_id).await.expect(422);
    let reply = [("seen", note.as_str()), ("body", "Hm.")];
    ann.does("guest/reply", &reply).await.expect(422);
    let older = format!("{}?before={note}", ann.page);
    let older = ann.person.get(&older).await.expect(200);
    assert!(!older.text().contains(CANARY));
    app.run_jobs().await;
    let (part, _) = CANARY.split_once('-').unwrap();
    let search = format!("/pigeon/admin/threads?source=all&q={part}");
    let found = ada.get(&search).await.expect(200);
    assert!(found.text().contains(&ann.thread), "{found:?}");
    let own = format!("{}?q={part}", ann.page);
    for (path, status) in [(search, 401), (own, 200)] {
        let page = ann.person.get(&path).await.expect(status);
        assert!(!page.text().contains(CANARY), "{path}");
    }
}

#[tokio::test]
async fn r36_a_note_before_a_guests_reply_leaves_no_shadow_on_their_page() {
    let (app, mut ada) = TestApp::open().await;
    let mut shown = Vec::new();
    for is_noted in [false, true] {
        let mut ann = Guest::asks(&app, &format!("ann{is_noted}@example.com"), "Hm?").await;
        if is_noted {
            ada.notes(&ann.thread, CANARY).await;
        }
        ann.replies("Hello?").await.expect(303);
        shown.push(words(ann.looks().await.expect(200).text()));
    }
    assert!(!shown[1].contains("Mark read"), "{}", shown[1]);
    assert_eq!(shown[0], shown[1]);
}
