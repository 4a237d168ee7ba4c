use std::time::Duration;

use queue::{Outcome, State};

use crate::support::{Queue, retry};

#[tokio::test]
async fn each_temporary_failure_waits_longer_and_gives_up_after_a_day() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    let begun = queue.now();
    let mut waits = Vec::new();
    while queue.run_to(retry()).await.put_off == 1 {
        let job = queue.the_job().await;
        assert_eq!(job.state(queue.now()), State::Waiting);
        waits.push(job.run_at.since(queue.now()));
        queue.advance_to_the_job().await;
    }

    for (doublings, wait) in (0..9).zip(&waits) {
        let middle = Duration::from_secs(10) * 2_u32.pow(doublings);
        assert!(*wait >= middle.mul_f64(0.75), "{waits:?}");
        assert!(*wait <= middle.mul_f64(1.25), "{waits:?}");
    }
    assert!(waits.iter().all(|wait| *wait <= Duration::from_mins(75)));
    assert!((28..40).contains(&waits.len()), "{} tries", waits.len());
    let lasted = queue.now().since(begun);
    assert!(lasted > Duration::from_hours(22) && lasted <= Duration::from_hours(24));
    let reason = queue.the_reason().await;
    assert_eq!(reason, "given up after a day: 451 try again later");
}

#[tokio::test]
async fn jobs_that_fail_together_do_not_come_back_together() {
    let queue = Queue::new().await;
    queue.push_many("a.example", 20).await;
    assert_eq!(queue.run_to(retry()).await.put_off, 20);

    let mut times: Vec<_> = queue.waiting().await.iter().map(|it| it.run_at).collect();
    times.dedup();
    assert_eq!(times.len(), 20);
}

#[tokio::test]
async fn the_servers_own_delay_is_kept() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    let after = Some(Duration::from_mins(7));
    let error = "come back in 7 minutes".to_owned();
    queue.run_to(Outcome::Retry { error, after }).await;

    let run_at = queue.the_job().await.run_at;
    assert_eq!(run_at.since(queue.now()), Duration::from_mins(7));
}

#[tokio::test]
async fn a_refusal_is_parked_at_once_with_the_servers_words() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    let error = "550 no such user\u{0}".to_owned();
    assert_eq!(queue.run_to(Outcome::Fail { error }).await.parked, 1);

    assert_eq!(queue.the_reason().await, "550 no such user");
    assert!(queue.waiting().await.is_empty());
    queue.advance(1_000_000);
    assert_eq!(queue.run_to(Outcome::Done).await.done, 0);
    assert_eq!(queue.counts().await.failed, 1);
}

#[tokio::test]
async fn what_may_have_been_sent_is_tried_three_times_in_all() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    let error = "the answer to DATA was lost".to_owned();
    let uncertain = Outcome::Uncertain { error };

    assert_eq!(queue.run_to(uncertain.clone()).await.put_off, 1);
    assert_eq!(queue.the_job().await.copies, 1);
    queue.advance_to_the_job().await;
    assert_eq!(queue.run_to(uncertain.clone()).await.put_off, 1);
    queue.advance_to_the_job().await;
    assert_eq!(queue.run_to(uncertain).await.parked, 1);
    let reason = queue.the_reason().await;
    assert_eq!(
        reason,
        "uncertain after 3 tries: the answer to DATA was lost"
    );
}

#[tokio::test]
async fn a_job_is_tried_again_within_two_minutes_of_its_servers_return() {
    let queue = Queue::new().await;
    queue.push("a.example", "mail").await;
    let error = "connection refused".to_owned();
    for _ in 0..30 {
        queue
            .run_to(Outcome::Down {
                error: error.clone(),
            })
            .await;
        let wait = queue.the_job().await.run_at.since(queue.now());
        assert!(wait <= Duration::from_secs(75), "{wait:?}");
        queue.advance_to_the_job().await;
    }
    assert_eq!(queue.run_to(Outcome::Done).await.done, 1);
}
