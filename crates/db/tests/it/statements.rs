use db::{Migration, Timestamp, Trouble, is_unique_violation, testing::TestDb, trouble};
use uuid::Uuid;

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "people",
    sqlite: "CREATE TABLE people (id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, admin INTEGER NOT NULL, born_at INTEGER) STRICT",
    postgres: "CREATE TABLE people (id UUID NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, admin BOOLEAN NOT NULL, born_at BIGINT)",
}];

#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
struct Person {
    id: Uuid,
    name: String,
    admin: bool,
    born_at: Option<Timestamp>,
}

async fn insert(tx: &mut db::Tx, person: &Person) -> db::Result<u64> {
    tx.query("INSERT INTO people (id, name, admin, born_at) VALUES ($1, $2, $3, $4)")
        .bind(person.id)
        .bind(&person.name)
        .bind(person.admin)
        .bind(person.born_at)
        .execute()
        .await
}

fn person(name: &str) -> Person {
    Person {
        id: Uuid::now_v7(),
        name: name.to_owned(),
        admin: name == "ann",
        born_at: (name == "ann").then_some(Timestamp::from_micros(5)),
    }
}

#[tokio::test]
async fn what_is_stored_is_read_back_the_same() {
    let test = TestDb::new(SCHEMA).await;
    let (ann, ben) = (person("ann"), person("ben"));
    let mut tx = test.db.begin().await.unwrap();
    assert_eq!(insert(&mut tx, &ann).await.unwrap(), 1);
    insert(&mut tx, &ben).await.unwrap();
    tx.commit().await.unwrap();

    let mut conn = test.db.read().await.unwrap();
    let all: Vec<Person> = conn
        .query("SELECT id, name, admin, born_at FROM people ORDER BY name")
        .fetch_all()
        .await
        .unwrap();
    assert_eq!(all, [ann, ben]);
    let count: i64 = conn
        .query("SELECT count(*) FROM people WHERE name <> $1")
        .bind("ann")
        .fetch_scalar()
        .await
        .unwrap();
    assert_eq!(count, 1);
    let names: Vec<String> = conn
        .query("SELECT name FROM people ORDER BY name DESC")
        .fetch_scalars()
        .await
        .unwrap();
    assert_eq!(names, ["ben", "ann"]);
    let nobody: Option<Uuid> = conn
        .query("SELECT id FROM people WHERE name = 'cy'")
        .fetch_scalar_optional()
        .await
        .unwrap();
    assert_eq!(nobody, None);
    let error = conn
        .query("SELECT id, name, admin, born_at FROM people WHERE name = 'cy'")
        .fetch_one::<Person>()
        .await
        .unwrap_err();
    assert!(matches!(error, sqlx::Error::RowNotFound));
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let test = TestDb::new(SCHEMA).await;
    let mut tx = test.db.begin().await.unwrap();
    insert(&mut tx, &person("ann")).await.unwrap();
    drop(tx);
    assert_eq!(count(&test).await, 0);
}

#[tokio::test]
async fn a_transaction_cannot_be_committed_after_a_statement_of_it_failed() {
    let test = TestDb::new(SCHEMA).await;
    let mut tx = test.db.begin().await.unwrap();
    insert(&mut tx, &person("ann")).await.unwrap();
    let error = insert(&mut tx, &person("ann")).await.unwrap_err();
    assert!(is_unique_violation(&error), "{error}");
    assert_eq!(trouble(&error), Trouble::Other);
    tx.commit().await.unwrap_err();
    assert_eq!(count(&test).await, 0);

    let mut tx = test.db.begin().await.unwrap();
    insert(&mut tx, &person("ann")).await.unwrap();
    let nobody = tx
        .query("SELECT id FROM people WHERE name = 'cy'")
        .fetch_scalar::<Uuid>()
        .await;
    assert!(matches!(nobody, Err(sqlx::Error::RowNotFound)));
    tx.commit().await.unwrap(); // not to find a row is no failure
    assert_eq!(count(&test).await, 1);
}

#[tokio::test]
async fn a_reader_cannot_write_where_that_would_go_past_the_writer() {
    let test = TestDb::new(SCHEMA).await;
    if test.db.kind() == db::Kind::Sqlite {
        let mut conn = test.db.read().await.unwrap();
        let deleted = conn.query("DELETE FROM people").execute().await;
        assert!(deleted.is_err());
    }
}

async fn count(test: &TestDb) -> i64 {
    let mut conn = test.db.read().await.unwrap();
    let count = conn.query("SELECT count(*) FROM people").fetch_scalar();
    count.await.unwrap()
}
