use db::testing::TestDb;

use super::*;
use crate::migrations::MIGRATIONS;

const WINDOW: Duration = Duration::from_mins(5);
const NOW: Timestamp = Timestamp::from_micros(1_795_176_300_000_000);

async fn taken(db: &db::Db, bucket: &str, max: u32, now: Timestamp) -> Taken {
    let mut tx = db.begin().await.unwrap();
    let taken = take(&mut tx, bucket, max, WINDOW, now).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

#[tokio::test]
async fn a_window_begins_with_the_first_and_lets_so_many_through() {
    let TestDb { db, .. } = &TestDb::new(MIGRATIONS).await;
    let minute = Duration::from_mins(1);
    assert_eq!(taken(db, "a", 2, NOW).await, Taken::Allowed);
    assert_eq!(taken(db, "a", 2, NOW + minute).await, Taken::Allowed);
    for later in [minute, minute * 2] {
        let over = Taken::Over {
            retry_after: WINDOW.saturating_sub(later),
        };
        assert_eq!(taken(db, "a", 2, NOW + later).await, over);
    }
    assert_eq!(taken(db, "b", 2, NOW + minute).await, Taken::Allowed);
    assert_eq!(taken(db, "a", 2, NOW + WINDOW).await, Taken::Allowed);
}

#[tokio::test]
async fn what_is_given_back_or_rolled_back_was_not_taken() {
    let TestDb { db, .. } = &TestDb::new(MIGRATIONS).await;
    let mut tx = db.begin().await.unwrap();
    take(&mut tx, "a", 1, WINDOW, NOW).await.unwrap();
    drop(tx);
    assert_eq!(taken(db, "a", 1, NOW).await, Taken::Allowed);
    let mut tx = db.begin().await.unwrap();
    give_back(&mut tx, "a").await.unwrap();
    give_back(&mut tx, "a").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(taken(db, "a", 1, NOW).await, Taken::Allowed);
    assert!(matches!(taken(db, "a", 1, NOW).await, Taken::Over { .. }));
}

#[tokio::test]
async fn fifty_at_once_get_exactly_what_there_is() {
    let test = TestDb::new(MIGRATIONS).await;
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let db = test.db.clone();
            tokio::spawn(async move { taken(&db, "a", 10, NOW).await })
        })
        .collect();
    let mut allowed = 0;
    for one in tries {
        allowed += u32::from(one.await.unwrap() == Taken::Allowed);
    }
    assert_eq!(allowed, 10);
}

#[tokio::test]
async fn windows_that_are_over_are_forgotten() {
    let TestDb { db, .. } = &TestDb::new(MIGRATIONS).await;
    taken(db, "old", 1, NOW).await;
    taken(db, "new", 1, NOW + WINDOW / 2).await;
    let mut tx = db.begin().await.unwrap();
    assert_eq!(sweep(&mut tx, NOW + WINDOW).await.unwrap(), 1);
}

#[test]
fn ipv6_counts_by_its_64_and_ipv4_by_address() {
    let network = |text: &str| network(text.parse().unwrap());
    assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
    assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
}
