use super::{acts, words};
use crate::support::TestApp;

const PAGE: &str = "/pigeon/admin/new";
const START: &str = "pigeon/admin/start";

#[tokio::test]
async fn staff_write_first_and_the_conversation_is_open() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let fields = [
        ("email", "ben@guests.example"),
        ("name", "Ben"),
        ("subject", "Your lid"),
        ("body", "It is on its way."),
    ];
    let answer = acts(&mut staff, PAGE, START, &fields).await.expect(303);
    let shown = words(&staff.follow(&answer).await.expect(200));
    assert!(
        shown.contains("Your lid") && shown.contains("Answered"),
        "{shown}"
    );
    assert!(shown.contains("ann to Ben"), "{shown}");
    let open = staff
        .get("/pigeon/admin/threads?source=open")
        .await
        .expect(200);
    assert!(words(&open).contains("1 conversation"));
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let fields = [("email", "ben"), ("subject", "Your \"lid\""), ("body", " ")];
    let page = acts(&mut staff, PAGE, START, &fields).await.expect(422);
    assert_eq!(page.field("email").as_deref(), Some("ben"));
    assert_eq!(page.field("subject").as_deref(), Some("Your \"lid\""));
    assert!(page.text().contains("id=\"email-problem\""), "{page:?}");
    assert!(page.text().contains("id=\"body-problem\""), "{page:?}");
}

#[tokio::test]
async fn assigning_needs_its_right_here_too() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let mut admin = app.signed_in("ada", true, &[]).await;
    let page = admin.get(PAGE).await.expect(200);
    let ada = page
        .text()
        .split("<option value=\"")
        .find(|it| it.contains("ada (you)"));
    let ada = ada
        .and_then(|it| it.split('"').next())
        .expect("ada may be chosen")
        .to_owned();
    let fields = [
        ("email", "ben@guests.example"),
        ("body", "Hello."),
        ("assigneeId", &*ada),
    ];
    acts(&mut staff, PAGE, START, &fields).await.expect(403);
    acts(&mut admin, PAGE, START, &fields).await.expect(303);
    let mine = admin
        .get("/pigeon/admin/threads?source=mine")
        .await
        .expect(200);
    assert!(words(&mine).contains("1 conversation"));
}
