//! A server that restarts, turns read-only, hangs or ends connections.

use std::time::Duration;

use db::{Db, Event, Kind, Options, Trouble, Unready, testing::TestDb, trouble};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, timeout},
};
use uuid::Uuid;

use crate::posting::{SCHEMA, post, post_and_commit, whole_messages};

/// Nothing to show where the suite runs on SQLite.
async fn postgres(options: Options) -> Option<TestDb> {
    let test = TestDb::with(SCHEMA, options).await;
    (test.db.kind() == Kind::Postgres).then_some(test)
}

async fn end_connections(db: &Db) {
    let mut conn = db.read().await.unwrap();
    conn.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute()
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_server_ended_its_connections_one_request_fails_at_most() {
    let Some(test) = postgres(Options::default()).await else {
        return;
    };
    // Several connections rest in the pool.
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(test.db.begin().await.unwrap());
    }
    drop(open);
    end_connections(&test.open_again().await).await;
    let mut failed = 0;
    for _ in 0..10 {
        if let Err(error) = post_and_commit(&test.db, Uuid::now_v7()).await {
            assert_eq!(trouble(&error), Trouble::Gone, "{error}");
            failed += 1;
        }
    }
    assert!(failed <= 1, "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_was_cut_off_comes_back_and_says_so() {
    let Some(test) = postgres(Options::default()).await else {
        return;
    };
    let mut events = test.db.events();
    let other = test.open_again().await;
    end_connections(&other).await;
    assert_eq!(events.next().await, Event::Anything);
    let id = Uuid::now_v7();
    post_and_commit(&other, id).await.unwrap();
    assert_eq!(events.next().await, Event::Topic(id.to_string().into()));
    // The one who speaks was cut off, too.
    let mut theirs = other.events();
    loop {
        let id = Uuid::now_v7();
        post_and_commit(&test.db, id).await.unwrap();
        if theirs.next().await == Event::Topic(id.to_string().into()) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_turned_read_only_is_replaced() {
    let options = Options {
        connections: 1,
        ..Options::default()
    };
    let Some(test) = postgres(options).await else {
        return;
    };
    let mut conn = test.db.read().await.unwrap();
    let turn = conn.query("SET default_transaction_read_only = on");
    turn.execute().await.unwrap();
    drop(conn);
    let ready = test.db.ready(SCHEMA).await;
    assert!(matches!(ready, Err(Unready::Gone(_))), "{ready:?}");
    let error = post_and_commit(&test.db, Uuid::now_v7()).await.unwrap_err();
    assert_eq!(trouble(&error), Trouble::Gone, "{error}");
    post_and_commit(&test.db, Uuid::now_v7()).await.unwrap();
    test.db.ready(SCHEMA).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_ended_by_the_server() {
    let options = Options {
        answer: Duration::from_millis(300),
        ..Options::default()
    };
    let Some(test) = postgres(options).await else {
        return;
    };
    let mut conn = test.db.read().await.unwrap();
    let slow = conn.query("SELECT pg_sleep(60)").execute().await;
    assert_eq!(trouble(&slow.unwrap_err()), Trouble::Gone);
    let works: i64 = conn
        .query("SELECT count(*) FROM messages")
        .fetch_scalar()
        .await
        .unwrap();
    assert_eq!(works, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_gives_errors_in_time_and_is_taken_up_again() {
    let options = Options {
        answer: Duration::from_secs(1),
        connections: 4,
        ..Options::default()
    };
    let Some(test) = postgres(options.clone()).await else {
        return;
    };
    let (proxy, hang) = proxy(&test.url).await;
    let db = Db::open(&proxy, options).await.unwrap();
    post_and_commit(&db, Uuid::now_v7()).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    post(&mut tx, Uuid::now_v7()).await.unwrap();

    hang.send(true).unwrap();
    let asked = Instant::now();
    let error = tx.commit().await.unwrap_err();
    assert_eq!(trouble(&error), Trouble::Gone, "{error}");
    let error = post_and_commit(&db, Uuid::now_v7()).await.unwrap_err();
    assert_eq!(trouble(&error), Trouble::Gone, "{error}");
    assert!(matches!(db.ready(SCHEMA).await, Err(Unready::Gone(_))));
    assert!(asked.elapsed() < Duration::from_secs(20));

    hang.send(false).unwrap();
    let again = async { while post_and_commit(&db, Uuid::now_v7()).await.is_err() {} };
    timeout(Duration::from_secs(10), again).await.unwrap();
    whole_messages(&db).await;
}

/// A way to the server that can be made to swallow everything.
async fn proxy(url: &str) -> (String, watch::Sender<bool>) {
    let (hang, hanging) = watch::channel(false);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (head, tail) = url.rsplit_once('@').unwrap();
    let (host, database) = tail.split_once('/').unwrap();
    let proxied = format!("{head}@{}/{database}", listener.local_addr().unwrap());
    let server = host.to_owned();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let (server, mut hanging) = (server.clone(), hanging.clone());
            tokio::spawn(async move {
                hanging.wait_for(|hangs| !hangs).await.unwrap();
                let mut server = TcpStream::connect(server).await.unwrap();
                let hung = tokio::select! {
                    _ = copy_bidirectional(&mut client, &mut server) => false,
                    _ = hanging.wait_for(|hangs| *hangs) => true,
                };
                if hung {
                    std::future::pending::<()>().await; // open, and silent for ever
                }
            });
        }
    });
    (proxied, hang)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_clock_is_this_machines_where_both_run_on_it() {
    let test = TestDb::new(SCHEMA).await;
    let offset = test.db.clock_offset().await.unwrap();
    assert!(offset.abs() < 1_000_000, "{offset}");
}
