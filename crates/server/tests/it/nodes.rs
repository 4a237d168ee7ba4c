//! Several nodes on one database are one program.

use futures_util::future::join_all;

use crate::support::{Guest, TestApp, words};

#[tokio::test]
async fn r46_a_link_revoked_on_one_node_stops_at_once_on_every_other() {
    let (app, mut ada) = TestApp::open().await;
    let other = app.node_beside().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    app.run_jobs().await;
    let links = [ann.page.clone(), app.mailed_link("ann@example.com")];
    ann.person.address = other.address;
    for link in &links {
        ann.page.clone_from(link);
        ann.looks().await.expect(200);
        ann.replies(link).await.expect(303);
    }
    app.run_jobs().await;

    let thread = [("threadId", ann.thread.as_str())];
    ada.does("admin/revoke-links", &thread).await.expect(303);
    let before = app.dump().await;
    for link in links {
        ann.page = link;
        for answer in [ann.looks().await, ann.replies("Still there?").await] {
            let shown = words(answer.expect(404).text());
            assert!(
                shown.contains("This link does not work any more"),
                "{shown}"
            );
        }
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn r107_of_fifty_at_once_on_two_nodes_exactly_ten_are_taken() {
    let (app, _) = TestApp::open().await;
    let nodes = [&app, &app.node_beside().await];
    let posts = (0..50).map(|n| {
        let mut person = nodes[n % 2].stranger();
        async move {
            let (email, body) = (format!("guest{n}@example.com"), format!("Number {n}."));
            let fields = [("email", email.as_str()), ("body", body.as_str())];
            let answer = person.does("guest/start", &fields).await;
            (answer.status, answer.header("retry-after").is_some())
        }
    });
    let answers = join_all(posts).await;
    let like = |one| answers.iter().filter(|answer| **answer == one).count();
    assert_eq!(
        (like((303, false)), like((429, true))),
        (10, 40),
        "{answers:?}"
    );
    assert_eq!(app.number("SELECT count(*) FROM threads").await, 10);
    app.run_jobs().await;
    assert_eq!(app.mails().len(), 20, "ten to guests, ten to the admin");
}
