//! The first run.

use std::time::Duration;

use pigeon::accounts::{User, setup};

use crate::support::{Answer, Person, TestApp};

const SETUP: &str = "/pigeon/setup";

async fn sends(person: &mut Person, code: &str) -> Answer {
    let fields = [
        ("code", code),
        ("name", "Maya Lindqvist"),
        ("email", "maya@fernhill.example"),
        ("password", "correct horse battery"),
    ];
    person.post(SETUP, &fields).await
}

async fn users(app: &TestApp) -> Vec<User> {
    User::list(&mut app.app.db.read().await.expect("the database is there"))
        .await
        .expect("the database is there")
}

#[tokio::test]
async fn whoever_has_the_code_becomes_the_first_admin_and_names_the_site() {
    let app = TestApp::start().await;
    let code = setup::code(&app.app.secrets);
    let mut maya = app.stranger();
    assert_eq!(maya.get("/pigeon").await.header("location"), Some(SETUP));
    let page = maya.get(SETUP).await.expect(200);
    assert!(!page.text().contains(&code));

    let answer = sends(&mut maya, &code).await.expect(303);
    assert_eq!(answer.header("location"), Some(SETUP));
    let user = users(&app).await.pop().unwrap();
    assert!(user.admin && user.name == "Maya Lindqvist");

    let page = maya.follow(&answer).await.expect(200);
    assert_eq!(page.field("siteName").as_deref(), Some("pigeon.test"));
    assert!(
        page.text()
            .contains("<option selected>Europe/London</option>")
    );
    let refused = maya.post(SETUP, &[("siteName", " ")]).await.expect(422);
    assert!(
        refused.text().contains("The site needs a name."),
        "{refused:?}"
    );
    let fields = [
        ("siteName", "Fernhill Pottery"),
        ("timeZone", "Europe/London"),
    ];
    let inbox = maya.post(SETUP, &fields).await.expect(303);
    let inbox = maya.follow(&inbox).await.expect(200);
    assert!(inbox.text().contains("The loft is ready"), "{inbox:?}");
    assert_eq!(app.app.settings().site_name, "Fernhill Pottery");
    assert_eq!(
        maya.get("/pigeon").await.header("location"),
        Some("/pigeon/admin")
    );
    assert_eq!(maya.get(SETUP).await.header("location"), Some("/pigeon"));
}

#[tokio::test]
async fn a_setting_that_is_pinned_is_refused_by_name_of_its_pin() {
    let app = TestApp::start().await;
    let mut maya = app.stranger();
    sends(&mut maya, &setup::code(&app.app.secrets))
        .await
        .expect(303);
    let fields = [("siteName", "Fernhill"), ("timeZone", "Europe/Paris")];
    let refused = maya.post(SETUP, &fields).await.expect(422);
    assert!(
        refused.text().contains("PIGEON_SETTING_TIME_ZONE"),
        "{refused:?}"
    );
    assert_eq!(refused.field("siteName").as_deref(), Some("Fernhill"));
    assert_eq!(app.app.settings().site_name, "pigeon.test");
}

#[tokio::test]
async fn a_wrong_code_makes_nobody_admin_and_guessing_is_slow() {
    let app = TestApp::start().await;
    let mut person = app.stranger();
    for code in &["", "null", "aaaaa-aaaaa-aaaaa-aaaaa"].repeat(7)[..20] {
        let refused = sends(&mut person, code).await.expect(422);
        assert_eq!(
            refused.field("email").as_deref(),
            Some("maya@fernhill.example")
        );
        assert!(!refused.text().contains("correct horse battery"));
    }
    let code = setup::code(&app.app.secrets);
    sends(&mut person, &code).await.expect(429);
    assert!(users(&app).await.is_empty());

    app.advance(Duration::from_mins(15));
    let typed = code.to_uppercase().replace('-', " ");
    sends(&mut person, &typed).await.expect(303);
}

#[tokio::test]
async fn every_problem_with_the_first_account_is_said_at_once() {
    let app = TestApp::start().await;
    let code = setup::code(&app.app.secrets);
    let fields = [("code", &*code), ("email", "maya"), ("password", "short")];
    let page = app.stranger().post(SETUP, &fields).await.expect(422);
    assert!(
        page.text().contains("looks like ann@example.com"),
        "{page:?}"
    );
    assert!(page.text().contains("at least 12 characters"), "{page:?}");
    assert_eq!(page.field("code").as_deref(), Some(&*code));
}

#[tokio::test]
async fn of_two_at_once_one_becomes_admin_and_afterwards_nobody_does() {
    let app = TestApp::start().await;
    let code = setup::code(&app.app.secrets);
    let (mut one, mut two) = (app.stranger(), app.stranger());
    let answers = tokio::join!(sends(&mut one, &code), sends(&mut two, &code));
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert!(
        statuses == [303, 303] || statuses == [303, 409],
        "{statuses:?}"
    );
    assert_eq!(users(&app).await.len(), 1);

    let mut late = app.stranger();
    sends(&mut late, &code).await.expect(303);
    assert_eq!(late.cookie("pigeon"), None);
    late.post(SETUP, &[("siteName", "Mine")]).await.expect(401);
    assert_eq!(users(&app).await.len(), 1);
    assert_eq!(app.app.settings().site_name, "pigeon.test");
}

#[tokio::test]
async fn an_admin_from_the_command_line_ends_set_up_too() {
    let app = TestApp::start().await;
    let mut anna = app.signed_in("anna", true, &[]).await;
    assert_eq!(
        anna.get("/pigeon").await.header("location"),
        Some("/pigeon/admin")
    );
    assert_eq!(anna.get(SETUP).await.header("location"), Some("/pigeon"));
    anna.post(SETUP, &[("siteName", "Mine")]).await.expect(403);
}
