//! An answer means: on disk. Shown with processes that are killed, or whose disk stands still.

use std::{
    collections::HashSet,
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use db::{Db, Options, migrate, testing::TestDb};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::posting::{
    SCHEMA, announced, post, post_and_commit, queue_behind, random, whole_messages,
};

/// This very program, to run only `test` in it.
fn this_program(test: &str, database: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([
            &format!("durable::{test}"),
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env("DURABLE_DATABASE", database);
    command
}

async fn given_database() -> Db {
    let url = env::var("DURABLE_DATABASE").unwrap();
    let options = Options {
        batch_age: Duration::from_mins(1), // one batch, however slow the machine is
        hold: Duration::from_mins(1),
        ..Options::default()
    };
    Db::open(&url, options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_posts_survive_a_kill() {
    for _ in 0..20 {
        let test = TestDb::sqlite(SCHEMA, Options::default()).await;
        let mut child = this_program("post_until_killed", &test.url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = HashSet::new();
        let enough = 200 + usize::try_from(random(800)).unwrap();
        for line in lines {
            if let Some(id) = line.unwrap().strip_prefix("acknowledged ") {
                acknowledged.insert(id.parse::<Uuid>().unwrap());
            }
            if acknowledged.len() == enough {
                child.kill().unwrap(); // what it had printed by then is still read
            }
        }
        child.wait().unwrap();
        assert!(whole_messages(&test.db).await.is_superset(&acknowledged));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by acknowledged_posts_survive_a_kill"]
#[expect(clippy::print_stdout, reason = "read by the parent process")]
async fn post_until_killed() {
    let db = given_database().await;
    let mut posters = JoinSet::new();
    for _ in 0..32 {
        let db = db.clone();
        posters.spawn(async move {
            loop {
                let id = Uuid::now_v7();
                post_and_commit(&db, id).await.unwrap();
                println!("acknowledged {id}");
            }
        });
    }
    posters.join_all().await;
}

#[test]
fn nobody_is_answered_before_the_disk_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let shim = folder.path().join("gate.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fsync_gate.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&shim, &source])
        .status();
    assert!(compiled.unwrap().success());
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let child = this_program("post_to_a_disk_that_stands_still", &url)
        .env("LD_PRELOAD", &shim)
        .env("FSYNC_GATE", folder.path().join("gate"))
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{output}");
    assert!(output.contains("1 passed"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by nobody_is_answered_before_the_disk_has_it"]
async fn post_to_a_disk_that_stands_still() {
    let gate = PathBuf::from(env::var_os("FSYNC_GATE").unwrap());
    let waiting = gate.with_extension("waiting");
    let db = given_database().await;
    migrate(&db, SCHEMA).await.unwrap();
    let mut events = db.events();
    let ids: Vec<Uuid> = (0..10).map(|_| Uuid::now_v7()).collect();
    let posters = ids.clone().into_iter().skip(1).map(|id| {
        let db = db.clone();
        async move { post_and_commit(&db, id).await }
    });
    let (mut first, mut queue) = queue_behind(&db, posters).await;
    post(&mut first, ids[0]).await.unwrap();
    fs::write(&gate, "closed").unwrap();
    queue.spawn(first.commit());

    while !waiting.exists() {
        tokio::task::yield_now().await; // the COMMIT has not come to its fsync yet
    }
    assert!(queue.try_join_next().is_none(), "answered before the fsync");
    assert!(announced(&mut events).is_empty());

    fs::remove_file(&gate).unwrap();
    for outcome in queue.join_all().await {
        outcome.unwrap();
    }
    assert_eq!(whole_messages(&db).await, ids.into_iter().collect());
}
