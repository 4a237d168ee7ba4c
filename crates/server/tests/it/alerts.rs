//! Nobody's message goes unheard.

use pigeon::{
    accounts::{
        Permission::{AssignThreads, ManageThreads},
        User,
    },
    conversations::release_some,
};

use crate::support::{Guest, TestApp, id_of, told};

#[tokio::test]
async fn staff_who_only_opened_a_conversation_are_alerted_of_what_comes_next() {
    let recipient = "PIGEON_SETTING_SUPPORT_NOTIFICATION_RECIPIENTS";
    for pins in [&[][..], &[(recipient, "ada@example.com")]] {
        let (app, mut ada) = TestApp::open_with(pins).await;
        let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
        assert_eq!(told(&app).await, ["ada", "ann"]);
        let id = ann.thread.clone();
        let thread = [("threadId", id.as_str())];
        ada.does("threads/mark-read", &thread).await.expect(303);
        ann.replies("Hello?").await.expect(303);
        assert_eq!(told(&app).await, ["ada"]);
        // Muting it is another matter.
        let mute = [thread[0], ("on", "0")];
        ada.does("threads/notify", &mute).await.expect(303);
        ann.replies("Anybody?").await.expect(303);
        assert!(told(&app).await.is_empty());
    }
}

#[tokio::test]
async fn a_conversation_of_somebody_who_can_answer_no_more_alerts_the_others() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app
        .signed_in("maya", false, &[ManageThreads, AssignThreads])
        .await;
    let maya_id = id_of(&mut maya).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let assign = [
        ("threadId", ann.thread.as_str()),
        ("assigneeId", maya_id.as_str()),
    ];
    ada.does("admin/assign", &assign).await.expect(303);
    told(&app).await;
    ann.replies("Hello?").await.expect(303);
    assert_eq!(told(&app).await, ["maya"]);

    let id = maya_id.parse().unwrap();
    let mut tx = app.app.db.begin().await.unwrap();
    User::disable(&mut tx, id, app.app.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    ann.replies("Anybody?").await.expect(303);
    assert_eq!(told(&app).await, ["ada"]);

    // What `pigeon user disable` does next: the conversation is nobody's, and says so.
    let mut tx = app.app.db.begin().await.unwrap();
    let maya = User::find(&mut tx, id).await.unwrap().unwrap();
    let now = app.app.clock.now();
    assert!(release_some(&mut tx, &maya, now).await.unwrap());
    assert!(!release_some(&mut tx, &maya, now).await.unwrap());
    tx.commit().await.unwrap();
    let free = ada.get("/pigeon/admin/threads?source=unassigned").await;
    assert!(free.text().contains(&ann.thread), "{free:?}");
}

#[tokio::test]
async fn r53_naming_a_colleagues_address_keeps_no_note_from_them() {
    let (app, mut ada) = TestApp::open().await;
    let mut kim = app.staff("kim").await;
    let guest = Guest::asks(&app, "kim@example.com", "Hm?").await;
    let follow = [("threadId", guest.thread.as_str()), ("on", "1")];
    kim.does("threads/notify", &follow).await.expect(303);
    told(&app).await;
    ada.notes(&guest.thread, "Who is this?").await;
    assert_eq!(told(&app).await, ["kim"]);
}
