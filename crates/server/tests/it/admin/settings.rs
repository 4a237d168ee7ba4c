use super::{acts, words};
use crate::support::{Guest, TestApp};

const PAGE: &str = "/pigeon/admin/settings";
const SAVE: &str = "pigeon/admin/settings";

#[tokio::test]
async fn what_is_saved_counts_at_once_and_the_rest_stays() {
    let app = TestApp::start().await;
    let mut admin = app.signed_in("ada", true, &[]).await;
    let fields = [
        ("siteName", "Fernhill <Pottery>"),
        ("enableHoneypot", "false"),
    ];
    let answer = acts(&mut admin, PAGE, SAVE, &fields).await.expect(303);
    let page = admin.follow(&answer).await.expect(200);
    assert!(words(&page).contains("The settings are saved."));
    assert_eq!(
        page.field("siteName").as_deref(),
        Some("Fernhill <Pottery>")
    );
    let settings = app.app.settings();
    assert!(!settings.enable_honeypot);
    assert_eq!(settings.rate_limit_max_messages, 10);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_saved() {
    let app = TestApp::start().await;
    let mut admin = app.signed_in("ada", true, &[]).await;
    let fields = [("siteName", "New"), ("guestTokenLifetimeDays", "0")];
    let page = acts(&mut admin, PAGE, SAVE, &fields).await.expect(422);
    assert!(
        page.text()
            .contains("id=\"guestTokenLifetimeDays-problem\""),
        "{page:?}"
    );
    assert_eq!(page.field("siteName").as_deref(), Some("New"));
    assert_eq!(app.app.settings().site_name, "pigeon.test");
}

#[tokio::test]
async fn what_is_pinned_is_shown_locked_with_what_pins_it() {
    let pins = [("PIGEON_SETTING_FROM_NAME", "Fernhill")];
    let app = TestApp::with(&pins).await;
    let mut admin = app.signed_in("ada", true, &[]).await;
    let page = admin.get(PAGE).await.expect(200);
    assert!(words(&page).contains("Fixed by PIGEON_SETTING_FROM_NAME"));
    assert_eq!(page.field("fromName").as_deref(), Some("Fernhill"));
    acts(&mut admin, PAGE, SAVE, &[("fromName", "Other")])
        .await
        .expect(422);
}

#[tokio::test]
async fn a_test_mail_goes_to_whoever_asks() {
    let app = TestApp::start().await;
    let mut admin = app.signed_in("ada", true, &[]).await;
    let action = "pigeon/admin/test-mail";
    let answer = acts(&mut admin, PAGE, action, &[]).await.expect(303);
    let page = admin.follow(&answer).await.expect(200);
    assert!(words(&page).contains("The test mail is on its way."));
}

#[tokio::test]
async fn the_honeypot_takes_the_name_of_no_field_that_guests_fill_in() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let link = ann.opens_mail(&app).await;
    let contact = app.stranger().get("/pigeon/contact").await.expect(200);
    let mut names: Vec<_> = [link.text(), contact.text()]
        .iter()
        .flat_map(|page| page.split('<'))
        .filter(|tag| !tag.starts_with("meta"))
        .filter_map(|tag| tag.split("name=\"").nth(1)?.split('"').next())
        .filter(|name| *name != "pigeon_hp")
        .collect();
    names.sort_unstable();
    names.dedup();
    assert!(
        names.contains(&"seen") && names.contains(&"body"),
        "{names:?}"
    );
    for name in names {
        let fields = [("honeypotField", name)];
        let refused = ada.does("admin/settings", &fields).await;
        assert_eq!(refused.status, 422, "{name}");
    }
}
