use std::{
    collections::HashMap,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::Poll,
};

use db::{Kind, testing::TestDb};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::posting::{SCHEMA, post, post_and_commit, random, whole_messages};

#[tokio::test(flavor = "multi_thread")]
async fn requests_cancelled_at_any_await_lose_and_leave_nothing() {
    let test = TestDb::new(SCHEMA).await;
    // On a server each wait for the network is an await more.
    let (requests, polls, posters_at_once) = match test.db.kind() {
        Kind::Sqlite => (10_000, 14, 64),
        Kind::Postgres => (2_000, 30, 8),
    };
    let rounds = Arc::new(AtomicUsize::new(0));
    let mut posters = JoinSet::new();
    for _ in 0..posters_at_once {
        let (db, rounds) = (test.db.clone(), Arc::clone(&rounds));
        posters.spawn(async move {
            let mut fates = HashMap::new();
            while rounds.fetch_add(1, SeqCst) < requests {
                let id = Uuid::now_v7();
                let committing = AtomicBool::new(false);
                let work = async {
                    let mut tx = db.begin().await?;
                    post(&mut tx, id).await?;
                    committing.store(true, SeqCst);
                    tx.commit().await
                };
                let outcome = cancelled_after(random(polls), Box::pin(work)).await;
                let fate = match outcome {
                    Some(Ok(())) => "acknowledged",
                    Some(Err(error)) => panic!("{error}"),
                    None if committing.load(SeqCst) => "unknown",
                    None => "cancelled",
                };
                fates.insert(id, fate);
            }
            fates
        });
    }
    let fates: HashMap<Uuid, &str> = posters.join_all().await.into_iter().flatten().collect();
    post_and_commit(&test.db, Uuid::now_v7()).await.unwrap();
    let there = whole_messages(&test.db).await;
    let mut counts = HashMap::<_, u32>::new();
    for (id, fate) in &fates {
        *counts.entry((*fate, there.contains(id))).or_default() += 1;
    }
    assert_eq!(counts.get(&("acknowledged", false)), None);
    assert_eq!(counts.get(&("cancelled", true)), None);
    assert!(counts.len() >= 3, "each fate was met: {counts:?}");
}

/// Polls `future` at most `polls` times, then drops it.
async fn cancelled_after<T>(polls: u64, mut future: impl Future<Output = T> + Unpin) -> Option<T> {
    let mut left = polls;
    poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        let poll = Pin::new(&mut future).poll(cx).map(Some);
        if poll.is_pending() && left == 0 {
            cx.waker().wake_by_ref();
        }
        poll
    })
    .await
}
