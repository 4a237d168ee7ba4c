use std::{
    collections::HashSet,
    fs,
    os::unix::fs::PermissionsExt as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use db::{Db, Kind, Options, testing::TestDb};
use uuid::Uuid;

use crate::posting::{SCHEMA, post_and_commit, whole_messages};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_people_post_holds_all_that_was_acknowledged_before() {
    let test = TestDb::sqlite(SCHEMA, Options::default()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut before = HashSet::new();
    for _ in 0..50 {
        let id = Uuid::now_v7();
        post_and_commit(&test.db, id).await.unwrap();
        before.insert(id);
    }
    let posting = tokio::spawn({
        let (db, stop) = (test.db.clone(), Arc::clone(&stop));
        async move {
            while !stop.load(SeqCst) {
                post_and_commit(&db, Uuid::now_v7()).await.unwrap();
            }
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    test.db.backup(&file).await.unwrap();
    stop.store(true, SeqCst);
    posting.await.unwrap();

    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left over"
    );
    let url = format!("sqlite:{}", file.display());
    let copy = Db::open(&url, Options::default()).await.unwrap();
    assert!(whole_messages(&copy).await.is_superset(&before));
    post_and_commit(&copy, Uuid::now_v7()).await.unwrap();
}

#[tokio::test]
async fn a_backup_never_overwrites() {
    let test = TestDb::sqlite(SCHEMA, Options::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    fs::write(&file, "precious").unwrap();
    let error = test.db.backup(&file).await.unwrap_err();
    assert!(error.to_string().contains("exists"), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");

    let nowhere = folder.path().join("no/such/folder/backup.db");
    test.db.backup(&nowhere).await.unwrap_err();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_backup_of_postgresql_is_left_to_its_own_tools() {
    let test = TestDb::new(SCHEMA).await;
    if test.db.kind() == Kind::Postgres {
        let error = test.db.backup("/nowhere".as_ref()).await.unwrap_err();
        assert!(error.to_string().contains("pg_dump"), "{error}");
    }
}
