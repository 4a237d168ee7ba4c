//! How a form is answered: by leading on, as its own page with what was typed, or as JSON.

use pigeon::{
    accounts::{Password, User},
    web,
};
use serde_json::json;

use crate::support::{Actors, Person, SITE, TestApp};

const PASSWORD: &str = "a password of theirs";
const TEXT: &str = "Dear Ann,\n\n\"your\" parcel <left> today & will arrive.";

async fn has_password(app: &TestApp, name: &str) {
    let hash = Password::parse(PASSWORD).unwrap().hash().await.unwrap();
    let mut tx = app.app.db.begin().await.unwrap();
    let user = User::find_by_login_name(&mut tx, name).await.unwrap();
    let user = user.unwrap();
    User::set_password(&mut tx, user.id, &hash).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_typed_waits_while_somebody_signs_in_again_and_is_not_sent() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let mut maya = app.staff("maya").await;
    let page = format!("/pigeon/admin/threads/{}", actors.thread.id);
    maya.get(&page).await.expect(200);
    // A new password ends every session.
    has_password(&app, "maya").await;

    let thread = actors.thread.id.to_string();
    let fields = [
        ("threadId", thread.as_str()),
        ("body", TEXT),
        ("isInternalNote", "1"),
    ];
    let asked = maya
        .post("/pigeon/actions/pigeon/admin/reply", &fields)
        .await
        .expect(401);
    let (target, carried) = (
        asked.field("target").unwrap(),
        asked.field("carried").unwrap(),
    );
    assert_eq!(target, page);

    let sign_in = |password| {
        [
            ("loginName", "maya"),
            ("password", password),
            ("target", target.as_str()),
            ("carried", carried.as_str()),
        ]
    };
    let again = maya
        .post("/pigeon/login", &sign_in("wrong"))
        .await
        .expect(422);
    assert_eq!(again.field("carried").as_ref(), Some(&carried));
    assert_eq!(again.field("target").as_ref(), Some(&target));

    let filled = maya
        .post("/pigeon/login", &sign_in(PASSWORD))
        .await
        .expect(200);
    let shown = TEXT
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let shown = shown.replace('"', "&quot;");
    assert!(filled.text().contains(&shown), "{filled:?}");
    let again = maya.get(&page).await.expect(200);
    assert!(
        !again.text().contains("will arrive"),
        "it was not sent: {again:?}"
    );
}

#[tokio::test]
async fn nobody_is_led_elsewhere_by_signing_in() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    app.staff("maya").await;
    has_password(&app, "maya").await;
    let carried = json!([["body", "x"]]).to_string();
    for target in [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test/",
        "https:evil.test",
        "\t//evil.test",
        "javascript:1",
        "https://friend.test/",
        "/.//evil.test",
    ] {
        for carried in ["", carried.as_str(), "{", "[[1]]"] {
            let fields = [
                ("loginName", "maya"),
                ("password", PASSWORD),
                ("target", target),
                ("carried", carried),
            ];
            let answer = app
                .stranger()
                .post("/pigeon/login", &fields)
                .await
                .expect(303);
            assert_eq!(answer.header("location"), Some("/pigeon"), "{target}");
        }
    }
    // A page that is not for them is not shown by carrying something there.
    let mut user = actors.all[3].person.clone();
    has_password(&app, "user").await;
    let fields = [
        ("loginName", "user"),
        ("password", PASSWORD),
        ("target", "/pigeon/admin/settings"),
        ("carried", &carried),
    ];
    let answer = user.post("/pigeon/login", &fields).await;
    assert!(answer.status == 303, "{answer:?}");
}

#[tokio::test]
async fn an_action_has_three_addresses() {
    let app = TestApp::start().await;
    let admin = Actors::of(&app).await.all[7].person.clone();
    let by_name = |name: &str| [("siteName", name.to_owned())];
    for (path, with_field) in [
        ("/pigeon/actions/pigeon/admin/settings", false),
        ("/actions/pigeon/admin/settings", false),
        ("/pigeon/admin/settings", false),
        ("/pigeon/admin/settings", true),
        ("/pigeon/contact", true),
    ] {
        let [(field, value)] = by_name(path);
        let mut fields = vec![(field, value.as_str())];
        if with_field {
            fields.push(("action", "pigeon/admin/settings"));
        }
        admin.clone().post(path, &fields).await.expect(303);
        app.app.reload_settings().await.unwrap();
        assert_eq!(app.app.settings().site_name, value);
    }
    for (path, fields) in [
        ("/pigeon/actions/pigeon/nothing", &[][..]),
        ("/actions/", &[]),
        ("/pigeon/contact", &[("action", "pigeon/nothing")]),
        ("/nothing", &[("action", "pigeon/admin/settings")]),
    ] {
        admin.clone().post(path, fields).await.expect(404);
    }
    // A query names no action.
    let query = "/pigeon/admin?action=pigeon/admin/settings";
    admin
        .clone()
        .post(query, &[("siteName", "x")])
        .await
        .expect(405);
}

#[tokio::test]
async fn a_refusal_is_json_for_whoever_wants_json() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let admin = &actors.all[7].person;
    for action in web::actions::actions() {
        let path = format!("/pigeon/actions/{}", action.name);
        for actor in &actors.all {
            let twice = json!({ "body": ["a", "b"], "threadId": { "a": 1 } });
            let answer = actor.person.clone().post_json(&path, &twice).await;
            assert!((400..500).contains(&answer.status), "{answer:?}");
            let json = answer.json();
            assert_eq!(json["success"], false, "{json}");
            assert!(
                json["message"].as_str().is_some_and(|m| !m.is_empty()),
                "{json}"
            );
            assert!(json["errors"].is_object(), "{json}");
        }
    }
    let answer = admin
        .clone()
        .post_json(
            "/pigeon/actions/pigeon/admin/settings",
            &json!({ "timeZone": "Nowhere" }),
        )
        .await
        .expect(422);
    let json = answer.json();
    assert!(json["errors"]["timeZone"][0].is_string(), "{json}");
    assert_eq!(json["message"], json["errors"]["timeZone"][0]);

    let settings = json!({ "siteName": "Fernhill", "redirect": "/pigeon/contact" });
    let answer = admin
        .clone()
        .post_json("/pigeon/actions/pigeon/admin/settings", &settings)
        .await
        .expect(200);
    let json = answer.json();
    assert_eq!(json["success"], true);
    assert_eq!(json["redirect"], format!("{SITE}/pigeon/contact"));
}

#[tokio::test]
async fn a_field_that_takes_one_value_takes_one_in_every_form() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let admin = &actors.all[7].person;
    let thread = actors.thread.id.to_string();
    let send = async |person: &Person, path: &str, extra: &[(&str, &str)]| {
        let token = actors.all[1].token.as_deref().unwrap();
        let base = [("token", token)];
        let threads = [("threadId", thread.as_str())];
        let has = |name| extra.iter().any(|(key, _)| *key == name);
        let mut fields = extra.to_vec();
        if !has("token") {
            fields.extend(base);
        }
        if !has("threadId") {
            fields.extend(threads);
        }
        person.clone().post(path, &fields).await
    };
    for action in web::actions::actions() {
        if action.name == "pigeon/account/setup" {
            continue; // It is over for good.
        }
        let path = format!("/pigeon/actions/{}", action.name);
        for (twice, name) in [
            (
                &[("email[]", "a@x.test"), ("email[]", "b@x.test")][..],
                "email",
            ),
            (&[("body", "a"), ("body", "b")], "body"),
            (&[("subject[x]", "a")], "subject"),
            (&[("token", "a"), ("token", "b")], "token"),
            (&[("name", "a\0b")], "name"),
        ] {
            let answer = send(admin, &path, twice).await;
            assert_eq!(answer.status, 422, "{} {name}: {answer:?}", action.name);
        }
    }
}
