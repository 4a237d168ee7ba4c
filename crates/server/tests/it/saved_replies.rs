//! Answers that the team keeps.

use crate::support::{Guest, Person, TestApp, words};

const PAGE: &str = "/pigeon/admin/saved-replies";

async fn saves(person: &mut Person, title: &str, body: &str) -> String {
    let fields = [("title", title), ("body", body)];
    person
        .does("admin/saved-replies", &fields)
        .await
        .expect(303);
    let page = person.get(PAGE).await.expect(200);
    let before = page.text().split(&format!(">{title}</h2>")).next().unwrap();
    let id = before.rsplit("id=\"r-").next().unwrap();
    id.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_team_shares_its_saved_replies() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    assert!(words(ada.get(PAGE).await.expect(200).text()).contains("There is none yet"));
    let id = saves(&mut ada, "Lost parcel", "Hello {name}").await;
    let page = maya.get(&format!("{PAGE}/{id}")).await.expect(200);
    let seen = page.field("seen").unwrap();
    let fields = [
        ("id", &*id),
        ("seen", &*seen),
        ("title", "Lost"),
        ("body", "Hi {name}"),
    ];
    app.advance(std::time::Duration::from_secs(1));
    maya.does("admin/saved-replies", &fields).await.expect(303);
    let page = ada.get(PAGE).await.expect(200);
    assert!(
        words(page.text()).contains("Lost Hi {name}"),
        "{}",
        page.text()
    );

    // What one knew of is not written over what another has changed since.
    let late = [
        ("id", &*id),
        ("seen", &*seen),
        ("title", "Lost"),
        ("body", "Mine"),
    ];
    let refused = ada.does("admin/saved-replies", &late).await.expect(409);
    assert!(refused.text().contains("Mine") && words(refused.text()).contains("Somebody else"));
    // Having been told, one may.
    let seen = refused.field("seen").unwrap();
    let late = [
        ("id", &*id),
        ("seen", &*seen),
        ("title", "Lost"),
        ("body", "Mine"),
    ];
    ada.does("admin/saved-replies", &late).await.expect(303);

    for _ in 0..2 {
        maya.does("admin/saved-replies/delete", &[("id", &id)])
            .await
            .expect(303);
    }
    ada.get(&format!("{PAGE}/{id}")).await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_lost() {
    let (_app, mut ada) = TestApp::open().await;
    saves(&mut ada, "Lost parcel", "Hello").await;
    let long = "x".repeat(10_001);
    for (title, body, why) in [
        ("", "Text", "Give it a title"),
        ("Title", " ", "Please write a message"),
        ("lost PARCEL", "Another", "with this title already"),
        (&"t".repeat(101), "Text", "100 characters at most"),
        ("Title", &long, "10000 characters at most"),
    ] {
        let refused = ada
            .does("admin/saved-replies", &[("title", title), ("body", body)])
            .await;
        let page = refused.expect(422);
        assert!(words(page.text()).contains(why), "{why}: {}", page.text());
        assert!(page.text().contains(title) && page.text().contains(body));
    }
    // The same form twice is one.
    ada.does(
        "admin/saved-replies",
        &[("title", "Lost parcel"), ("body", "Hello")],
    )
    .await
    .expect(303);
}

#[tokio::test]
async fn there_are_only_so_many() {
    let (_app, mut ada) = TestApp::open().await;
    for n in 0..200 {
        let title = format!("Reply {n}");
        ada.does("admin/saved-replies", &[("title", &title), ("body", "x")])
            .await
            .expect(303);
    }
    let more = [("title", "One more"), ("body", "x")];
    let refused = ada.does("admin/saved-replies", &more).await.expect(409);
    assert!(refused.text().contains("One more"));
}

#[tokio::test]
async fn one_fills_the_composer_and_a_script_gets_it_filled_in() {
    let (app, mut ada) = TestApp::open().await;
    let fields = [
        ("name", "Ann Lee"),
        ("email", "ann@example.com"),
        ("subject", "A {me} cup"),
        ("body", "Hm?"),
    ];
    let ann = Guest::starts(&app, &fields).await;
    let bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    let id = saves(
        &mut ada,
        "Hello",
        "Hello {name}, <b> on \"{subject}\". {unknown} {me}",
    )
    .await;
    for (thread, name, subject) in [
        (&ann.thread, "Ann Lee", "A {me} cup"),
        (&bob.thread, "there", "Support request"),
    ] {
        let body = format!("Hello {name}, <b> on \"{subject}\". {{unknown}} ada");
        let page = ada
            .get(&format!("/pigeon/admin/threads/{thread}?saved={id}"))
            .await
            .expect(200);
        let field = page.text().split("<textarea id=\"body\"").nth(1).unwrap();
        let field = field.split("</textarea>").next().unwrap();
        assert!(crate::support::unescaped(field).ends_with(&body), "{field}");
        let json = [("accept", "application/json")];
        let filled = ada
            .get_with(&format!("{PAGE}/{id}?thread={thread}"), &json)
            .await
            .expect(200);
        assert_eq!(filled.json()["body"], body);
        let list = ada
            .get_with(&format!("{PAGE}?thread={thread}"), &json)
            .await
            .expect(200);
        assert_eq!(list.json()["replies"][0]["title"], "Hello");
        let page = ada
            .get(&format!("{PAGE}?thread={thread}"))
            .await
            .expect(200);
        assert!(
            page.text()
                .contains(&format!("/pigeon/admin/threads/{thread}?saved={id}#write"))
        );
    }
    // A thread that is not there, and a reply that is gone.
    ada.get(&format!("{PAGE}?thread={id}")).await.expect(404);
    ada.get(&format!(
        "/pigeon/admin/threads/{}?saved={}",
        ann.thread, ann.thread
    ))
    .await
    .expect(200);
}

#[tokio::test]
async fn r36_p10_a_saved_reply_reaches_nobody_until_it_is_sent() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let id = saves(&mut ada, "CANARY-7f3 title", "CANARY-7f3 {name}").await;
    ada.get(&format!("/pigeon/admin/threads/{}?saved={id}", ann.thread))
        .await
        .expect(200);
    app.run_jobs().await;
    let page = format!("{}?saved={id}", ann.page);
    let page = ann.person.get(&page).await.expect(200);
    assert!(!page.text().contains("CANARY-7f3"));
    for mail in app.mails() {
        assert!(!mail.text.contains("CANARY-7f3"));
    }
    assert_eq!(
        ann.looks()
            .await
            .expect(200)
            .text()
            .matches("CANARY")
            .count(),
        0
    );
}
