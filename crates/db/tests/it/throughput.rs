use std::time::{Duration, Instant};

use db::{Options, testing::TestDb};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::posting::{SCHEMA, post_and_commit};

/// Posts a second by so many posters at once, with group commit and without.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, for a release build: cargo test --release -p db -- --ignored throughput --nocapture"]
#[expect(clippy::print_stdout, reason = "read by whoever measures")]
#[expect(clippy::cast_precision_loss, reason = "a rate")]
async fn throughput() {
    let time = Duration::from_secs(4);
    let batches = std::env::var("BATCHES").unwrap_or_else(|_| "1,64".into());
    for posters in [1, 8, 64, 256] {
        for batch in batches.split(',').map(|batch| batch.parse().unwrap()) {
            let options = Options {
                batch,
                ..Options::default()
            };
            let test = TestDb::with(SCHEMA, options).await;
            let mut tasks = JoinSet::new();
            let start = Instant::now();
            for _ in 0..posters {
                let db = test.db.clone();
                tasks.spawn(async move {
                    let mut waits = Vec::new();
                    while start.elapsed() < time {
                        let asked = Instant::now();
                        post_and_commit(&db, Uuid::now_v7()).await.unwrap();
                        waits.push(asked.elapsed());
                    }
                    waits
                });
            }
            let mut waits: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
            let rate = waits.len() as f64 / start.elapsed().as_secs_f64();
            waits.sort();
            let (half, most) = (waits[waits.len() / 2], waits[waits.len() * 99 / 100]);
            println!(
                "{posters:3} posters, batch {batch:3}: {rate:6.0} posts/s, p50 {half:8.1?}, p99 {most:8.1?}"
            );
        }
    }
}
