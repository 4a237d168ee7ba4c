use db::{Clock, Db, Options};
use queue::NewJob;

use crate::pigeon::Pigeon;

#[tokio::test]
async fn jobs_are_listed_run_tried_again_and_dropped() {
    let pigeon = Pigeon::new().await;
    pigeon.run(&["migrate"]).ok();
    let id = push_job(&pigeon, "no-such-kind").await;

    let list = pigeon.run(&["queue", "list"]);
    let columns: Vec<&str> = list.ok().trim_end_matches('\n').split('\t').collect();
    let (time, others) = (columns[5], [&columns[..5], &columns[6..]].concat());
    assert_eq!(others, [&id, "due", "no-such-kind", "a lane", "0", ""]);
    assert!(time.ends_with('Z'), "{time}");
    assert_eq!(pigeon.run(&["queue", "list", "--failed"]).ok(), "");

    let ran = pigeon.run(&["queue", "run"]);
    assert_eq!(
        (ran.code, &*ran.out),
        (0, "0 done, 0 to be tried again, 1 failed.\n")
    );
    let failed = pigeon.run(&["queue", "list", "--failed"]);
    assert!(failed.ok().contains("\tfailed\tno-such-kind\ta lane\t1\t"));
    assert_eq!(failed.ok(), pigeon.run(&["queue", "list"]).ok());

    let retried = pigeon.run(&["queue", "retry", &id]);
    assert_eq!(retried.ok(), format!("{id} is due now.\n"));
    assert!(pigeon.run(&["queue", "list"]).ok().contains("\tdue\t"));
    pigeon.run(&["queue", "run"]);
    let retried = pigeon.run(&["queue", "retry", "all"]);
    assert_eq!(retried.ok(), "1 job is due now.\n");

    let dropped = pigeon.run(&["queue", "drop", &id]);
    assert_eq!(dropped.ok(), format!("{id} is dropped.\n"));
    assert_eq!(pigeon.run(&["queue", "list"]).ok(), "");
}

#[tokio::test]
async fn what_is_wrong_with_a_job_is_said_in_one_line() {
    let pigeon = Pigeon::new().await;
    let none = "01936f3e-7a4b-7000-8000-0123456789ab";
    for action in ["retry", "drop"] {
        pigeon
            .run(&["queue", action, none])
            .refused_with(&format!("there is no job {none}"));
        let outcome = pigeon.run(&["queue", action, "17"]);
        assert_eq!(outcome.code, 2);
        assert!(outcome.err.contains("not the id of a job"), "{outcome:?}");
    }

    let id = push_job(&pigeon, "no-such-kind").await;
    let outcome = pigeon.run(&["queue", "retry", &id]);
    let line = format!("pigeon: job {id} is running, or was never tried: it is left alone\n");
    assert_eq!((outcome.code, outcome.err), (1, line));
}

/// A job that is due; its id.
async fn push_job(pigeon: &Pigeon, kind: &'static str) -> String {
    let db = Db::open(&pigeon.database_url, Options::default())
        .await
        .expect("the database is there");
    let now = Clock::system().now();
    let mut tx = db.begin().await.expect("the database is there");
    let job = NewJob {
        kind,
        lane: "a lane",
        payload: (),
        run_at: now,
    };
    let id = queue::push(&mut tx, job, now)
        .await
        .expect("the database is there");
    tx.commit().await.expect("the database is there");
    db.close().await;
    id.to_string()
}
