use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use db::Timestamp;
use tokio::{
    task::{Id, JoinError, JoinSet},
    time::timeout,
};
use tracing::Instrument;

use crate::{
    Job, Options, Outcome, finish::Finished, lanes::Lanes, lease::run_within, outcome::End,
    worker::Ran,
};

/// A job that runs for longer is held up by somebody else, and gives its place to another.
const SLOW: Duration = Duration::from_secs(1);
/// So many jobs run at most, the slow ones among them.
const AT_MOST: usize = 64;

/// The jobs that a worker is at.
pub(crate) struct Crew {
    tasks: JoinSet<End>,
    running: HashMap<Id, Running>,
    at_once: usize,
    pub lanes: Lanes,
    /// The lane that was served last; the one after it is next.
    pub served: String,
    /// What is still to be written down.
    pub ended: Vec<(Job, End)>,
    pub ran: Ran,
}

struct Running {
    job: Job,
    since: Instant,
}

impl Crew {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            tasks: JoinSet::new(),
            running: HashMap::new(),
            at_once: options.at_once,
            lanes: Lanes::new(options.per_lane),
            served: String::new(),
            ended: Vec::new(),
            ran: Ran::default(),
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.running.is_empty() && self.ended.is_empty()
    }

    /// How many more jobs may start.
    pub(crate) fn free(&self) -> usize {
        let running = self.running.values();
        let quick = running.filter(|it| it.since.elapsed() < SLOW).count();
        let free = self.at_once.saturating_sub(quick);
        free.min(AT_MOST.saturating_sub(self.running.len()))
    }

    pub(crate) fn start<H, F>(&mut self, job: Job, handler: &Arc<H>, now: Timestamp)
    where
        H: Fn(Job) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        self.lanes.started(job.lane(), now);
        let (handler, theirs) = (Arc::clone(handler), job.clone());
        let span = tracing::info_span!(
            "job", id = %job.id(), kind = job.kind(), attempt = job.attempt()
        );
        let task = async move {
            let lease = Arc::clone(&theirs.lease);
            run_within(&lease, async move { handler(theirs).await }).await
        };
        let id = self.tasks.spawn(task.instrument(span)).id();
        let since = Instant::now();
        self.running.insert(id, Running { job, since });
    }

    /// Waits for the next jobs to end; false if none is running.
    pub(crate) async fn wait(&mut self, now: impl Fn() -> Timestamp) -> bool {
        let Some(ended) = self.tasks.join_next_with_id().await else {
            return false;
        };
        self.take_down(ended, now());
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.take_down(ended, now());
        }
        true
    }

    /// Waits, not for long, and stops those that are still at it.
    pub(crate) async fn stop(&mut self, grace: Duration, now: impl Fn() -> Timestamp) {
        let all = async { while self.wait(&now).await {} };
        if timeout(grace, all).await.is_err() {
            self.tasks.abort_all();
            while self.wait(&now).await {}
        }
    }

    pub(crate) fn count(&mut self, finished: Finished) {
        match finished {
            Finished::Done => self.ran.done += 1,
            Finished::PutOff => self.ran.put_off += 1,
            Finished::Parked => self.ran.parked += 1,
            Finished::NotOurs => {}
        }
    }

    fn take_down(&mut self, ended: Result<(Id, End), JoinError>, now: Timestamp) {
        let (id, end) = match ended {
            Ok(ended) => ended,
            Err(error) if error.is_cancelled() => (error.id(), End::Stopped),
            Err(error) => (error.id(), End::Panic("while it was dropped".to_owned())),
        };
        if let Some(Running { job, .. }) = self.running.remove(&id) {
            self.lanes.ended(job.lane(), &end, now, random());
            self.ended.push((job, end));
        }
    }
}

/// Spreads what would else happen at the same moment; nothing else depends on it.
pub(crate) fn random() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX / 2)
}
