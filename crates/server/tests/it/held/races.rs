use pigeon::{
    accounts::User,
    conversations::{
        held::{Leaving, leave, undo},
        notify::Office,
    },
};

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_undo_and_leaving_at_once_exactly_one_wins() {
    const ROUNDS: i64 = 200;
    let (app, mut ada, ann) = asked().await;
    let office = Office::new(&app.app.config, &app.app.settings());
    let writer: User = {
        let mut conn = app.app.db.read().await.unwrap();
        let found = User::find_by_login_name(&mut conn, "ada").await;
        found.unwrap().unwrap()
    };
    let leaving = serde_json::json!({ "thread": ann.thread, "writer": writer.id });
    let leaving: Leaving = serde_json::from_value(leaving).unwrap();
    let thread = ann.thread.parse().unwrap();
    let (mut posted, mut taken_back) = (1, 0);
    for round in 0..ROUNDS {
        let id = ada.holds(&ann.thread, &format!("Number {round}.")).await;
        let id = id.parse().unwrap();
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
            async move {
                let mut tx = app.db.begin().await.unwrap();
                let undone = undo(&mut tx, &writer, thread, id, now).await.unwrap();
                tx.commit().await.unwrap();
                undone
            }
        };
        if Box::pin(undo_wins(round, leaves, undoes)).await {
            taken_back += 1;
        } else {
            posted += 1;
        }
        assert_eq!(messages(&app).await, posted, "round {round}");
        assert_eq!(held(&app).await, 0, "round {round}");
        let mut drafted = app.app.db.read().await.unwrap();
        let body: Option<String> = drafted
            .query("SELECT body FROM drafts")
            .fetch_scalar_optional()
            .await
            .unwrap();
        let count = body.map_or(0, |body| body.matches("Number").count());
        assert_eq!(
            count, taken_back,
            "round {round}: nothing lost, nothing twice"
        );
        drop(drafted);
        // What was taken back stays: holding the next one would take its place.
        if taken_back > 0 {
            app.force("DELETE FROM drafts").await;
            taken_back = 0;
        }
    }
    let least = ROUNDS / 8;
    assert!(posted > least, "leaving won {posted} times");
    assert!(posted <= 1 + ROUNDS - least, "leaving won {posted} times");
    app.run_jobs().await;
    assert_eq!(messages(&app).await, posted);
}

/// Now the one, now the other is first; mostly nobody knows.
pub async fn undo_wins(
    round: i64,
    leaves: impl Future<Output = ()> + Send + 'static,
    undoes: impl Future<Output = bool> + Send + 'static,
) -> bool {
    match round % 8 {
        0 => {
            leaves.await;
            undoes.await
        }
        1 => {
            let undone = undoes.await;
            leaves.await;
            undone
        }
        _ => {
            let (leaves, undoes) = (tokio::spawn(leaves), tokio::spawn(undoes));
            leaves.await.unwrap();
            undoes.await.unwrap()
        }
    }
}

#[tokio::test]
async fn a_form_that_is_sent_twice_at_once_holds_one() {
    let (app, ada, ann) = asked().await;
    for round in 0..20 {
        let body = format!("Number {round}.");
        let fields = [
            ("threadId", ann.thread.as_str()),
            ("body", body.as_str()),
            ("key", "a-one-time-key-that-one-page-was-given"),
            ("undoSeconds", "10"),
        ];
        let (mut one, mut other) = (ada.clone(), ada.clone());
        let answers = tokio::join!(
            one.does("admin/reply", &fields),
            other.does("admin/reply", &fields)
        );
        assert_eq!((answers.0.status, answers.1.status), (303, 303));
        assert_eq!(held(&app).await, round + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keeping_a_draft_while_a_message_comes_back_blocks_neither() {
    let (app, ada, ann) = asked().await;
    for round in 0..40 {
        let held = ada.clone().holds(&ann.thread, "First this.").await;
        let (mut one, mut other) = (ada.clone(), ada.clone());
        let (first, second) = (ann.thread.clone(), ann.thread.clone());
        let undo = async move { one.does_with("admin/unsend", &first, &held).await.status };
        let keep = async move {
            let fields = [("threadId", second.as_str()), ("body", "Then that.")];
            other.does("admin/draft", &fields).await.status
        };
        let (undo, keep) = (tokio::spawn(undo), tokio::spawn(keep));
        assert_eq!((undo.await.unwrap(), keep.await.unwrap()), (303, 303));
        let bodies: Vec<String> = {
            let mut conn = app.app.db.read().await.unwrap();
            let bodies = conn.query("SELECT body FROM drafts").fetch_scalars().await;
            bodies.unwrap()
        };
        // Kept last, it takes the place of what stood there, as any keeping does.
        let whole = ["First this.\n\nThen that.", "Then that."];
        assert!(
            whole.contains(&bodies.join("|").as_str()),
            "round {round}: {bodies:?}"
        );
        app.force("DELETE FROM drafts").await;
    }
}
