use pigeon::{
    accounts::User,
    conversations::{
        held::{Leaving, leave, start::undo},
        notify::Office,
    },
};

use super::*;
use crate::held::races::undo_wins;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_undo_and_leaving_at_once_exactly_one_wins() {
    const ROUNDS: i64 = 104;
    let (app, mut ada) = TestApp::open().await;
    let office = Office::new(&app.app.config, &app.app.settings());
    let writer: User = {
        let mut conn = app.app.db.read().await.unwrap();
        let found = User::find_by_login_name(&mut conn, "ada").await;
        found.unwrap().unwrap()
    };
    let mut begun = 0;
    for round in 0..ROUNDS {
        let id = ada.begins(&[]).await;
        let leaving = serde_json::json!({ "thread": id, "writer": writer.id });
        let leaving: Leaving = serde_json::from_value(leaving).unwrap();
        app.advance(HOLD);
        let now = app.app.clock.now();
        let leaves = {
            let (app, office) = (app.app.clone(), office.clone());
            async move {
                let mut tx = app.db.begin().await.unwrap();
                leave(&mut tx, &office, leaving, now).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        let undoes = {
            let (app, writer) = (app.app.clone(), writer.clone());
            let id = id.parse().unwrap();
            async move {
                let mut tx = app.db.begin().await.unwrap();
                let undone = undo(&mut tx, &writer, id, now).await.unwrap();
                tx.commit().await.unwrap();
                undone
            }
        };
        let undone = Box::pin(undo_wins(round, leaves, undoes)).await;
        begun += i64::from(!undone);
        let left = (threads(&app).await, held(&app).await, drafts(&app).await);
        assert_eq!(left, (begun, 0, i64::from(undone)), "round {round}");
        app.force("DELETE FROM start_drafts").await;
        // What was sent ten minutes ago is another post, though it says the same.
        app.advance(Duration::from_mins(11));
    }
    let least = ROUNDS / 8;
    assert!(begun >= least, "leaving won {begun} times");
    assert!(begun <= ROUNDS - least, "leaving won {begun} times");
    app.run_jobs().await;
    assert_eq!(threads(&app).await, begun);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_at_once_holds_one() {
    let (app, ada) = TestApp::open().await;
    for round in 0..20 {
        let key = format!("a-one-time-key-that-page-{round}-was-given");
        let fields = typed(&[("undoSeconds", "10"), ("key", &key)]);
        let (mut one, mut other) = (ada.clone(), ada.clone());
        let answers = tokio::join!(
            one.does("admin/start", &fields),
            other.does("admin/start", &fields)
        );
        assert_eq!((answers.0.status, answers.1.status), (303, 303));
        let (one, other) = (&answers.0, &answers.1);
        assert_eq!(one.header("location"), other.header("location"));
        assert_eq!(held(&app).await, round + 1);
    }
    app.advance(HOLD);
    app.run_jobs().await;
    assert_eq!(app.mails_to("ben@guests.example").len(), 20);
}
