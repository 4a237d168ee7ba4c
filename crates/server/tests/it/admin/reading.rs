use std::time::Duration;

use pigeon::conversations::{Participant, mark_read};

use super::{acts, asks, goes_on, page_of, words};
use crate::support::TestApp;

const READ: &str = "pigeon/threads/mark-read";

#[tokio::test]
async fn looking_marks_nothing_read_and_the_button_does() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    app.advance(Duration::from_mins(1));
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();

    for _ in 0..2 {
        let page = staff.get(&page_of(&ben)).await.expect(200);
        assert!(words(&page).contains("Mark read"));
    }
    let seen = staff.get(&page_of(&ben)).await.field("seen").unwrap();
    let fields = [("threadId", &*id), ("seen", &*seen)];
    acts(&mut staff, &page_of(&ben), READ, &fields)
        .await
        .expect(303);

    let page = staff.get(&page_of(&ben)).await.expect(200);
    assert!(!words(&page).contains("Mark read"));
    let inbox = staff.get("/pigeon/admin/threads").await.expect(200);
    assert!(!words(&inbox).contains("Unread."));
}

#[tokio::test]
async fn what_came_since_the_last_look_is_marked() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    app.advance(Duration::from_mins(1));
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(!shown.contains("new since you last looked"), "{shown}");
    acts(&mut staff, &page_of(&ben), READ, &[("threadId", &*id)])
        .await
        .expect(303);

    app.advance(Duration::from_mins(1));
    goes_on(&app, &ben, "It has come.").await;
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(
        shown.contains("Today, new since you last looked"),
        "{shown}"
    );
    assert!(
        shown.contains("Ben through Ben’s private link, address not confirmed"),
        "{shown}"
    );
}

#[tokio::test]
async fn staff_see_when_a_guest_has_seen_their_answer() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let fields = [("threadId", &*id), ("body", "Tomorrow.")];
    acts(&mut staff, &page_of(&ben), "pigeon/admin/reply", &fields)
        .await
        .expect(303);
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(!shown.contains("Seen by"), "{shown}");

    app.advance(Duration::from_mins(117));
    let mut tx = app.app.db.begin().await.unwrap();
    let guest = Participant::get(&mut tx, ben.guest).await.unwrap();
    let now = app.app.clock.now();
    mark_read(&mut tx, &ben.thread, &mut guest.unwrap(), 1, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(
        !shown.contains("Seen by Ben"),
        "of the question only: {shown}"
    );
}

#[tokio::test]
async fn people_who_may_only_look_leave_no_trace() {
    use pigeon::accounts::Permission::AccessPlugin;
    let app = TestApp::start().await;
    let mut reader = app.signed_in("rob", false, &[AccessPlugin]).await;
    app.advance(Duration::from_mins(1));
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    reader.get(&page_of(&ben)).await.expect(200);
    acts(&mut reader, &page_of(&ben), READ, &[("threadId", &*id)])
        .await
        .expect(403);
    let mut staff = app.staff("ann").await;
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(!shown.contains("rob"), "{shown}");
}

#[tokio::test]
async fn of_several_readers_it_is_said_how_many_they_are_and_their_names_open() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (mut tom, mut kim) = (app.staff("tom").await, app.staff("kim").await);
    let (ben, token) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    kim.does("admin/follow", &[("threadId", &*id), ("on", "1")])
        .await
        .expect(303);
    let fields = [("threadId", &*id), ("body", "Tomorrow.")];
    acts(&mut staff, &page_of(&ben), "pigeon/admin/reply", &fields)
        .await
        .expect(303);
    let read = [("threadId", &*id)];
    acts(&mut tom, &page_of(&ben), READ, &read)
        .await
        .expect(303);
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(shown.contains("Tomorrow. Seen by tom, today"), "{shown}");

    let mut guest = app.stranger();
    guest
        .does("threads/mark-read", &[("token", token.as_str())])
        .await
        .expect(303);
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(shown.contains("Tomorrow. Read by 2 of 3"), "{shown}");
    for name in ["Ben", "tom"] {
        assert!(shown.contains(&format!("Seen by {name}, today")), "{shown}");
    }
    // One's own look is no news to oneself.
    let shown = words(&tom.get(&page_of(&ben)).await.expect(200));
    assert!(shown.contains("Tomorrow. Seen by Ben, today"), "{shown}");

    // Whoever has read on has read this, too.
    acts(&mut kim, &page_of(&ben), READ, &read)
        .await
        .expect(303);
    app.advance(Duration::from_mins(1));
    let fields = [("threadId", &*id), ("body", "Or on Monday.")];
    acts(&mut staff, &page_of(&ben), "pigeon/admin/reply", &fields)
        .await
        .expect(303);
    acts(&mut kim, &page_of(&ben), READ, &read)
        .await
        .expect(303);
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(shown.contains("Tomorrow. Read by 3 of 3"), "{shown}");
    assert!(
        shown.contains("Or on Monday. Seen by kim, today"),
        "{shown}"
    );
}
