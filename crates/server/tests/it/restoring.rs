//! Somebody restores a conversation while it is about to be deleted for good.

use pigeon::{
    accounts::User,
    conversations::{bulk, purge_some},
};

use crate::support::{Guest, TestApp, id_of};

#[tokio::test]
async fn what_is_restored_at_the_last_moment_stays_whole() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Quagga").await;
    let bob = Guest::asks(&app, "bob@example.com", "Zebra").await;
    app.run_jobs().await;
    ada.does_to(&[&ann.thread, &bob.thread], "admin/trash", &[])
        .await
        .expect(200);
    let now = app.app.clock.now();
    let staff = id_of(&mut ada).await.parse().unwrap();

    let mut restoring = app.app.db.begin().await.unwrap();
    let staff = User::find(&mut restoring, staff).await.unwrap().unwrap();
    let ids = [ann.thread.parse().unwrap()];
    let threads = bulk::lock_all(&mut restoring, &staff, &ids).await.unwrap();
    bulk::restore_all(&mut restoring, &threads, &staff, now)
        .await
        .unwrap();
    let db = app.app.db.clone();
    let purging = tokio::spawn(async move {
        let mut tx = db.begin().await.unwrap();
        let purged = purge_some(&mut tx, now).await.unwrap();
        tx.commit().await.unwrap();
        purged
    });
    while !is_waited_for(&app).await {
        tokio::task::yield_now().await;
    }
    restoring.commit().await.unwrap();
    assert_eq!(purging.await.unwrap(), 1, "the other one");

    assert_eq!(app.number("SELECT count(*) FROM threads").await, 1);
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(page.text().contains("Quagga"), "{page:?}");
    ada.reads(&bob.thread).await.expect(404);
}

/// Whether the second transaction has got as far as it can. On SQLite that is its beginning.
async fn is_waited_for(app: &TestApp) -> bool {
    let mut conn = app.app.db.read().await.unwrap();
    let waiting: i64 = conn
        .query_each(
            "SELECT 1",
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_scalar()
        .await
        .unwrap();
    waiting > 0
}
