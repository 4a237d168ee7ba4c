use std::time::Duration;

use queue::Outcome;
use tokio::sync::{mpsc, oneshot};

use crate::support::{Queue, Seen, new_job, within};

#[tokio::test]
async fn a_rolled_back_transaction_leaves_no_job() {
    let queue = Queue::new().await;
    let mut tx = queue.db.begin().await.unwrap();
    let job = new_job("a.example", "hello", queue.now());
    queue::push(&mut tx, job, queue.now()).await.unwrap();
    drop(tx);

    assert_eq!(queue.counts().await.due, 0);
    assert_eq!(queue.run_to(Outcome::Done).await.done, 0);
}

#[tokio::test]
async fn jobs_run_in_order_and_are_gone_when_done() {
    let (queue, seen) = (Queue::new().await, Seen::default());
    queue.push("a.example", "first").await;
    queue.advance(1);
    queue.push("a.example", "second \u{0} \"quoted\"").await;

    let ran = queue
        .worker(seen.handler())
        .run_until_empty()
        .await
        .unwrap();

    assert_eq!(ran.done, 2);
    assert_eq!(seen.all(), ["first", "second \u{0} \"quoted\""]);
    assert!(queue.waiting().await.is_empty());
}

#[tokio::test]
async fn a_later_job_waits_for_its_time() {
    let (queue, seen) = (Queue::new().await, Seen::default());
    let later = queue.now() + Duration::from_secs(10);
    queue.push_at("a.example", "held", later).await;
    let worker = queue.worker(seen.handler());

    worker.run_until_empty().await.unwrap();
    assert!(seen.all().is_empty());
    queue.advance(10);
    worker.run_until_empty().await.unwrap();
    assert_eq!(seen.all(), ["held"]);
}

#[tokio::test]
async fn what_a_job_queues_runs_in_the_same_run() {
    let (queue, seen) = (Queue::new().await, Seen::default());
    queue.push("a.example", "parent").await;
    let (db, clock, noted) = (queue.db.clone(), queue.clock.clone(), seen.clone());
    let worker = queue.worker(move |job: queue::Job| {
        let (db, now) = (db.clone(), clock.now());
        noted.note(&job);
        async move {
            if job.payload::<String>().unwrap() == "parent" {
                let mut tx = db.begin().await.unwrap();
                let child = new_job("", "child", now);
                queue::push(&mut tx, child, now).await.unwrap();
                tx.commit().await.unwrap();
            }
            Outcome::Done
        }
    });

    assert_eq!(worker.run_until_empty().await.unwrap().done, 2);
    assert_eq!(seen.all(), ["parent", "child"]);
}

#[tokio::test]
async fn a_waiting_worker_hears_of_a_job_at_once_and_stops_when_told() {
    let queue = Queue::new().await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let worker = queue.worker(move |job: queue::Job| {
        tell.send(job.payload::<String>().unwrap()).unwrap();
        std::future::ready(Outcome::Done)
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        let shutdown = async { stopped.await.unwrap() };
        worker.run(shutdown).await;
    });

    for payload in ["one", "two", "three"] {
        queue.push("a.example", payload).await;
        // Three looks of 5 seconds each would take longer.
        let heard = within(Duration::from_secs(4), told.recv()).await;
        assert_eq!(heard.as_deref(), Some(payload));
    }
    stop.send(()).unwrap();
    within(Duration::from_secs(4), running).await.unwrap();
    assert!(queue.waiting().await.is_empty());
}
