use db::{
    Db, MigrateError, Migration, Options, SchemaState, Unready, migrate, schema_state,
    testing::{Place, TestDb},
};

const ONE: Migration = Migration {
    number: 1,
    name: "one",
    sqlite: "CREATE TABLE one (id INTEGER NOT NULL) STRICT; INSERT INTO one (id) VALUES (1)",
    postgres: "CREATE TABLE one (id BIGINT NOT NULL); INSERT INTO one (id) VALUES (1)",
};
const TWO: Migration = Migration {
    number: 2,
    name: "two",
    sqlite: "ALTER TABLE one ADD COLUMN name TEXT",
    postgres: "ALTER TABLE one ADD COLUMN name TEXT",
};
const BROKEN: Migration = Migration {
    number: 3,
    name: "broken",
    sqlite: "CREATE TABLE three (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1)",
    postgres: "CREATE TABLE three (id BIGINT); INSERT INTO nowhere VALUES (1)",
};

async fn empty() -> (Db, Place) {
    let (place, url) = Place::empty().await;
    let db = Db::open(&url, Options::default()).await.unwrap();
    (db, place)
}

async fn rows(db: &Db) -> i64 {
    let mut conn = db.read().await.unwrap();
    let count = conn.query("SELECT count(*) FROM one").fetch_scalar();
    count.await.unwrap()
}

#[tokio::test]
async fn what_is_missing_is_applied_once_and_in_order() {
    let (db, _place) = empty().await;
    let state = schema_state(&db, &[ONE, TWO]).await.unwrap();
    assert_eq!(state, SchemaState::Behind(2));
    assert!(matches!(db.ready(&[ONE]).await, Err(Unready::Behind(1))));

    assert_eq!(migrate(&db, &[ONE]).await.unwrap(), 1);
    assert_eq!(migrate(&db, &[ONE]).await.unwrap(), 0);
    let state = schema_state(&db, &[ONE, TWO]).await.unwrap();
    assert_eq!(state, SchemaState::Behind(1));

    assert_eq!(migrate(&db, &[ONE, TWO]).await.unwrap(), 1);
    let state = schema_state(&db, &[ONE, TWO]).await.unwrap();
    assert_eq!(state, SchemaState::Current);
    db.ready(&[ONE, TWO]).await.unwrap();
    assert_eq!(rows(&db).await, 1);
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_migrate_but_can_be_served() {
    let test = TestDb::new(&[ONE, TWO]).await;
    let error = migrate(&test.db, &[ONE]).await.unwrap_err();
    assert!(matches!(error, MigrateError::Newer { .. }));
    assert_eq!(
        error.to_string(),
        "the database has migration 0002_two, and this version knows those up to 0001: \
         start the newer version, or restore a backup of this one's"
    );
    let state = schema_state(&test.db, &[ONE]).await.unwrap();
    assert_eq!(state, SchemaState::Newer);
    test.db.ready(&[ONE]).await.unwrap();
}

#[tokio::test]
async fn a_migration_that_was_changed_is_refused() {
    let test = TestDb::new(&[ONE]).await;
    let changed = Migration {
        sqlite: "SELECT 1",
        postgres: "SELECT 1",
        ..ONE
    };
    let error = migrate(&test.db, &[changed, TWO]).await.unwrap_err();
    assert!(matches!(error, MigrateError::Changed(_)), "{error}");
    assert!(!error.to_string().contains('\n'));
    let state = schema_state(&test.db, &[ONE, TWO]).await.unwrap();
    assert_eq!(state, SchemaState::Behind(1));
}

#[tokio::test]
async fn when_one_fails_none_of_them_is_applied() {
    let (db, _place) = empty().await;
    let error = migrate(&db, &[ONE, TWO, BROKEN]).await.unwrap_err();
    assert!(error.to_string().contains("0003_broken"), "{error}");
    let state = schema_state(&db, &[ONE, TWO, BROKEN]).await.unwrap();
    assert_eq!(state, SchemaState::Behind(3));
    assert_eq!(migrate(&db, &[ONE, TWO]).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_migrate_once() {
    let (_place, url) = Place::empty().await;
    let nodes = (0..6).map(|_| {
        let url = url.clone();
        tokio::spawn(async move {
            let db = Db::open(&url, Options::default()).await.unwrap();
            let applied = migrate(&db, &[ONE, TWO]).await.unwrap();
            assert_eq!(rows(&db).await, 1);
            applied
        })
    });
    let mut applied = 0;
    for node in nodes.collect::<Vec<_>>() {
        applied += node.await.unwrap();
    }
    assert_eq!(applied, 2);
}

#[tokio::test]
async fn rows_that_refer_to_nothing_stop_a_migration_on_sqlite() {
    const REFERS: Migration = Migration {
        number: 2,
        name: "refers",
        sqlite: "CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT;
                 CREATE TABLE b (a_id INTEGER REFERENCES a (id)) STRICT;
                 INSERT INTO b VALUES (7)",
        postgres: "CREATE TABLE a (id BIGINT PRIMARY KEY);
                   CREATE TABLE b (a_id BIGINT REFERENCES a (id));
                   INSERT INTO b VALUES (7)",
    };
    let (db, _place) = empty().await;
    migrate(&db, &[ONE]).await.unwrap();
    migrate(&db, &[ONE, REFERS]).await.unwrap_err();
    assert_eq!(
        schema_state(&db, &[ONE, REFERS]).await.unwrap(),
        SchemaState::Behind(1)
    );
}
