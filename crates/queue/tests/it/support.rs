use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use db::{Clock, Db, Migration, Timestamp, testing::TestDb};
use queue::{Counts, Cursor, Job, JobId, Listed, NewJob, Options, Outcome, Worker};
use tokio::time::timeout;

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "start",
        sqlite: include_str!("../../../../migrations/sqlite/0001_start.sql"),
        postgres: include_str!("../../../../migrations/postgres/0001_start.sql"),
    },
    Migration {
        number: 8,
        name: "deliveries",
        sqlite: include_str!("../../../../migrations/sqlite/0008_deliveries.sql"),
        postgres: include_str!("../../../../migrations/postgres/0008_deliveries.sql"),
    },
];

/// A queue of its own, and a clock that only the test moves.
pub(crate) struct Queue {
    pub db: Db,
    pub clock: Clock,
    test: TestDb,
}

/// The payloads that a handler was given, in order.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Queue {
    pub(crate) async fn new() -> Self {
        let test = TestDb::new(MIGRATIONS).await;
        let clock = Clock::manual(Timestamp::from_micros(1_700_000_000_000_000));
        let db = test.db.clone();
        Self { db, clock, test }
    }

    /// The same database, opened once more, as another process would.
    pub(crate) async fn open_again(&self) -> Db {
        let options = db::Options::default();
        Db::open(&self.test.url, options).await.expect("opens")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn push(&self, lane: &str, payload: &str) -> JobId {
        self.push_at(lane, payload, self.now()).await
    }

    pub(crate) async fn push_at(&self, lane: &str, payload: &str, run_at: Timestamp) -> JobId {
        let mut tx = self.db.begin().await.unwrap();
        let job = new_job(lane, payload, run_at);
        let id = queue::push(&mut tx, job, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(crate) async fn push_many(&self, lane: &str, count: usize) {
        let payloads: Vec<String> = (0..count).map(|n| format!("{lane} {n}")).collect();
        let jobs = payloads
            .iter()
            .map(|payload| new_job(lane, payload, self.now()));
        let mut tx = self.db.begin().await.unwrap();
        let ids = queue::push_all(&mut tx, jobs, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(ids.len(), count);
    }

    pub(crate) fn worker<H, F>(&self, handler: H) -> Worker<H>
    where
        H: Fn(Job) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let options = Options::default();
        Worker::new(self.db.clone(), self.clock.clone(), handler, options)
    }

    /// Runs every due job, each with the same outcome.
    pub(crate) async fn run_to(&self, outcome: Outcome) -> queue::Ran {
        let handler = move |_| std::future::ready(outcome.clone());
        self.worker(handler).run_until_empty().await.unwrap()
    }

    pub(crate) async fn counts(&self) -> Counts {
        let mut conn = self.db.read().await.unwrap();
        queue::counts(&mut conn, self.now()).await.unwrap()
    }

    pub(crate) async fn waiting(&self) -> Vec<Listed> {
        let mut conn = self.db.read().await.unwrap();
        queue::waiting_page(&mut conn, Cursor::first())
            .await
            .unwrap()
    }

    pub(crate) async fn parked(&self) -> Vec<Listed> {
        let mut conn = self.db.read().await.unwrap();
        queue::failed_page(&mut conn, Cursor::newest())
            .await
            .unwrap()
    }

    /// The only job there is, which did not fail.
    pub(crate) async fn the_job(&self) -> Listed {
        let mut jobs = self.waiting().await;
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        jobs.remove(0)
    }

    /// The reason of the only job that failed.
    pub(crate) async fn the_reason(&self) -> String {
        let jobs = self.parked().await;
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        jobs[0].last_error.clone().unwrap()
    }

    /// Moves the clock to when the only job is due.
    pub(crate) async fn advance_to_the_job(&self) {
        let run_at = self.the_job().await.run_at;
        self.clock.advance(run_at.since(self.now()));
    }
}

impl Seen {
    pub(crate) fn note(&self, job: &Job) {
        self.0.lock().unwrap().push(job.payload().unwrap());
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// A handler that notes its job and is done.
    pub(crate) fn handler(&self) -> impl Fn(Job) -> std::future::Ready<Outcome> + Clone + use<> {
        let seen = self.clone();
        move |job| {
            seen.note(&job);
            std::future::ready(Outcome::Done)
        }
    }
}

pub(crate) fn new_job<'a>(
    lane: &'a str,
    payload: &'a str,
    run_at: Timestamp,
) -> NewJob<'a, &'a str> {
    NewJob {
        kind: "mail",
        lane,
        payload,
        run_at,
    }
}

pub(crate) fn retry() -> Outcome {
    Outcome::Retry {
        error: "451 try again later".to_owned(),
        after: None,
    }
}

/// Waits for what must happen soon.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    within(Duration::from_secs(20), what).await
}

pub(crate) async fn within<T>(limit: Duration, what: impl Future<Output = T>) -> T {
    timeout(limit, what).await.expect("in time")
}
