use pigeon::{
    conversations::{
        self,
        search::{self, Cursor, Query, Scope},
    },
    demo::{self, Size},
};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn the_demo_fills_an_empty_database_whole_and_mails_nobody() {
    let app = TestApp::start().await;
    let (db, now) = (&app.app.db, app.app.clock.now());
    let team = demo::fill(db, Size::Tour, PASSWORD, now)
        .await
        .expect("fills");
    assert_eq!(team.len(), 3);

    let mut conn = db.read().await.expect("reads");
    for (none, sql) in [
        ("a job", "SELECT COUNT(*) FROM jobs"),
        ("a message to index", "SELECT COUNT(*) FROM search_todo"),
        (
            "a mailbox of somebody",
            "SELECT COUNT(*) FROM threads WHERE starter_email NOT LIKE '%@example.___'",
        ),
        (
            "a wrong last entry",
            "SELECT COUNT(*) FROM threads WHERE last_seq <> (SELECT MAX(seq) FROM messages WHERE thread_id = threads.id)",
        ),
        (
            "a wrong number of messages",
            "SELECT COUNT(*) FROM threads WHERE message_count <> (SELECT COUNT(*) FROM messages WHERE thread_id = threads.id AND kind = 'message')",
        ),
        (
            "a text that is not indexed",
            "SELECT COUNT(*) FROM messages WHERE kind <> 'event' AND NOT EXISTS (SELECT 1 FROM search_entries WHERE message_id = messages.id)",
        ),
    ] {
        let count: i64 = conn.query(sql).fetch_scalar().await.expect("counts");
        assert_eq!(count, 0, "{none}");
    }
    for word in ["parcel", "straße", "注文", "فاتورة", "καλησπερα", "배송"] {
        let found =
            search::page(&mut conn, Scope::Staff, &Query::words(word), Cursor::NEWEST).await;
        assert!(!found.expect("searches").threads.is_empty(), "{word}");
    }
    drop(conn);

    let again = demo::fill(db, Size::Tour, PASSWORD, now).await;
    assert!(
        again.is_err(),
        "a database with something in it is left alone"
    );
}

#[tokio::test]
async fn of_years_of_conversations_only_links_that_may_work_are_made() {
    let app = TestApp::start().await;
    let (db, now) = (&app.app.db, app.app.clock.now());
    let size = Size::Bulk {
        threads: 200,
        messages: 2,
    };
    demo::fill(db, size, PASSWORD, now).await.expect("fills");

    let mut tx = db.begin().await.expect("begins");
    let swept = conversations::sweep_links(&mut tx, now).await;
    assert_eq!(swept.expect("sweeps"), 0);
    let links: i64 = tx
        .query("SELECT COUNT(*) FROM links")
        .fetch_scalar()
        .await
        .expect("counts");
    assert!((1..200).contains(&links), "{links}");
}
