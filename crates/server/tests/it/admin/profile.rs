use super::{acts, words};
use crate::support::{Guest, TestApp};
use pigeon::accounts::Permission;

const PAGE: &str = "/pigeon/admin/profile";
const SAVE: &str = "pigeon/admin/profile";

#[tokio::test]
async fn everybody_begins_with_the_same_preferences() {
    let app = TestApp::start().await;
    let mut ben = app.staff("ben").await;
    let page = ben.get(PAGE).await.expect(200);
    let html = page.text();
    assert!(html.contains("<html lang=\"en\" dir=\"ltr\" data-density=\"compact\">"));
    assert!(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"));
    for chosen in [
        "value=\"10\" selected",
        "value=\"next\" selected",
        "value=\"system\" checked",
        "value=\"compact\" checked",
        "name=\"keys\" value=\"1\" checked",
    ] {
        assert!(html.contains(chosen), "{chosen}");
    }
}

#[tokio::test]
async fn what_somebody_prefers_holds_on_every_page_of_theirs_and_on_nobody_elses() {
    let app = TestApp::start().await;
    let (mut ben, mut cleo) = (app.staff("ben").await, app.staff("cleo").await);
    let fields = [
        ("undoSeconds", "30"),
        ("density", "roomy"),
        ("theme", "dark"),
        ("keys", "0"),
        ("afterClosing", "list"),
    ];
    let saved = acts(&mut ben, PAGE, SAVE, &fields).await.expect(303);
    let page = ben.follow(&saved).await.expect(200);
    assert!(words(&page).contains("Your profile is saved."));
    assert!(page.text().contains("value=\"30\" selected"));
    assert!(page.text().contains("value=\"list\" selected"));
    let root = "dir=\"ltr\" data-theme=\"dark\" data-density=\"roomy\" data-keys=\"off\">";
    for path in ["/pigeon/admin", "/pigeon/admin/threads", PAGE] {
        let (mine, theirs) = (ben.get(path).await, cleo.get(path).await);
        assert!(mine.text().contains(root), "{path}");
        assert!(mine.text().contains("content=\"dark\""), "{path}");
        assert!(!theirs.text().contains(root), "{path}");
    }
}

#[tokio::test]
async fn a_preference_can_be_set_alone_and_the_form_leads_on() {
    let app = TestApp::start().await;
    let mut ben = app.staff("ben").await;
    let inbox = "/pigeon/admin/threads?source=all";
    let fields = [("density", "roomy"), ("redirect", inbox)];
    let saved = ben.does("admin/profile", &fields).await.expect(303);
    assert_eq!(saved.header("location"), Some(inbox));
    let page = ben.get(PAGE).await.expect(200);
    assert!(page.text().contains("value=\"roomy\" checked"));
    assert!(page.text().contains("value=\"10\" selected"));
}

#[tokio::test]
async fn what_cannot_be_preferred_is_said_at_its_field_and_nothing_is_saved() {
    let app = TestApp::start().await;
    let mut ben = app.staff("ben").await;
    let fields = [
        ("name", " "),
        ("undoSeconds", "7"),
        ("theme", "sepia"),
        ("density", "roomy"),
    ];
    let page = acts(&mut ben, PAGE, SAVE, &fields).await.expect(422);
    for field in ["name", "undoSeconds", "theme"] {
        let problem = format!("id=\"{field}-problem\"");
        assert!(page.text().contains(&problem), "{field}");
    }
    let page = ben.get(PAGE).await.expect(200);
    assert_eq!(page.field("name").as_deref(), Some("ben"));
    assert!(page.text().contains("value=\"compact\" checked"));
}

#[tokio::test]
async fn a_new_name_stands_under_what_is_written_from_now_on() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Where is my parcel?").await;
    ada.answers(&ann.thread, "On its way.").await;
    ada.does("admin/profile", &[("name", " Ada Byron ")])
        .await
        .expect(303);
    ada.answers(&ann.thread, "It has arrived.").await;
    let page = words(&ada.reads(&ann.thread).await);
    assert!(page.contains("ada to ann"), "{page}");
    assert!(page.contains("Ada Byron to ann"), "{page}");
}

#[tokio::test]
async fn whoever_may_only_change_settings_has_a_profile_too() {
    let app = TestApp::start().await;
    let may = [Permission::ManageSettings];
    let mut keeper = app.signed_in("kim", false, &may).await;
    keeper.get(PAGE).await.expect(200);
    keeper
        .does("admin/profile", &[("theme", "light")])
        .await
        .expect(303);
}
