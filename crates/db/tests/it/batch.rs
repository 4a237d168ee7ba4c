//! Group commit on SQLite: what one transaction of a batch does to the others.

use std::{collections::HashSet, time::Duration};

use db::{Options, Trouble, testing::TestDb, trouble};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::posting::{SCHEMA, announced, post, post_and_commit, queue_behind, whole_messages};

async fn sqlite() -> TestDb {
    let options = Options {
        batch_age: Duration::from_mins(1), // however slow the machine is
        hold: Duration::from_mins(1),
        ..Options::default()
    };
    TestDb::sqlite(SCHEMA, options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_back_or_a_failed_statement_touches_nobody_else() {
    let test = sqlite().await;
    let mut events = test.db.events();
    let ids: Vec<Uuid> = (0..20).map(|_| Uuid::now_v7()).collect();
    let taken = ids[0];
    let posters = ids[1..].iter().copied().enumerate().map(|(i, id)| {
        let db = test.db.clone();
        async move {
            let mut tx = db.begin().await?;
            post(&mut tx, id).await?;
            tx.announce(id.to_string()).await?;
            match i % 3 {
                0 => tx.commit().await.map(|()| Some(id)), // all is well
                1 => Ok(None),                             // changes its mind
                _ => post(&mut tx, taken).await.map(|()| None), // fails, and gives up by `?`
            }
        }
    });
    let (mut first, queue) = queue_behind(&test.db, posters).await;
    post(&mut first, taken).await.unwrap();
    assert!(announced(&mut events).is_empty());
    first.commit().await.unwrap();

    let outcomes = queue.join_all().await;
    let failed = outcomes.iter().filter(|outcome| outcome.is_err());
    assert_eq!(failed.count(), 6);
    let mut expected: HashSet<Uuid> = outcomes.into_iter().flatten().flatten().collect();
    assert_eq!(announced(&mut events), expected);
    expected.insert(taken);
    assert_eq!(whole_messages(&test.db).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_transaction_shares_its_commit_with_nobody() {
    let test = sqlite().await;
    let ids: Vec<Uuid> = (0..9).map(|_| Uuid::now_v7()).collect();
    let posters = ids.clone().into_iter().enumerate().map(|(i, id)| {
        let db = test.db.clone();
        async move {
            if i % 4 != 1 {
                return post_and_commit(&db, id).await;
            }
            let mut tx = db.begin_large().await?;
            post(&mut tx, id).await?;
            if i == 5 {
                // Found out at COMMIT: whoever shared it would fail, too.
                let late = tx.query("INSERT INTO late VALUES (-1)");
                late.execute().await?;
            }
            tx.commit().await
        }
    });
    let (first, queue) = queue_behind(&test.db, posters).await;
    drop(first);
    let outcomes = queue.join_all().await;
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.is_err()).count(),
        1
    );
    let mut expected: HashSet<Uuid> = ids.iter().copied().collect();
    expected.remove(&ids[5]);
    assert_eq!(whole_messages(&test.db).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_commit_fails_its_batch_and_no_other() {
    let test = sqlite().await;
    let mut events = test.db.events();
    let before = Uuid::now_v7();
    post_and_commit(&test.db, before).await.unwrap();
    assert_eq!(announced(&mut events), HashSet::from([before]));

    let posters = (0..9).map(|_| {
        let db = test.db.clone();
        async move { post_and_commit(&db, Uuid::now_v7()).await }
    });
    let (mut first, queue) = queue_behind(&test.db, posters).await;
    let late = first.query("INSERT INTO late VALUES (-1)"); // found out at COMMIT
    late.execute().await.unwrap();
    let error = first.commit().await.unwrap_err();
    assert!(error.to_string().contains("FOREIGN KEY"), "{error}");
    for outcome in queue.join_all().await {
        assert_eq!(trouble(&outcome.unwrap_err()), Trouble::Gone); // no fault of theirs
    }
    assert!(announced(&mut events).is_empty());
    assert_eq!(whole_messages(&test.db).await, HashSet::from([before]));

    post_and_commit(&test.db, Uuid::now_v7()).await.unwrap();
    assert_eq!(whole_messages(&test.db).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_sqlite_rolls_everything_back_the_batch_fails_and_nothing_slips_through() {
    let test = sqlite().await;
    for carries_on in [false, true] {
        let posters = (0..9).map(|i| {
            let db = test.db.clone();
            async move {
                let mut tx = db.begin().await?;
                if i == 4 {
                    // A stand-in for an I/O error: SQLite ends the outer transaction by itself.
                    tx.query("INSERT OR ROLLBACK INTO threads VALUES (1, 0, 0, '')")
                        .execute()
                        .await
                        .unwrap_err();
                    if carries_on {
                        let slips = tx.query("INSERT INTO late VALUES (1)").execute().await;
                        assert!(slips.is_err(), "committed by itself");
                    }
                }
                post(&mut tx, Uuid::now_v7()).await?;
                tx.commit().await
            }
        });
        let (first, queue) = queue_behind(&test.db, posters).await;
        assert!(first.commit().await.is_err());
        let outcomes = queue.join_all().await;
        let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
        let expected = "the four before it, and itself; the others share the next batch";
        assert_eq!(failed, 5, "{expected}");
    }
    assert_eq!(whole_messages(&test.db).await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_met_by_one_fails_its_whole_batch_and_the_next_post_works() {
    let test = sqlite().await;
    let mut events = test.db.events();
    let ids: Vec<Uuid> = (0..9).map(|_| Uuid::now_v7()).collect();
    let posters = ids.clone().into_iter().enumerate().map(|(i, id)| {
        let db = test.db.clone();
        async move {
            let mut tx = db.begin().await?;
            post(&mut tx, id).await?;
            tx.announce(id.to_string()).await?;
            if i == 4 {
                let no_room = tx.query("PRAGMA max_page_count = 1"); // none beyond those there are
                no_room.execute().await?;
                let large = tx.query("UPDATE threads SET preview = $1 WHERE id = 1");
                large.bind("x".repeat(1_000_000)).execute().await?;
            }
            tx.commit().await
        }
    });
    let (mut first, queue) = queue_behind(&test.db, posters).await;
    post(&mut first, Uuid::now_v7()).await.unwrap();
    let error = first.commit().await.unwrap_err();
    assert_eq!(trouble(&error), Trouble::Full, "{error}");

    let mut full = 0;
    for outcome in queue.join_all().await {
        if let Err(error) = outcome {
            assert_eq!(trouble(&error), Trouble::Full, "{error}");
            full += 1;
        }
    }
    assert_eq!(full, 5, "the four before it, and itself");
    let expected: HashSet<Uuid> = ids[5..].iter().copied().collect();
    assert_eq!(whole_messages(&test.db).await, expected);
    assert_eq!(announced(&mut events), expected);

    post_and_commit(&test.db, Uuid::now_v7()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_keeps_what_was_acknowledged_and_is_recovered_from() {
    let options = Options {
        max_pages: Some(400),
        ..Options::default()
    };
    let test = TestDb::sqlite(SCHEMA, options).await;
    let mut posters = JoinSet::new();
    for _ in 0..16 {
        let db = test.db.clone();
        posters.spawn(async move {
            let mut acknowledged = HashSet::new();
            let mut refused = 0;
            while refused < 20 {
                let id = Uuid::now_v7();
                match post_and_commit(&db, id).await {
                    Ok(()) => _ = acknowledged.insert(id),
                    Err(error) => {
                        assert_eq!(trouble(&error), Trouble::Full, "{error}");
                        refused += 1;
                    }
                }
            }
            acknowledged
        });
    }
    let acknowledged: HashSet<Uuid> = posters.join_all().await.into_iter().flatten().collect();
    assert!(acknowledged.len() > 50, "{}", acknowledged.len());
    assert_eq!(whole_messages(&test.db).await, acknowledged);

    let mut tx = test.db.begin().await.unwrap();
    tx.query("DELETE FROM jobs").execute().await.unwrap();
    tx.commit().await.unwrap();
    post_and_commit(&test.db, Uuid::now_v7()).await.unwrap();
}
