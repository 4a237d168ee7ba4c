use super::*;
use crate::{
    held::secret::seen_by_all,
    support::{Actors, unescaped, words},
};

const CANARY: &str = "CANARY-5s1";

#[tokio::test]
async fn r36_p10_a_conversation_that_has_not_begun_is_known_to_nobody_but_its_writer() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let thread = actors.thread.id.to_string();
    let mut maya = app.staff("maya").await;
    app.run_jobs().await;
    let seen_before = seen_by_all(&app, &actors, &thread).await;
    let mails = app.mails().len();

    let canary = [
        ("email", "kestrel@guests.example"),
        ("name", CANARY),
        ("subject", CANARY),
        ("body", "CANARY-5s1 kestrel"),
        ("undoSeconds", "10"),
    ];
    let held = maya.says("admin/start", &canary).await.expect(200).json();
    let another = [&canary[..], &[("key", "another")]].concat();
    let undone = maya.says("admin/start", &another).await.expect(200).json();
    let undone = undone["held"]["id"].as_str().unwrap();
    maya.does_with_start("admin/unsend", undone)
        .await
        .expect(303);
    app.advance(SECOND * 9);
    app.run_jobs().await;
    let id = held["held"]["id"].as_str().unwrap();
    for id in [id, undone] {
        let page = maya.get(&page_of(id)).await.expect(200);
        assert!(page.text().contains(CANARY), "its writer sees it");
    }

    let seen = seen_by_all(&app, &actors, &thread).await;
    for ((what, before), (_, after)) in seen_before.iter().zip(&seen) {
        let bytes = unescaped(after);
        assert!(!bytes.contains(CANARY), "{what}: {after}");
        assert!(!bytes.contains("kestrel@"), "{what}: {after}");
        // Not even that there is something, by a count or a mark.
        assert_eq!(before.len(), after.len(), "{what}: {before}\n{after}");
    }
    // By its own address, too.
    for actor in &actors.all {
        for id in [id, undone] {
            let mut person = actor.person.clone();
            let page = person.get(&page_of(id)).await;
            assert!(!page.text().contains(CANARY), "{}: {page:?}", actor.name);
            let thread = format!("/pigeon/admin/threads/{id}");
            let page = person.get(&thread).await;
            assert!(matches!(page.status, 401 | 403 | 404), "{page:?}");
        }
    }
    assert_eq!(app.mails().len(), mails);
}

#[tokio::test]
async fn nobody_takes_back_hurries_keeps_or_deletes_what_is_not_theirs() {
    // Stranger, guests, user, reader: as ever. Staff: as if there were nothing. Keeper.
    const EXPECTED: [u16; 9] = [401, 401, 401, 403, 403, 409, 409, 409, 403];
    const UNKNOWN: &str = "01920000-0000-7000-8000-000000000000";
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let mut maya = app.staff("maya").await;
    let id = maya.begins(&[]).await;
    let draft = maya.begins(&[("key", "another")]).await;
    maya.does_with_start("admin/unsend", &draft)
        .await
        .expect(303);
    app.run_jobs().await;
    let before = app.dump().await;
    for (actor, expected) in actors.all.iter().zip(EXPECTED) {
        for id in [&*id, &draft, UNKNOWN] {
            let mut person = actor.person.clone();
            for (action, fields) in [
                ("admin/unsend", &[("heldId", id)][..]),
                ("admin/send-now", &[("heldId", id)]),
                ("admin/draft", &[("draftId", id), ("body", "Mine now.")]),
                ("admin/draft", &[("draftId", id), ("discard", "1")]),
            ] {
                let refused = person.does(action, fields).await;
                assert_eq!(refused.status, expected, "{}: {refused:?}", actor.name);
                assert!(!refused.text().contains("Dear Ben"), "{refused:?}");
            }
        }
    }
    // Nor does a new conversation of somebody else's take the draft with it.
    assert_eq!(app.dump().await, before);
    let mut admin = actors.all[7].person.clone();
    admin.begins(&[("draftId", &draft)]).await;
    assert_eq!((held(&app).await, drafts(&app).await), (2, 1));
    for action in ["admin/unsend", "admin/send-now"] {
        maya.does(action, &[]).await.expect(422);
    }
    maya.does("admin/draft", &[]).await.expect(404);
}

#[tokio::test]
async fn the_queue_does_not_tell_that_somebody_holds_one() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    maya.begins(&[]).await;
    let queue = ada
        .get("/pigeon/admin/queue?show=waiting")
        .await
        .expect(200);
    let shown = words(queue.text());
    assert!(!shown.contains("Message that was held"), "{shown}");
}
