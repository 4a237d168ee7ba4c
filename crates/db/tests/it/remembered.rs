//! What was read is remembered until the database changes, and not a moment longer.

use db::{Conn, Db, Migration, testing::TestDb};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "words",
    sqlite: "CREATE TABLE words (n INTEGER NOT NULL PRIMARY KEY, word TEXT NOT NULL) STRICT",
    postgres: "CREATE TABLE words (n BIGINT NOT NULL PRIMARY KEY, word TEXT NOT NULL)",
}];

async fn add(db: &Db, n: i64, word: &str) {
    let mut tx = db.begin().await.unwrap();
    let insert = tx.query("INSERT INTO words (n, word) VALUES ($1, $2)");
    insert.bind(n).bind(word).execute().await.unwrap();
    tx.commit().await.unwrap();
}

async fn words(conn: &mut Conn, above: i64) -> Vec<String> {
    let query = conn.query("SELECT word FROM words WHERE n > $1 ORDER BY n");
    query.bind(above).fetch_scalars().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_is_read_at_once_whoever_has_written_it() {
    let here = TestDb::new(SCHEMA).await;
    let there = here.open_again().await;
    let mut expected = Vec::new();
    for n in 0..50_i64 {
        let (writer, word) = if n % 2 == 0 {
            (&here.db, format!("here {n}"))
        } else {
            (&there, format!("there {n}"))
        };
        add(writer, n, &word).await;
        expected.push(word);
        for db in [&here.db, &there, &here.db] {
            let mut conn = db.read().await.unwrap();
            assert_eq!(words(&mut conn, -1).await, expected);
            assert_eq!(words(&mut conn, -1).await, expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_begun_to_read_sees_what_this_process_writes_meanwhile() {
    let test = TestDb::new(SCHEMA).await;
    let mut conn = test.db.read().await.unwrap();
    assert!(words(&mut conn, 0).await.is_empty());
    add(&test.db, 1, "meanwhile").await;
    assert_eq!(words(&mut conn, 0).await, ["meanwhile"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_before_a_change_leaves_nothing_old_to_those_after() {
    let test = TestDb::new(SCHEMA).await;
    let other = test.open_again().await;
    let mut early = test.db.read().await.unwrap();
    add(&other, 1, "new").await;
    let mut late = test.db.read().await.unwrap();
    assert_eq!(words(&mut late, 0).await, ["new"]);
    words(&mut early, 0).await;
    let mut latest = test.db.read().await.unwrap();
    assert_eq!(words(&mut latest, 0).await, ["new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_and_how_much_is_wanted_are_told_apart() {
    let test = TestDb::new(SCHEMA).await;
    add(&test.db, 1, "one").await;
    add(&test.db, 2, "two").await;
    let mut conn = test.db.read().await.unwrap();
    for _ in 0..2 {
        assert_eq!(words(&mut conn, 0).await, ["one", "two"]);
        assert_eq!(words(&mut conn, 1).await, ["two"]);
        let query = conn.query("SELECT word FROM words WHERE n > $1 ORDER BY n");
        let first: Option<(String,)> = query.bind(0_i64).fetch_optional().await.unwrap();
        assert_eq!(first.unwrap().0, "one");
    }
}

/// Readers beside a writer: whoever reads after a commit sees at least what it wrote.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_old_is_read_however_many_read_and_write_at_once() {
    let test = TestDb::new(SCHEMA).await;
    let other = test.open_again().await;
    let written = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
    let mut readers = tokio::task::JoinSet::new();
    for db in [test.db.clone(), other.clone(), test.db.clone()] {
        let written = std::sync::Arc::clone(&written);
        readers.spawn(async move {
            loop {
                let least = written.load(std::sync::atomic::Ordering::SeqCst);
                let mut conn = db.read().await.unwrap();
                let query = conn.query("SELECT count(*) FROM words");
                let found: i64 = query.fetch_scalar().await.unwrap();
                assert!(found >= least, "{found} of {least}");
                if found == 300 {
                    break;
                }
            }
        });
    }
    for n in 0..300 {
        add(if n % 3 == 0 { &other } else { &test.db }, n, "word").await;
        written.store(n + 1, std::sync::atomic::Ordering::SeqCst);
    }
    while let Some(done) = readers.join_next().await {
        done.unwrap();
    }
}
