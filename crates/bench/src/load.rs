use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    Result,
    client::{Answer, Client},
};

/// Before it counts: caches fill, connections open.
const WARM_UP: Duration = Duration::from_secs(1);

/// How a load went.
#[derive(Clone, Debug)]
pub struct Load {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

/// Sends requests over `clients` connections, each waiting for its answer before the next. `make`
/// gets a number that no other request of the load has.
pub async fn run(
    address: &str,
    clients: usize,
    lasts: Duration,
    make: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
) -> Result<Load> {
    let make = Arc::new(make);
    let numbers = Arc::new(AtomicU64::new(0));
    let start = Instant::now() + WARM_UP;
    let end = start + lasts;
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (make, numbers) = (Arc::clone(&make), Arc::clone(&numbers));
        let mut client = Client::connect(address).await?;
        running.spawn(async move {
            let mut took = Vec::new();
            loop {
                let request = make(numbers.fetch_add(1, Relaxed));
                let sent = Instant::now();
                if sent >= end {
                    return Ok(took);
                }
                ensure_good(&client.ask(&request).await?)?;
                if sent >= start {
                    took.push(sent.elapsed());
                }
            }
        });
    }
    collect(running, lasts).await
}

/// The same for what is no HTTP: `step` is called again and again by so many at a time.
pub async fn run_steps<F>(
    clients: usize,
    lasts: Duration,
    step: impl Fn(u64) -> F + Clone + Send + Sync + 'static,
) -> Result<Load>
where
    F: Future<Output = Result<()>> + Send,
{
    let numbers = Arc::new(AtomicU64::new(0));
    let start = Instant::now() + WARM_UP;
    let end = start + lasts;
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (step, numbers) = (step.clone(), Arc::clone(&numbers));
        running.spawn(async move {
            let mut took = Vec::new();
            loop {
                let began = Instant::now();
                if began >= end {
                    return Ok(took);
                }
                step(numbers.fetch_add(1, Relaxed)).await?;
                if began >= start {
                    took.push(began.elapsed());
                }
            }
        });
    }
    collect(running, lasts).await
}

async fn collect(mut running: JoinSet<Result<Vec<Duration>>>, lasts: Duration) -> Result<Load> {
    let mut took = Vec::new();
    while let Some(one) = running.join_next().await {
        took.extend(one??);
    }
    took.sort_unstable();
    let count = u32::try_from(took.len())?;
    let at = |percent: usize| took.get(took.len() * percent / 100).copied();
    Ok(Load {
        per_second: f64::from(count) / lasts.as_secs_f64(),
        p50: at(50).ok_or("nothing was answered")?,
        p99: at(99).ok_or("nothing was answered")?,
    })
}

pub fn ensure_good(answer: &Answer) -> Result<()> {
    if (200..400).contains(&answer.status) {
        return Ok(());
    }
    Err(format!("a request of the load was refused: {}", answer.head).into())
}
