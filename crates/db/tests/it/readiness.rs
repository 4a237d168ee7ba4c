use db::{Options, Unready, testing::TestDb};
use uuid::Uuid;

use crate::posting::{SCHEMA, post_and_commit};

#[tokio::test]
async fn a_node_is_ready_with_a_migrated_database() {
    let test = TestDb::new(SCHEMA).await;
    test.db.ready(SCHEMA).await.unwrap();
}

#[tokio::test]
async fn a_closed_database_is_not_ready() {
    let test = TestDb::new(SCHEMA).await;
    test.db.close().await;
    assert!(matches!(test.db.ready(SCHEMA).await, Err(Unready::Gone(_))));
}

#[tokio::test]
async fn a_full_disk_is_not_ready_until_there_is_room_again() {
    let options = Options {
        max_pages: Some(300),
        ..Options::default()
    };
    let test = TestDb::sqlite(SCHEMA, options).await;
    while post_and_commit(&test.db, Uuid::now_v7()).await.is_ok() {}
    for _ in 0..2 {
        let ready = test.db.ready(SCHEMA).await;
        assert!(matches!(ready, Err(Unready::Full)), "{ready:?}");
    }
    // Another process, without the limit, makes room.
    let other = test.open_again().await;
    let mut tx = other.begin().await.unwrap();
    tx.query("DELETE FROM jobs").execute().await.unwrap();
    tx.query("DELETE FROM messages").execute().await.unwrap();
    tx.commit().await.unwrap();
    test.db.ready(SCHEMA).await.unwrap();
}
