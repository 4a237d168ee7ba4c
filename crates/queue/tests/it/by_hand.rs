use std::time::Duration;

use queue::{Cursor, JobId, Outcome, Retried, State};

use crate::{
    leases::leave_running,
    support::{Queue, retry},
};

async fn retry_one(queue: &Queue, id: JobId) -> Retried {
    let mut tx = queue.db.begin().await.unwrap();
    let retried = queue::retry(&mut tx, id, queue.now()).await.unwrap();
    tx.commit().await.unwrap();
    retried
}

#[tokio::test]
async fn a_failed_job_can_be_tried_again_with_all_its_tries() {
    let queue = Queue::new().await;
    let id = queue.push("a.example", "mail").await;
    let error = "550 no such user".to_owned();
    queue.run_to(Outcome::Fail { error }).await;

    assert_eq!(retry_one(&queue, id).await, Retried::Due);
    assert_eq!(queue.the_job().await.state(queue.now()), State::Due);
    assert_eq!(queue.counts().await.failed, 0);
    queue.run_to(retry()).await;
    let wait = queue.the_job().await.run_at.since(queue.now());
    assert!(wait <= Duration::from_secs(13), "{wait:?}");
}

#[tokio::test]
async fn a_waiting_job_can_be_tried_at_once() {
    let queue = Queue::new().await;
    let id = queue.push("a.example", "mail").await;
    queue.run_to(retry()).await;
    assert_eq!(queue.run_to(Outcome::Done).await.done, 0);

    assert_eq!(retry_one(&queue, id).await, Retried::Due);
    assert_eq!(queue.run_to(Outcome::Done).await.done, 1);
    assert_eq!(retry_one(&queue, id).await, Retried::Unknown);
}

#[tokio::test]
async fn running_and_held_jobs_are_left_alone() {
    let queue = Queue::new().await;
    let running = queue.push("a.example", "mail").await;
    let job = leave_running(&queue).await;
    let later = queue.now() + Duration::from_secs(10);
    let held = queue.push_at("a.example", "held back", later).await;

    assert_eq!(retry_one(&queue, running).await, Retried::LeftAlone);
    assert_eq!(retry_one(&queue, held).await, Retried::LeftAlone);
    assert_eq!(queue::retry_all(&queue.db, queue.now()).await.unwrap(), 0);
    assert!(job.still_mine(&queue.db).await.unwrap());
    assert_eq!(queue.run_to(Outcome::Done).await.done, 0);
}

#[tokio::test]
async fn all_failed_and_waiting_jobs_can_be_tried_at_once() {
    let queue = Queue::new().await;
    queue.push_many("a.example", 1500).await;
    let error = "550 no".to_owned();
    assert_eq!(queue.run_to(Outcome::Fail { error }).await.parked, 1500);
    queue.push_many("b.example", 20).await;
    assert_eq!(queue.run_to(retry()).await.put_off, 20);

    assert_eq!(
        queue::retry_all(&queue.db, queue.now()).await.unwrap(),
        1520
    );
    assert_eq!(queue.counts().await.due, 1520);
    assert_eq!(queue.run_to(Outcome::Done).await.done, 1520);
}

#[tokio::test]
async fn a_job_can_be_dropped_once() {
    let queue = Queue::new().await;
    let id = queue.push("a.example", "mail").await;
    let mut tx = queue.db.begin().await.unwrap();
    assert!(queue::drop_job(&mut tx, id).await.unwrap().is_some());
    assert!(queue::drop_job(&mut tx, id).await.unwrap().is_none());
    tx.commit().await.unwrap();
    assert_eq!(queue.run_to(Outcome::Done).await.done, 0);
}

#[tokio::test]
async fn counts_tell_what_is_due_and_for_how_long() {
    let queue = Queue::new().await;
    assert_eq!(queue.counts().await, queue::Counts::default());
    queue.push("a.example", "mail").await;
    let later = queue.now() + Duration::from_hours(1);
    queue.push_at("a.example", "held", later).await;
    queue.advance(30);

    let counts = queue.counts().await;
    assert_eq!((counts.due, counts.failed), (1, 0));
    let age = counts.oldest_due_age(queue.now());
    assert_eq!(age, Duration::from_secs(30));
}

#[tokio::test]
async fn lists_go_on_from_page_to_page() {
    let queue = Queue::new().await;
    queue.push_many("a.example", 250).await;
    let mut conn = queue.db.read().await.unwrap();
    let (mut cursor, mut pages, mut ids) = (Cursor::first(), Vec::new(), Vec::new());
    loop {
        let page = queue::waiting_page(&mut conn, cursor).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = last.cursor();
        pages.push(page.len());
        ids.extend(page.iter().map(|job| job.id));
    }
    drop(conn);
    ids.dedup();
    assert_eq!((pages, ids.len()), (vec![100, 100, 50], 250));

    let error = "550 no".to_owned();
    queue.run_to(Outcome::Fail { error }).await;
    let mut conn = queue.db.read().await.unwrap();
    let page = queue::failed_page(&mut conn, Cursor::newest())
        .await
        .unwrap();
    let cursor = page.last().unwrap().cursor();
    let next = queue::failed_page(&mut conn, cursor).await.unwrap();
    assert!(next[0].id < page[99].id);
}

#[tokio::test]
async fn what_is_stale_is_done_only_when_somebody_says_so() {
    let queue = Queue::new().await;
    let id = queue.push("a.example", "mail").await;
    assert_eq!(queue.run_to(Outcome::Stale).await.parked, 1);
    let counts = queue.counts().await;
    assert_eq!((counts.due, counts.failed, counts.stale), (0, 0, 1));
    let trouble = queue::trouble(&mut queue.db.read().await.unwrap(), queue.now()).await;
    assert!(trouble.unwrap().any_stale);

    queue::retry_all(&queue.db, queue.now()).await.unwrap();
    assert_eq!(queue.run_to(Outcome::Done).await.done, 0);
    let page = queue::stale_page(&mut queue.db.read().await.unwrap(), Cursor::newest()).await;
    assert_eq!(page.unwrap()[0].id, id);

    let released = queue::release_stale(&queue.db, queue.now()).await.unwrap();
    assert_eq!(released, 1);
    assert_eq!(queue.run_to(Outcome::Done).await.done, 1);
}
