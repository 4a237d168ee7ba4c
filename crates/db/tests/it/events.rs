use std::time::Duration;

use db::{Event, Events, testing::TestDb};
use tokio::time::timeout;
use uuid::Uuid;

use crate::posting::{SCHEMA, announced, post_and_commit};

async fn next(events: &mut Events) -> Event {
    let wait = timeout(Duration::from_secs(10), events.next());
    wait.await.expect("an event")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_announced_is_heard_here_after_the_commit_and_only_once() {
    let test = TestDb::new(SCHEMA).await;
    let mut events = test.db.events();
    let mut tx = test.db.begin().await.unwrap();
    tx.announce("never".into()).await.unwrap();
    drop(tx);

    let ids: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    let mut heard = Vec::new();
    for id in &ids {
        post_and_commit(&test.db, *id).await.unwrap();
        heard.extend(announced(&mut events));
    }
    assert_eq!(heard, ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_writes_is_noticed() {
    let test = TestDb::new(SCHEMA).await;
    let other = test.open_again().await;
    let mut events = test.db.events();
    let id = Uuid::now_v7();
    post_and_commit(&other, id).await.unwrap();
    let expected = match test.db.kind() {
        db::Kind::Sqlite => Event::Anything, // a file only tells that it was written to
        db::Kind::Postgres => Event::Topic(id.to_string().into()),
    };
    assert_eq!(next(&mut events).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_process_writes_is_not_taken_for_anothers() {
    let test = TestDb::sqlite(SCHEMA, db::Options::default()).await;
    let db = test.open_again().await; // after it was migrated, on another connection
    let mut events = db.events();
    // Longer than it takes to look, and to move the pages to the database.
    let end = tokio::time::Instant::now() + Duration::from_millis(2500);
    while tokio::time::Instant::now() < end {
        post_and_commit(&db, Uuid::now_v7()).await.unwrap();
        while let Some(event) = events.try_next() {
            assert_ne!(event, Event::Anything);
        }
    }
}

#[tokio::test]
async fn who_is_too_slow_to_listen_is_told_to_look() {
    let test = TestDb::new(SCHEMA).await;
    let mut events = test.db.events();
    let mut tx = test.db.begin().await.unwrap();
    for number in 0..2000 {
        tx.announce(number.to_string()).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(next(&mut events).await, Event::Anything);
}
