//! What runs all the time takes a few steps in an index, however many jobs there are.

use std::time::Duration;

use db::{Conn, Db, Kind, Migration, Timestamp, testing::TestDb};
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::{
    NewJob,
    claim::{CLAIM_POSTGRES, CLAIM_SQLITE, LANES_AFTER, NEXT_DUE},
    counts::{COUNTS, TROUBLE},
    list::{FAILED, STALE, WAITING},
    push_all,
};

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "start",
        sqlite: include_str!("../../../migrations/sqlite/0001_start.sql"),
        postgres: include_str!("../../../migrations/postgres/0001_start.sql"),
    },
    Migration {
        number: 8,
        name: "deliveries",
        sqlite: include_str!("../../../migrations/sqlite/0008_deliveries.sql"),
        postgres: include_str!("../../../migrations/postgres/0008_deliveries.sql"),
    },
];

/// A line of a plan: the last column, in both databases.
struct Line(String);

impl<'r, R: Row> FromRow<'r, R> for Line
where
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        row.try_get(row.len() - 1).map(Self)
    }
}

#[tokio::test]
async fn taking_and_counting_jobs_reads_no_table_from_end_to_end() {
    let test = TestDb::new(MIGRATIONS).await;
    let now = Timestamp::from_micros(1_700_000_000_000_000);
    fill(&test.db, now).await;
    let (sqlite, postgres) = (CLAIM_SQLITE, CLAIM_POSTGRES);
    let claim = if test.db.kind() == Kind::Sqlite {
        sqlite
    } else {
        postgres
    };

    let mut conn = test.db.read().await.unwrap();
    for (sql, parameters) in [
        (LANES_AFTER, &["'dead.example'", "$2", "$2"][..]),
        (claim, &["'dead.example'", "$2", "$2", "0", "2"]),
        (NEXT_DUE, &["$2"]),
        (COUNTS, &["$2"]),
        (TROUBLE, &["$2"]),
        (WAITING, &["0", "NULL"]),
        (FAILED, &["0", "NULL"]),
        (STALE, &["0", "NULL"]),
    ] {
        let plan = plan(&mut conn, sql, parameters, now).await;
        let scans: Vec<_> = plan.lines().filter(|line| reads_all(line)).collect();
        assert!(scans.is_empty(), "{scans:?} in the plan of {sql}\n{plan}");
    }
}

/// A table, or an index but for those of what is parked, which are read up to a limit.
fn reads_all(line: &str) -> bool {
    let parked = line.contains("jobs_failed") || line.contains("jobs_stale");
    line.contains("Seq Scan on jobs") || line.contains("SCAN jobs") && !parked
}

/// With the values in the text, as PostgreSQL plans for them.
async fn plan(conn: &mut Conn, sql: &str, parameters: &[&str], now: Timestamp) -> String {
    let mut sql = sql.to_owned();
    let time = now.as_micros().to_string();
    for (n, parameter) in parameters.iter().enumerate() {
        let value = if *parameter == "$2" {
            &time
        } else {
            *parameter
        };
        sql = sql.replace(&format!("${}", n + 1), value);
    }
    let sqlite: &'static str = format!("EXPLAIN QUERY PLAN {sql}").leak();
    let postgres: &'static str = format!("EXPLAIN {sql}").leak();
    let lines: Vec<Line> = conn.query_each(sqlite, postgres).fetch_all().await.unwrap();
    lines.into_iter().map(|line| line.0 + "\n").collect()
}

/// Many jobs in one lane, a few in a hundred others; one in ten is due.
async fn fill(db: &Db, now: Timestamp) {
    let lanes: Vec<String> = (0..100).map(|n| format!("lane {n}")).collect();
    let jobs = (0..10_000).map(|n| NewJob {
        kind: "mail",
        lane: if n % 20 == 0 {
            &lanes[n / 20 % 100]
        } else {
            "dead.example"
        },
        payload: "hello",
        run_at: if n % 10 == 0 {
            now
        } else {
            now + Duration::from_hours(1)
        },
    });
    let mut tx = db.begin().await.unwrap();
    push_all(&mut tx, jobs, now).await.unwrap();
    tx.commit().await.unwrap();
    db.analyze().await.unwrap();
}
