use std::{collections::HashMap, sync::Arc};

use db::Db;
use queue::{Job, Options, Outcome, State, Worker};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use crate::support::{Queue, Seen, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_workers_run_each_of_500_jobs_once() {
    let (queue, seen) = (Queue::new().await, Seen::default());
    for lane in ["a", "b", "c", "d", "e"] {
        queue.push_many(lane, 100).await;
    }
    let elsewhere = queue.open_again().await;

    let workers = (0..8).map(|n| {
        let db: Db = if n % 2 == 0 { &queue.db } else { &elsewhere }.clone();
        let options = Options::default();
        let worker = Worker::new(db, queue.clock.clone(), seen.handler(), options);
        tokio::spawn(async move { worker.run_until_empty().await.unwrap().done })
    });
    let mut done = 0;
    for worker in workers.collect::<Vec<_>>() {
        done += worker.await.unwrap();
    }

    assert_eq!(done, 500);
    let mut times = HashMap::new();
    for payload in seen.all() {
        *times.entry(payload).or_insert(0) += 1;
    }
    assert_eq!(times.len(), 500);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert!(queue.waiting().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_beside_a_serving_worker_takes_no_job_twice() {
    let (queue, seen) = (Queue::new().await, Seen::default());
    let served = queue.worker(seen.handler());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let shutdown = async { stopped.await.unwrap() };
        served.run(shutdown).await;
    });
    let elsewhere = queue.open_again().await;
    let options = Options::default();
    let beside = Worker::new(elsewhere, queue.clock.clone(), seen.handler(), options);

    for _ in 0..10 {
        queue.push_many("a", 10).await;
        beside.run_until_empty().await.unwrap();
    }
    stop.send(()).unwrap();
    soon(serving).await.unwrap();
    beside.run_until_empty().await.unwrap();

    assert_eq!(seen.all().len(), 100);
    assert!(queue.waiting().await.is_empty());
}

#[tokio::test]
async fn a_worker_that_slept_through_its_lease_does_not_act() {
    let (queue, sent) = (Queue::new().await, Seen::default());
    let job = queue.push("a.example", "mail").await;
    let (entered, gate) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let frozen = {
        let (entered, gate, sent) = (entered.clone(), gate.clone(), sent.clone());
        queue.worker(move |job: Job| {
            let (entered, gate, sent) = (entered.clone(), gate.clone(), sent.clone());
            async move {
                entered.notify_one();
                drop(gate.acquire().await.unwrap());
                sent.note(&job);
                Outcome::Done
            }
        })
    };
    let frozen = tokio::spawn(async move { frozen.run_until_empty().await.unwrap() });
    soon(entered.notified()).await;

    queue.advance(70);
    let other = queue.worker(sent.handler());
    assert_eq!(other.run_until_empty().await.unwrap().done, 1);
    gate.add_permits(1); // it thaws
    let ran = soon(frozen).await.unwrap();

    assert_eq!(sent.all(), ["mail"]);
    assert_eq!(ran, queue::Ran::default());
    assert!(queue.waiting().await.iter().all(|left| left.id != job));
}

#[tokio::test]
async fn an_old_holder_is_fenced_off_by_the_attempt() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    let old = leave_running(&queue).await;
    assert!(old.still_mine(&queue.db).await.unwrap());
    assert!(old.renew(&queue.db).await.unwrap());
    queue.advance(59);
    assert!(old.act(&queue.db).await.unwrap(), "the lease was renewed");

    queue.advance(61);
    let new = leave_running(&queue).await;
    assert_eq!((old.attempt(), new.attempt()), (1, 2));
    assert_eq!((old.copies(), new.copies()), (0, 1));
    for (job, mine) in [(&old, false), (&new, true)] {
        assert_eq!(job.still_mine(&queue.db).await.unwrap(), mine);
        assert_eq!(job.renew(&queue.db).await.unwrap(), mine);
        assert_eq!(job.act(&queue.db).await.unwrap(), mine);
    }
}

#[tokio::test]
async fn a_dead_workers_job_comes_back_after_its_lease() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    leave_running(&queue).await;

    queue.advance(59);
    assert_eq!(queue.the_job().await.state(queue.now()), State::Running);
    assert_eq!(queue.run_to(Outcome::Done).await.done, 0);
    queue.advance(1);
    assert_eq!(queue.run_to(Outcome::Done).await.done, 1);
}

#[tokio::test]
async fn a_job_that_is_dropped_while_it_runs_is_no_longer_its_holders() {
    let queue = Queue::new().await;
    let id = queue.push("a.example", "mail").await;
    let job = leave_running(&queue).await;

    let mut tx = queue.db.begin().await.unwrap();
    assert!(queue::drop_job(&mut tx, id).await.unwrap().is_some());
    tx.commit().await.unwrap();

    assert!(!job.still_mine(&queue.db).await.unwrap());
    assert!(!job.act(&queue.db).await.unwrap());
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_waits_for_its_jobs() {
    let (queue, seen) = (Queue::new().await, Seen::default());
    queue.push("a.example", "mail").await;
    let (entered, gate) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let worker = {
        let (entered, gate, seen) = (entered.clone(), gate.clone(), seen.clone());
        queue.worker(move |job: Job| {
            let (entered, gate, seen) = (entered.clone(), gate.clone(), seen.clone());
            async move {
                entered.notify_one();
                drop(gate.acquire().await.unwrap());
                seen.note(&job);
                Outcome::Done
            }
        })
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        let shutdown = async { stopped.await.unwrap() };
        worker.run(shutdown).await;
    });
    soon(entered.notified()).await;
    stop.send(()).unwrap();
    gate.add_permits(1);
    soon(running).await.unwrap();

    assert_eq!(seen.all(), ["mail"]);
    assert!(queue.waiting().await.is_empty());
}

/// Takes the only due job, and dies while it runs.
pub(crate) async fn leave_running(queue: &Queue) -> Job {
    let (hand_out, mut jobs) = mpsc::unbounded_channel();
    let worker = queue.worker(move |job: Job| {
        hand_out.send(job).unwrap();
        std::future::pending()
    });
    let dying = tokio::spawn(async move { worker.run_until_empty().await });
    let job = soon(jobs.recv()).await.unwrap();
    dying.abort();
    let _ = dying.await;
    job
}
