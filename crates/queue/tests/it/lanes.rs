use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use queue::{Job, Outcome};
use tokio::sync::mpsc;

use crate::support::{Queue, Seen, soon, within};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_jobs_of_a_dead_server_do_not_delay_anothers() {
    let queue = Queue::new().await;
    queue.push_many("dead.example", 10_000).await;
    one_of_another_lane_is_done_within_5_seconds(queue).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_dead_servers_do_not_delay_another() {
    let queue = Queue::new().await;
    for n in 0..40 {
        queue.push_many(&format!("dead{n}.example"), 50).await;
    }
    one_of_another_lane_is_done_within_5_seconds(queue).await;
}

/// With jobs in lanes that hang for ever.
async fn one_of_another_lane_is_done_within_5_seconds(queue: Queue) {
    let (entered, mut hanging) = mpsc::unbounded_channel();
    let (tell, mut told) = mpsc::unbounded_channel();
    let worker = queue.worker(move |job: Job| {
        let (entered, tell) = (entered.clone(), tell.clone());
        async move {
            if job.lane().starts_with("dead") {
                entered.send(()).unwrap();
                std::future::pending::<()>().await;
            }
            tell.send(()).unwrap();
            Outcome::Done
        }
    });
    let running = tokio::spawn(async move { worker.run(std::future::pending()).await });
    soon(hanging.recv()).await.unwrap();

    for _ in 0..3 {
        queue.push("well.example", "mail").await;
        within(Duration::from_secs(5), told.recv()).await.unwrap();
    }
    running.abort();
}

#[tokio::test]
async fn sixteen_jobs_run_at_once_one_of_each_lane_that_nobody_knows_yet() {
    let queue = Queue::new().await;
    for n in 0..20 {
        queue.push_many(&format!("lane{n:02}"), 5).await;
    }
    let (entered, mut begun) = mpsc::unbounded_channel();
    let worker = queue.worker(move |job: Job| {
        entered.send(job.lane().to_owned()).unwrap();
        std::future::pending()
    });
    let running = tokio::spawn(async move { worker.run(std::future::pending()).await });

    let mut lanes = Vec::new();
    for _ in 0..16 {
        lanes.push(soon(begun.recv()).await.unwrap());
    }
    assert!(begun.try_recv().is_err(), "a seventeenth");
    lanes.sort();
    lanes.dedup();
    assert_eq!(lanes.len(), 16);
    running.abort();
}

#[tokio::test]
async fn two_jobs_of_a_lane_that_is_well_run_at_once() {
    let queue = Queue::new().await;
    queue.push_many("a.example", 10).await;
    let (entered, mut begun) = mpsc::unbounded_channel();
    let tries = AtomicU32::new(0);
    let worker = queue.worker(move |_| {
        let (entered, first) = (entered.clone(), tries.fetch_add(1, SeqCst) == 0);
        async move {
            if !first {
                entered.send(()).unwrap();
                std::future::pending::<()>().await;
            }
            Outcome::Done
        }
    });
    let running = tokio::spawn(async move { worker.run(std::future::pending()).await });

    soon(begun.recv()).await.unwrap();
    soon(begun.recv()).await.unwrap();
    assert!(begun.try_recv().is_err(), "a third");
    running.abort();
}

#[tokio::test]
async fn lanes_take_turns() {
    let (queue, seen) = (Queue::new().await, Seen::default());
    for lane in ["a", "b", "c"] {
        queue.push_many(lane, 10).await;
    }
    let options = queue::Options {
        at_once: 1,
        per_lane: 1,
        ..queue::Options::default()
    };
    let (db, clock) = (queue.db.clone(), queue.clock.clone());
    let worker = queue::Worker::new(db, clock, seen.handler(), options);
    worker.run_until_empty().await.unwrap();

    let all = seen.all();
    let lanes: Vec<_> = all.iter().map(|payload| &payload[..1]).collect();
    assert_eq!(lanes, ["a", "b", "c"].repeat(10));
}

#[tokio::test]
async fn a_lane_that_cannot_be_reached_rests_after_a_few_tries() {
    let (queue, tries) = (Queue::new().await, Arc::new(AtomicU32::new(0)));
    queue.push_many("dead.example", 1000).await;
    queue.push_many("well.example", 10).await;
    let counted = tries.clone();
    let worker = queue.worker(move |job: Job| {
        let counted = counted.clone();
        async move {
            if job.lane() == "well.example" {
                return Outcome::Done;
            }
            counted.fetch_add(1, SeqCst);
            let error = "connection refused".to_owned();
            Outcome::Down { error }
        }
    });

    assert_eq!(worker.run_until_empty().await.unwrap().done, 10);
    assert!(tries.load(SeqCst) <= 2, "{} tries", tries.load(SeqCst));
    let counts = queue.counts().await;
    assert!(counts.due >= 998);
    assert_eq!(counts.failing_since, Some(queue.now()));
}

#[tokio::test]
async fn every_one_of_a_thousand_lanes_is_served() {
    let queue = Queue::new().await;
    let lanes: Vec<String> = (0..1000).map(|n| format!("lane {n}")).collect();
    let jobs = lanes
        .iter()
        .map(|lane| crate::support::new_job(lane, "mail", queue.now()));
    let mut tx = queue.db.begin().await.unwrap();
    queue::push_all(&mut tx, jobs, queue.now()).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(queue.run_to(Outcome::Done).await.done, 1000);
}
