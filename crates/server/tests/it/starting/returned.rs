use pigeon::accounts::Permission::{AssignThreads, ManageThreads};

use super::*;
use crate::support::{id_of, id_of_user, words};

/// It is a draft again, its writer is told so on every page, and why; nobody was mailed.
async fn assert_back(app: &TestApp, writer: &mut Person, id: &str, why: &str) {
    assert_eq!(
        (threads(app).await, held(app).await, drafts(app).await),
        (0, 0, 1)
    );
    assert!(app.mails().is_empty());
    let said = format!("Not sent to Ben: Your \"lid\" . {why} Your text is a draft again.");
    let list = writer.get("/pigeon/admin/threads").await.expect(200);
    assert!(words(list.text()).contains(&said), "{said}: {list:?}");
    let link = format!("href=\"{}\"", page_of(id));
    assert!(list.text().contains(&link), "{list:?}");
    let page = writer.get("/pigeon/admin/new").await.expect(200);
    assert_filled_in(&page);
    let banner = format!("This was not sent. {why}");
    assert!(words(page.text()).contains(&banner), "{page:?}");
    // Whoever goes on writing has been told.
    let keep = typed(&[("draftId", id)]);
    writer.does("admin/draft", &keep).await.expect(303);
    let list = writer.get("/pigeon/admin/threads").await.expect(200);
    assert!(!words(list.text()).contains("Not sent"), "{list:?}");
    // Sent again, it leaves.
    writer.begins(&[("draftId", id)]).await;
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!(app.mails_to("ben@guests.example").len(), 1);
    assert_eq!((held(app).await, drafts(app).await), (0, 0));
}

#[tokio::test]
async fn r29_a_writer_who_was_disabled_begins_nothing_more() {
    let (app, mut ada) = TestApp::open().await;
    let id = ada.begins(&[]).await;
    app.force("UPDATE users SET disabled_at = 1").await;
    app.advance(HOLD);
    app.run_jobs().await;
    app.force("UPDATE users SET disabled_at = NULL").await;
    let why = "Your account could not answer at that time.";
    assert_back(&app, &mut ada, &id, why).await;
}

#[tokio::test]
async fn r29_a_writer_who_lost_the_right_begins_nothing_more() {
    let (app, _) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let id = maya.begins(&[]).await;
    app.force("DELETE FROM user_permissions").await;
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!((threads(&app).await, drafts(&app).await), (0, 1));
    maya.does("admin/start", &FORM).await.expect(403);
    // Nor by any other of the doors, as they stand open for nobody without the right.
    for action in ["admin/unsend", "admin/send-now"] {
        maya.does_with_start(action, &id).await.expect(403);
    }
}

#[tokio::test]
async fn whom_it_was_for_is_gone_and_nobody_else_gets_it() {
    let (app, mut ada) = TestApp::open().await;
    app.staff("maya").await;
    let maya = id_of_user(&app, "maya").await;
    let id = ada.begins(&[("assigneeId", &maya)]).await;
    app.force("UPDATE users SET disabled_at = 1 WHERE name = 'maya'")
        .await;
    app.advance(HOLD);
    app.run_jobs().await;
    let why = "It could not be assigned as you had chosen.";
    assert_back(&app, &mut ada, &id, why).await;
}

#[tokio::test]
async fn r29_a_writer_who_may_assign_no_more_assigns_nothing() {
    let (app, _) = TestApp::open().await;
    let may = [ManageThreads, AssignThreads];
    let mut maya = app.signed_in("maya", false, &may).await;
    let me = id_of(&mut maya).await;
    let id = maya.begins(&[("assigneeId", &me)]).await;
    app.force("DELETE FROM user_permissions WHERE permission = 'pigeon:assignThreads'")
        .await;
    app.advance(HOLD);
    // Nor at once.
    let refused = maya.does_with_start("admin/send-now", &id).await;
    let shown = words(refused.expect(409).text());
    let why = "It could not be assigned as you had chosen.";
    let said = format!("It was not sent, and is a draft again. {why}");
    assert!(shown.contains(&said), "{shown}");
    app.run_jobs().await;
    assert_back(&app, &mut maya, &id, why).await;
}

#[tokio::test]
async fn what_could_not_begin_for_a_day_waits_for_its_writer() {
    const DAY: Duration = Duration::from_hours(24);
    const WHY: &str = "Nothing could leave for a day, so it waits for you to decide.";
    // No worker ran; or somebody dropped the job, and only the sweep finds it.
    for dropped in [false, true] {
        let (app, mut ada) = TestApp::open().await;
        app.run_jobs().await;
        let id = ada.begins(&[]).await;
        if dropped {
            app.force("DELETE FROM jobs WHERE kind = 'leave'").await;
        }
        app.advance(DAY + DAY);
        app.run_jobs().await;
        ada.does_with_start("admin/unsend", &id).await.expect(409);
        assert_back(&app, &mut ada, &id, WHY).await;
    }
}

#[tokio::test]
async fn a_restart_loses_nothing_and_any_node_lets_it_go() {
    let (mut app, mut ada) = TestApp::open().await;
    let id = ada.begins(&[]).await;
    let other = app.node_beside().await;
    app.ask_to_end();
    app.ended().await;
    other.advance(HOLD);
    other.run_jobs().await;
    ada.address = other.address;
    let thread = format!("/pigeon/admin/threads/{id}");
    assert!(
        ada.get(&thread)
            .await
            .expect(200)
            .text()
            .contains("Dear Ben,")
    );
    assert_eq!(held(&other).await, 0);
}
