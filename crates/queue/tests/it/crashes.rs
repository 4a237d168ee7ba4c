use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use queue::{Job, Outcome};

use crate::{leases::leave_running, support::Queue};

#[tokio::test]
async fn a_job_that_panics_is_parked_after_five_tries_and_the_others_go_on() {
    let (queue, tries) = (Queue::new().await, Arc::new(AtomicU32::new(0)));
    queue.push("a.example", "poison").await;
    let counted = tries.clone();
    let worker = queue.worker(move |job: Job| {
        let counted = counted.clone();
        async move {
            if job.payload::<String>().unwrap() == "poison" {
                counted.fetch_add(1, SeqCst);
                panic!("cannot digest this");
            }
            Outcome::Done
        }
    });
    for n in 1..=5 {
        let others = format!("other {n}");
        queue.push("a.example", &others).await;
        let ran = worker.run_until_empty().await.unwrap();
        assert_eq!((ran.done, ran.parked), (1, u64::from(n == 5)));
        if n < 5 {
            queue.advance_to_the_job().await;
        }
    }

    assert_eq!(tries.load(SeqCst), 5);
    let reason = queue.the_reason().await;
    assert!(reason.ends_with("panicked: cannot digest this"), "{reason}");
    queue.advance(1_000_000);
    worker.run_until_empty().await.unwrap();
    assert_eq!(tries.load(SeqCst), 5);
}

#[tokio::test]
async fn a_job_that_takes_its_worker_down_is_parked_after_five_tries() {
    let queue = Queue::new().await;
    queue.push("a.example", "poison").await;
    for attempt in 1..=5 {
        assert_eq!(leave_running(&queue).await.attempt(), attempt);
        queue.advance(60);
    }
    let ran = queue.run_to(Outcome::Done).await;

    assert_eq!((ran.done, ran.parked), (0, 1));
    let reason = queue.the_reason().await;
    assert_eq!(reason, "5 tries crashed or never came back");
}

#[tokio::test]
async fn a_worker_that_dies_while_it_acts_counts_as_a_possible_copy() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    for copies in 0..3 {
        let job = leave_running(&queue).await;
        assert_eq!(job.copies(), copies);
        assert!(job.act(&queue.db).await.unwrap());
        queue.advance(60);
    }
    let ran = queue.run_to(Outcome::Done).await;

    assert_eq!((ran.done, ran.parked), (0, 1));
    let reason = queue.the_reason().await;
    assert!(reason.starts_with("uncertain after 3 tries"), "{reason}");
}

#[tokio::test]
async fn acting_without_success_leaves_no_possible_copy() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    let db = queue.db.clone();
    let worker = queue.worker(move |job: Job| {
        let db = db.clone();
        async move {
            assert!(job.act(&db).await.unwrap());
            crate::support::retry()
        }
    });
    assert_eq!(worker.run_until_empty().await.unwrap().put_off, 1);
    assert_eq!(queue.the_job().await.copies, 0);
}
