use pigeon::accounts::Permission::{AccessPlugin, AssignThreads, ManageSettings, ManageThreads};

use super::{acts, asks, page_of, words};
use crate::support::TestApp;

const PAGES: [&str; 5] = [
    "/pigeon/admin",
    "/pigeon/admin/threads",
    "/pigeon/admin/new",
    "/pigeon/admin/settings",
    "/pigeon/admin/mail",
];

#[tokio::test]
async fn each_page_is_for_those_who_may() {
    let app = TestApp::catching().await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let user = app.user("una").await;
    let reader = app.signed_in("rob", false, &[AccessPlugin]).await;
    let keeper = app.signed_in("kim", false, &[ManageSettings]).await;
    let staff = app.staff("ann").await;
    let admin = app.signed_in("ada", true, &[]).await;
    for (mut person, allowed, thread) in [
        (user, [403, 403, 403, 403, 403], 403),
        (reader, [200, 200, 403, 403, 403], 200),
        (keeper, [403, 403, 403, 200, 403], 403),
        (staff, [200, 200, 200, 403, 403], 200),
        (admin, [200, 200, 200, 200, 200], 200),
    ] {
        for (page, status) in PAGES.iter().zip(allowed) {
            let answer = person.get(page).await;
            assert_eq!(answer.status, status, "{page}: {answer:?}");
        }
        person.get(&page_of(&ben)).await.expect(thread);
    }
    for page in PAGES {
        app.stranger().get(page).await.expect(401);
    }
}

#[tokio::test]
async fn a_control_is_there_only_for_those_who_may_use_it() {
    let app = TestApp::start().await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let mut reader = app.signed_in("rob", false, &[AccessPlugin]).await;
    let page = reader.get(&page_of(&ben)).await.expect(200);
    assert!(!page.text().contains("/pigeon/actions/"), "{page:?}");
    assert!(words(&page).contains("Where is my parcel?"));

    let mut staff = app.staff("ann").await;
    let page = staff.get(&page_of(&ben)).await.expect(200);
    assert!(page.text().contains("pigeon/admin/reply\""), "{page:?}");
    assert!(!page.text().contains("pigeon/admin/assign"), "{page:?}");
    assert!(!page.text().contains("/pigeon/admin/settings"), "{page:?}");

    let mut lead = app
        .signed_in("eve", false, &[ManageThreads, AssignThreads])
        .await;
    let page = lead.get(&page_of(&ben)).await.expect(200);
    assert!(page.text().contains("pigeon/admin/assign\""), "{page:?}");
}

#[tokio::test]
async fn reading_rights_change_nothing_by_any_action() {
    let app = TestApp::start().await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let mut reader = app.signed_in("rob", false, &[AccessPlugin]).await;
    for (action, field) in [
        ("reply", ("body", "Hello.")),
        ("status", ("status", "closed")),
        ("assign", ("assigneeId", "")),
        ("revoke-links", ("x", "")),
        ("settings", ("siteName", "Mine")),
        ("start", ("email", "a@b.example")),
    ] {
        let action = format!("pigeon/admin/{action}");
        let fields = [("threadId", &*id), field];
        acts(&mut reader, &page_of(&ben), &action, &fields)
            .await
            .expect(403);
    }
    let mut staff = app.staff("ann").await;
    let shown = words(&staff.get(&page_of(&ben)).await.expect(200));
    assert!(
        shown.contains("Needs a reply") && !shown.contains("Hello."),
        "{shown}"
    );
}

#[tokio::test]
async fn a_thread_that_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    for id in ["01920000-0000-7000-8000-000000000000", "x", "%00", "1%2F2"] {
        staff
            .get(&format!("/pigeon/admin/threads/{id}"))
            .await
            .expect(404);
    }
}
