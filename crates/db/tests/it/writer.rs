//! Who keeps SQLite's writer, for how long, and what others notice of it.

use std::{future::pending, time::Duration};

use db::{Db, Options, Trouble, testing::TestDb, trouble};
use tokio::{
    sync::oneshot,
    task::JoinSet,
    time::{Instant, timeout},
};
use uuid::Uuid;

use crate::posting::{SCHEMA, post, post_and_commit, queue_behind, whole_messages};

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_gives_the_writer_back() {
    let test = TestDb::new(SCHEMA).await;
    let handler = tokio::spawn({
        let db = test.db.clone();
        async move {
            let mut tx = db.begin().await.unwrap();
            post(&mut tx, Uuid::now_v7()).await.unwrap();
            panic!("on purpose");
        }
    });
    assert!(handler.await.unwrap_err().is_panic());
    let id = Uuid::now_v7();
    post_and_commit(&test.db, id).await.unwrap();
    assert_eq!(whole_messages(&test.db).await, [id].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_in_mid_transaction_leaves_nothing_and_blocks_nobody() {
    let options = Options {
        hold: Duration::from_mins(1), // it is not that which ends the wait
        ..Options::default()
    };
    let test = TestDb::with(SCHEMA, options).await;
    let (posted, has_posted) = oneshot::channel();
    let handler = tokio::spawn({
        let db = test.db.clone();
        async move {
            let mut tx = db.begin().await.unwrap();
            post(&mut tx, Uuid::now_v7()).await.unwrap();
            posted.send(()).unwrap();
            pending::<()>().await;
            drop(tx);
        }
    });
    has_posted.await.unwrap();
    handler.abort();
    let id = Uuid::now_v7();
    let next = timeout(Duration::from_secs(20), post_and_commit(&test.db, id));
    next.await.unwrap().unwrap();
    assert_eq!(whole_messages(&test.db).await, [id].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_keeps_the_writer_too_long_is_rolled_back_and_delays_nobody_further() {
    let options = Options {
        hold: Duration::from_millis(50),
        ..Options::default()
    };
    let test = TestDb::sqlite(SCHEMA, options).await;
    let (kept, next) = (Uuid::now_v7(), Uuid::now_v7());
    let mut tx = test.db.begin().await.unwrap();
    post(&mut tx, kept).await.unwrap();
    post_and_commit(&test.db, next).await.unwrap(); // waits until it is taken back

    let late = tx.query("DELETE FROM jobs").execute().await.unwrap_err();
    assert_eq!(trouble(&late), Trouble::Gone, "{late}");
    let late = tx.commit().await.unwrap_err();
    assert!(
        late.to_string().contains("kept the writer too long"),
        "{late}"
    );
    assert_eq!(whole_messages(&test.db).await, [next].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn late_comers_do_not_put_the_commit_off() {
    let test = TestDb::sqlite(SCHEMA, Options::default()).await;
    let mut late = JoinSet::new();
    for _ in 0..3 {
        let db = test.db.clone();
        late.spawn(async move {
            loop {
                let mut tx = db.begin().await.unwrap();
                post(&mut tx, Uuid::now_v7()).await.unwrap(); // and never commits
            }
        });
    }
    for _ in 0..10 {
        let posted = post_and_commit(&test.db, Uuid::now_v7());
        timeout(Duration::from_secs(5), posted)
            .await
            .unwrap()
            .unwrap();
    }
    late.shutdown().await;
    assert_eq!(whole_messages(&test.db).await.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_that_writes_is_waited_for_five_seconds_by_all_who_queue() {
    let test = TestDb::sqlite(SCHEMA, Options::default()).await;
    let patient = Options {
        hold: Duration::from_mins(1),
        ..Options::default()
    };
    let other = Db::open(&test.url, patient).await.unwrap();
    let theirs = other.begin().await.unwrap();
    let asked = Instant::now();
    let mut waiting = JoinSet::new();
    for _ in 0..5 {
        let db = test.db.clone();
        waiting.spawn(async move { db.begin().await.err() });
    }
    for error in waiting.join_all().await {
        let error = error.expect("locked by the other process");
        assert_eq!(trouble(&error), Trouble::Gone);
        assert!(error.to_string().contains("locked"), "{error}");
    }
    assert!(
        asked.elapsed() < Duration::from_secs(9),
        "one after the other"
    );
    drop(theirs);
    post_and_commit(&test.db, Uuid::now_v7()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_those_under_way() {
    let test = TestDb::sqlite(SCHEMA, Options::default()).await;
    let ids: Vec<Uuid> = (0..5).map(|_| Uuid::now_v7()).collect();
    let posters = ids.clone().into_iter().map(|id| {
        let db = test.db.clone();
        async move { post_and_commit(&db, id).await }
    });
    let (first, queue) = queue_behind(&test.db, posters).await;
    let closing = tokio::spawn({
        let db = test.db.clone();
        async move { db.close().await }
    });
    drop(first);
    for outcome in queue.join_all().await {
        outcome.unwrap();
    }
    closing.await.unwrap();
    let error = post_and_commit(&test.db, Uuid::now_v7()).await.unwrap_err();
    assert!(matches!(error, sqlx::Error::PoolClosed), "{error}");
    let reopened = test.open_again().await;
    assert_eq!(whole_messages(&reopened).await, ids.into_iter().collect());
}
