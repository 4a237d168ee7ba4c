//! Signing in and out, and what a session is worth.

use std::time::Duration;

use pigeon::accounts::{Password, User};

use crate::support::{Answer, Person, TestApp};

const PASSWORD: &str = "correct horse battery";
const LOGIN: &str = "/pigeon/login";
const DAY: Duration = Duration::from_hours(24);

async fn has_password(app: &TestApp, name: &str) {
    let password = Password::parse(PASSWORD).expect("a password");
    let hash = password.hash().await.expect("a hash");
    let mut tx = app.app.db.begin().await.expect("it is there");
    let user = User::find_by_login_name(&mut tx, name)
        .await
        .expect("it is there")
        .expect("it is there");
    User::set_password(&mut tx, user.id, &hash)
        .await
        .expect("it is there");
    tx.commit().await.expect("it is there");
}

/// With Maya, who has a password, an admin, and a proxy that says where people come from.
async fn start() -> TestApp {
    let app = TestApp::with(&[("PIGEON_TRUSTED_PROXIES", "127.0.0.1")]).await;
    app.signed_in("anna", true, &[]).await;
    app.staff("maya").await;
    has_password(&app, "maya").await;
    app
}

async fn signs_in(person: &mut Person, name: &str, password: &str) -> Answer {
    person
        .post(LOGIN, &[("loginName", name), ("password", password)])
        .await
}

async fn signs_in_from(person: &mut Person, from: &str, name: &str, password: &str) -> Answer {
    let fields = [("loginName", name), ("password", password)];
    let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", from)];
    person.post_with(LOGIN, &fields, &headers).await
}

async fn is_signed_in(person: &mut Person) -> bool {
    match person.get(LOGIN).await.status {
        303 => true,
        200 => false,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn people_sign_in_by_user_name_or_address_and_are_led_on() {
    let app = start().await;
    for name in ["maya", " MAYA ", "maya@example.com", "Maya@EXAMPLE.com"] {
        let mut maya = app.stranger();
        let answer = signs_in(&mut maya, name, PASSWORD).await.expect(303);
        assert_eq!(answer.header("location"), Some("/pigeon"), "{name}");
        assert!(is_signed_in(&mut maya).await, "{name}");
        assert_eq!(
            maya.get("/pigeon").await.header("location"),
            Some("/pigeon/admin")
        );
    }
    for (target, leads_to) in [
        ("/pigeon/logout", "/pigeon/logout"),
        ("https://evil.test/", "/pigeon"),
        ("//evil.test/", "/pigeon"),
    ] {
        let fields = [
            ("loginName", "maya"),
            ("password", PASSWORD),
            ("target", target),
        ];
        let answer = app.stranger().post(LOGIN, &fields).await.expect(303);
        assert_eq!(answer.header("location"), Some(leads_to), "{target}");
    }
}

#[tokio::test]
async fn nothing_tells_a_wrong_password_from_an_unknown_name() {
    let app = start().await;
    let mut disabled = app.user("ulla").await;
    has_password(&app, "ulla").await;
    let mut tx = app.app.db.begin().await.unwrap();
    let ulla = User::find_by_login_name(&mut tx, "ulla")
        .await
        .unwrap()
        .unwrap();
    User::disable(&mut tx, ulla.id, app.app.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(!is_signed_in(&mut disabled).await);

    let mut texts = Vec::new();
    for (name, password) in [
        ("maya", "a wrong password"),
        ("nobody", PASSWORD),
        ("nobody@example.com", PASSWORD),
        ("ulla", PASSWORD),
        ("", ""),
    ] {
        let body = serde_json::json!({ "loginName": name, "password": password });
        let answer = app.stranger().post_json(LOGIN, &body).await.expect(422);
        texts.push(answer.text().to_owned());
        let page = signs_in(&mut app.stranger(), name, password)
            .await
            .expect(422);
        assert!(page.text().contains("do not go together"), "{page:?}");
        assert_eq!(page.field("loginName").as_deref(), Some(name));
        assert!(password.is_empty() || !page.text().contains(password));
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
}

#[tokio::test]
async fn ten_wrong_passwords_stop_that_address_for_that_account_and_nobody_else() {
    let app = start().await;
    app.staff("ben").await;
    has_password(&app, "ben").await;
    let mut guesser = app.stranger();
    for name in ["maya", "maya@example.com"].repeat(5) {
        signs_in_from(&mut guesser, "203.0.113.1", name, "a wrong password")
            .await
            .expect(422);
    }
    for password in ["a wrong password", PASSWORD] {
        let answer = signs_in_from(&mut guesser, "203.0.113.1", "maya", password)
            .await
            .expect(429);
        assert_eq!(answer.header("retry-after"), Some("900"));
        assert_eq!(answer.field("loginName").as_deref(), Some("maya"));
    }
    signs_in_from(&mut app.stranger(), "203.0.113.2", "maya", PASSWORD)
        .await
        .expect(303);
    signs_in_from(&mut app.stranger(), "203.0.113.1", "ben", PASSWORD)
        .await
        .expect(303);

    app.advance(Duration::from_mins(15));
    signs_in_from(&mut guesser, "203.0.113.1", "maya", PASSWORD)
        .await
        .expect(303);
}

#[tokio::test]
async fn the_limits_are_exact_when_everybody_tries_at_once() {
    let app = start().await;
    let tries = |names: Vec<String>, from: &'static str| {
        let tries: Vec<_> = names
            .into_iter()
            .map(|name| {
                let mut person = app.stranger();
                tokio::spawn(async move {
                    signs_in_from(&mut person, from, &name, "a wrong password")
                        .await
                        .status
                })
            })
            .collect();
        async move {
            let mut refused = 0;
            for one in tries {
                let status = one.await.unwrap();
                assert!(matches!(status, 422 | 429), "{status}");
                refused += usize::from(status == 429);
            }
            refused
        }
    };
    assert_eq!(tries(vec!["maya".into(); 16], "203.0.113.1").await, 6);
    // By address, whatever names are tried; an IPv6 address counts with its /64.
    let names = |n: usize| (0..n).map(|i| format!("nobody-{i}")).collect();
    assert_eq!(tries(names(40), "2001:db8:1:2::1").await, 0);
    assert_eq!(tries(names(30), "2001:db8:1:2:ffff::2").await, 10);
}

#[tokio::test]
async fn the_right_password_does_not_use_up_tries() {
    let app = start().await;
    for _ in 0..15 {
        signs_in(&mut app.stranger(), "maya", PASSWORD)
            .await
            .expect(303);
    }
}

#[tokio::test]
async fn signing_in_makes_a_new_session_and_ends_the_browsers_old_one() {
    let app = start().await;
    let mut maya = app.stranger();
    maya.keep_cookie("pigeon", "known");
    signs_in(&mut maya, "maya", PASSWORD).await.expect(303);
    let first = maya.cookie("pigeon").unwrap().to_owned();
    assert_ne!(first, "known");

    signs_in(&mut maya, "maya", PASSWORD).await.expect(303);
    assert_ne!(maya.cookie("pigeon").unwrap(), first);
    let mut old = app.stranger();
    old.keep_cookie("pigeon", &first);
    assert!(!is_signed_in(&mut old).await);
    assert!(is_signed_in(&mut maya).await);
}

#[tokio::test]
async fn r69_signing_out_ends_the_session_and_looking_at_the_page_does_not() {
    let app = start().await;
    let mut maya = app.stranger();
    signs_in(&mut maya, "maya", PASSWORD).await.expect(303);
    let mut copy = maya.clone();
    maya.get("/pigeon/logout").await.expect(200);
    assert!(is_signed_in(&mut maya).await);

    maya.post("/pigeon/logout", &[]).await.expect(303);
    assert_eq!(maya.cookie("pigeon"), None);
    assert!(!is_signed_in(&mut copy).await);
    maya.post("/pigeon/logout", &[]).await.expect(303);
}

#[tokio::test]
async fn r69_a_new_password_and_disabling_end_every_session_at_once() {
    let app = start().await;
    let mut maya = app.stranger();
    signs_in(&mut maya, "maya", PASSWORD).await.expect(303);
    has_password(&app, "maya").await;
    assert!(!is_signed_in(&mut maya).await);

    signs_in(&mut maya, "maya", PASSWORD).await.expect(303);
    let mut tx = app.app.db.begin().await.unwrap();
    let user = User::find_by_login_name(&mut tx, "maya")
        .await
        .unwrap()
        .unwrap();
    User::disable(&mut tx, user.id, app.app.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(!is_signed_in(&mut maya).await);
    signs_in(&mut maya, "maya", PASSWORD).await.expect(422);
}

#[tokio::test]
async fn a_session_lasts_thirty_days_from_signing_in_whatever_is_looked_at() {
    let app = start().await;
    let mut maya = app.stranger();
    signs_in(&mut maya, "maya", PASSWORD).await.expect(303);
    app.advance(DAY * 29);
    assert!(is_signed_in(&mut maya).await);
    app.advance(DAY);
    assert!(!is_signed_in(&mut maya).await);
}

#[tokio::test]
async fn an_odd_cookie_is_nobodys_session() {
    let app = start().await;
    for value in [
        "",
        "null",
        "%20",
        &"0".repeat(43),
        &"0".repeat(64),
        &"x".repeat(4_000),
    ] {
        let mut person = app.stranger();
        person.keep_cookie("pigeon", value);
        assert!(!is_signed_in(&mut person).await, "{value}");
    }
}

#[tokio::test]
async fn another_site_signs_nobody_in() {
    let app = start().await;
    let fields = [("loginName", "maya"), ("password", PASSWORD)];
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("origin", "https://evil.test")],
        &[("origin", "https://friend.test")],
        &[],
    ] {
        let mut person = app.stranger();
        person.post_with(LOGIN, &fields, headers).await.expect(403);
        assert_eq!(person.cookie("pigeon"), None);
    }
    // An old browser shows by the form's token that the form was ours.
    let mut person = app.stranger();
    let csrf = person.get(LOGIN).await.field("csrf").unwrap();
    let fields = [&fields[..], &[("csrf", &csrf)]].concat();
    person.post_with(LOGIN, &fields, &[]).await.expect(303);
}

#[tokio::test]
async fn the_database_and_the_pages_hold_no_token() {
    let app = start().await;
    let mut maya = app.stranger();
    signs_in(&mut maya, "maya", PASSWORD).await.expect(303);
    let token = maya.cookie("pigeon").unwrap().to_owned();
    let mut conn = app.app.db.read().await.unwrap();
    let hashes: Vec<(Vec<u8>,)> = conn
        .query("SELECT token_hash FROM sessions")
        .fetch_all()
        .await
        .unwrap();
    assert!(hashes.iter().all(|(hash,)| hash.len() == 32));
    assert!(!maya.get("/pigeon/logout").await.text().contains(&token));
}

#[tokio::test]
async fn a_right_that_is_taken_away_is_gone_at_the_next_request() {
    let app = start().await;
    let mut maya = app.stranger();
    signs_in(&mut maya, "maya", PASSWORD).await.expect(303);
    maya.get("/pigeon/admin").await.expect(200);
    let mut tx = app.app.db.begin().await.unwrap();
    let taken = tx.query("DELETE FROM user_permissions").execute().await;
    assert_eq!(taken.unwrap(), 1);
    tx.commit().await.unwrap();
    maya.get("/pigeon/admin").await.expect(403);
    assert!(is_signed_in(&mut maya).await);
}
