//! What is special about reading SQLite, which happens on the thread that asks. The parts about
//! values hold on PostgreSQL, too.

use std::time::{Duration, Instant};

use db::{Kind, Migration, Options, Trouble, testing::TestDb, trouble};
use tokio::time::{sleep, timeout};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "numbers",
    sqlite: "CREATE TABLE numbers (n INTEGER NOT NULL PRIMARY KEY, word TEXT) STRICT",
    postgres: "CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY, word TEXT)",
}];

/// Takes a second or so.
const LONG: &str =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)
     SELECT count(*) FROM n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Small,
    VeryLarge,
}

db::text_enum!(Size { Small = "small", VeryLarge = "very_large" });

#[tokio::test]
async fn parameters_go_by_their_number_wherever_they_stand() {
    let test = TestDb::new(SCHEMA).await;
    let mut conn = test.db.read().await.unwrap();
    let sql = "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT)";
    for _ in 0..2 {
        let query = conn.query(sql).bind("one").bind("two").bind(None::<&str>);
        let row: (String, String, String, Option<String>) = query.fetch_one().await.unwrap();
        assert_eq!(row, ("two".into(), "one".into(), "two".into(), None));
    }
}

#[tokio::test]
async fn a_word_stands_for_each_variant() {
    let test = TestDb::new(SCHEMA).await;
    let mut tx = test.db.begin().await.unwrap();
    for (n, size) in [
        (1_i64, Some(Size::VeryLarge)),
        (2, Some(Size::Small)),
        (3, None),
    ] {
        let insert = tx.query("INSERT INTO numbers (n, word) VALUES ($1, $2)");
        insert.bind(n).bind(size).execute().await.unwrap();
    }
    let sizes = "SELECT word FROM numbers ORDER BY n";
    let stored: Vec<Option<Size>> = tx.query(sizes).fetch_scalars().await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = test.db.read().await.unwrap();
    let read: Vec<Option<Size>> = conn.query(sizes).fetch_scalars().await.unwrap();
    assert_eq!(read, [Some(Size::VeryLarge), Some(Size::Small), None]);
    assert_eq!(read, stored);
    let words = conn.query("SELECT word FROM numbers WHERE word = $1");
    let word: String = words.bind(Size::VeryLarge).fetch_scalar().await.unwrap();
    assert_eq!(word, "very_large");
    let strange = conn.query("SELECT 'huge'").fetch_scalar::<Size>().await;
    assert!(strange.unwrap_err().to_string().contains("huge"));
}

#[tokio::test]
async fn what_is_not_of_the_wanted_type_is_an_error() {
    let test = TestDb::new(SCHEMA).await;
    let mut conn = test.db.read().await.unwrap();
    let text = conn.query("SELECT 'one'").fetch_scalar::<i64>().await;
    assert!(
        matches!(text, Err(sqlx::Error::ColumnDecode { .. })),
        "{text:?}"
    );
    let null = conn
        .query("SELECT CAST(NULL AS TEXT)")
        .fetch_scalar::<String>();
    assert!(null.await.is_err());
    let nothing = conn
        .query("SELECT word FROM letters")
        .fetch_scalar::<String>();
    let error = nothing.await.unwrap_err();
    assert_eq!(trouble(&error), Trouble::Other, "{error}");
    let one: i64 = conn
        .query("SELECT CAST(1 AS BIGINT)")
        .fetch_scalar()
        .await
        .unwrap();
    assert_eq!(one, 1, "the connection is as good as before");
}

#[tokio::test]
async fn a_row_of_a_megabyte_comes_back_whole() {
    let test = TestDb::new(SCHEMA).await;
    let long = "äß".repeat(250_000);
    let mut tx = test.db.begin().await.unwrap();
    for n in 1..=3_i64 {
        let insert = tx.query("INSERT INTO numbers (n, word) VALUES ($1, $2)");
        insert.bind(n).bind(&long).execute().await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut conn = test.db.read().await.unwrap();
    let rows: Vec<(i64, String)> = conn
        .query("SELECT n, word FROM numbers ORDER BY n DESC")
        .fetch_all()
        .await
        .unwrap();
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [3, 2, 1]);
    assert!(rows.iter().all(|row| row.1 == long));
}

#[tokio::test]
async fn who_reads_sees_what_was_committed_and_nothing_else() {
    let test = TestDb::new(SCHEMA).await;
    let count = "SELECT count(*) FROM numbers";
    let mut conn = test.db.read().await.unwrap();
    let mut tx = test.db.begin().await.unwrap();
    let insert = tx.query("INSERT INTO numbers (n) VALUES (1)");
    insert.execute().await.unwrap();
    assert_eq!(conn.query(count).fetch_scalar::<i64>().await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(conn.query(count).fetch_scalar::<i64>().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_long_read_holds_nobody_up() {
    let test = TestDb::sqlite(SCHEMA, Options::default()).await;
    let db = test.db.clone();
    let began = Instant::now();
    let long = tokio::spawn(async move {
        let mut conn = db.read().await.unwrap();
        conn.query(LONG).fetch_scalar::<i64>().await.unwrap()
    });
    let mut turns = 0;
    while !long.is_finished() {
        sleep(Duration::from_millis(1)).await;
        tokio::task::spawn(async {}).await.unwrap(); // needs the runtime's only thread
        turns += 1;
    }
    assert_eq!(long.await.unwrap(), 3_000_000);
    assert!(turns > 20, "{turns} turns in {:?}", began.elapsed());
}

#[tokio::test]
async fn at_most_so_many_read_at_once_and_the_next_gets_what_is_given_back() {
    let options = Options {
        readers: 2,
        ..Options::default()
    };
    let test = TestDb::sqlite(SCHEMA, options).await;
    let first = test.db.read().await.unwrap();
    let _second = test.db.read().await.unwrap();
    let third = timeout(Duration::from_millis(50), test.db.read()).await;
    assert!(third.is_err(), "a third connection");
    drop(first);
    test.db.read().await.unwrap();
}

#[tokio::test]
async fn closing_waits_for_who_reads_and_lets_nobody_in() {
    let test = TestDb::sqlite(SCHEMA, Options::default()).await;
    assert_eq!(test.db.kind(), Kind::Sqlite);
    let mut conn = test.db.read().await.unwrap();
    let db = test.db.clone();
    let closing = tokio::spawn(async move { db.close().await });
    sleep(Duration::from_millis(50)).await;
    assert!(!closing.is_finished());
    let late = test.db.read().await.map(drop);
    assert!(matches!(late, Err(sqlx::Error::PoolClosed)), "{late:?}");
    conn.query("SELECT CAST(1 AS BIGINT)")
        .fetch_scalar::<i64>()
        .await
        .unwrap();
    drop(conn);
    closing.await.unwrap();
}
