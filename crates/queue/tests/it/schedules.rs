use std::time::Duration;

use queue::{Options, Outcome, Schedule, Worker};

use crate::support::{Queue, retry};

const SWEEP: Schedule = Schedule {
    kind: "sweep",
    every: Duration::from_hours(1),
};

fn options() -> Options {
    Options {
        schedules: vec![SWEEP],
        ..Options::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_workers_run_each_occurrence_once() {
    let queue = Queue::new().await;
    let elsewhere = queue.open_again().await;
    let mut done = Vec::new();
    for _ in 0..5 {
        let workers = [&queue.db, &elsewhere, &queue.db].map(|db| {
            let handler = |_| std::future::ready(Outcome::Done);
            let worker = Worker::new(db.clone(), queue.clock.clone(), handler, options());
            tokio::spawn(async move { worker.run_until_empty().await.unwrap().done })
        });
        let mut ran = 0;
        for worker in workers {
            ran += worker.await.unwrap();
        }
        done.push(ran);
        queue.advance(3600);
    }
    assert_eq!(done, [0, 1, 1, 1, 1], "the first one only sets the time");
}

#[tokio::test]
async fn missed_occurrences_count_as_one_and_a_stuck_one_is_not_doubled() {
    let queue = Queue::new().await;
    let handler = |job: queue::Job| {
        assert_eq!((job.kind(), job.lane()), ("sweep", "sweep"));
        let () = job.payload().unwrap();
        std::future::ready(retry())
    };
    let (db, clock) = (queue.db.clone(), queue.clock.clone());
    let worker = Worker::new(db, clock, handler, options());
    worker.run_until_empty().await.unwrap();

    queue.advance(100 * 3600);
    assert_eq!(worker.run_until_empty().await.unwrap().put_off, 1);
    queue.advance(3600);
    worker.run_until_empty().await.unwrap();
    assert_eq!(queue.waiting().await.len(), 1);
}
