use std::{
    future::pending,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use db::{Clock, Db, Event, Events, Result, Timestamp};
use tokio::time::{self, sleep};

use crate::{
    Job, Outcome, Schedule, TOPIC,
    claim::{Due, LOOK, claim, lanes_after, next_due},
    crew::{Crew, random},
    finish::{Finished, finish},
    outcome::{End, unfit},
    schedule,
};

/// Announcements may be lost, so a worker looks this often anyway.
const POLL: Duration = Duration::from_secs(5);
/// How long announcements are gathered before a look.
const GATHER: Duration = Duration::from_millis(10);
/// How long to wait with every place taken, or with the database gone.
const RECHECK: Duration = Duration::from_millis(250);
/// How long running jobs may go on when the worker has to go.
const GRACE: Duration = Duration::from_secs(20);

/// Runs jobs, as many at once as [`Options`] say. Any number of workers share a database.
pub struct Worker<H> {
    db: Db,
    clock: Clock,
    handler: Arc<H>,
    options: Options,
}

#[derive(Clone, Debug)]
pub struct Options {
    /// Jobs of one lane that run at once, if it is well.
    pub per_lane: usize,
    /// Jobs that run at once; those held up for more than a second don't count, up to 64 in all.
    pub at_once: usize,
    pub schedules: Vec<Schedule>,
}

/// What became of the jobs that were run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    pub done: u64,
    /// To be tried again later.
    pub put_off: u64,
    pub parked: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            per_lane: 2,
            at_once: 16,
            schedules: Vec::new(),
        }
    }
}

impl<H, F> Worker<H>
where
    H: Fn(Job) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    pub fn new(db: Db, clock: Clock, handler: H, options: Options) -> Self {
        Self {
            db,
            clock,
            handler: Arc::new(handler),
            options,
        }
    }

    /// Runs jobs as they fall due, until `shutdown`; then waits for those that run, 20 seconds at
    /// most, and gives back the others.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut events = self.db.events();
        let mut crew = Crew::new(&self.options);
        let mut schedules_seen: Option<Instant> = None;
        loop {
            if schedules_seen.is_none_or(|seen| seen.elapsed() >= POLL) {
                schedules_seen = Some(Instant::now());
                if let Err(error) = self.push_schedules().await {
                    log(&error, "cannot queue scheduled jobs");
                }
            }
            let now = self.clock.now();
            let wait = match self.round(&mut crew, Due { now, tried_by: now }).await {
                Ok(()) => self.until_next(&crew, now).await,
                Err(error) => {
                    log(&error, "cannot take or finish jobs");
                    RECHECK
                }
            };
            let mut next = pin!(sleep(wait));
            loop {
                tokio::select! {
                    biased;
                    () = &mut shutdown => return self.wind_down(crew).await,
                    true = crew.wait(|| self.clock.now()) => break,
                    () = &mut next => break,
                    () = announced(&mut events) => {
                        let soon = time::Instant::now() + GATHER;
                        let at = next.deadline().min(soon);
                        next.as_mut().reset(at);
                    }
                }
            }
        }
    }

    /// Runs every due job once, what they queue meanwhile too, and returns. A lane that cannot be
    /// reached is left.
    pub async fn run_until_empty(&self) -> Result<Ran> {
        self.run_until_empty_or(pending()).await
    }

    /// The same, unless `shutdown` comes first.
    pub async fn run_until_empty_or(&self, shutdown: impl Future<Output = ()>) -> Result<Ran> {
        let mut shutdown = pin!(shutdown);
        let mut crew = Crew::new(&self.options);
        self.push_schedules().await?;
        let tried_by = self.clock.now();
        loop {
            let now = self.clock.now();
            if let Err(error) = self.round(&mut crew, Due { now, tried_by }).await {
                self.wind_down(crew).await;
                return Err(error);
            }
            if crew.is_idle() {
                return Ok(crew.ran);
            }
            tokio::select! {
                biased;
                () = &mut shutdown => {
                    let ran = crew.ran;
                    self.wind_down(crew).await;
                    return Ok(ran);
                }
                _ = crew.wait(|| self.clock.now()) => {}
                () = sleep(RECHECK) => {}
            }
        }
    }

    async fn push_schedules(&self) -> Result<()> {
        schedule::push_due(&self.db, &self.options.schedules, self.clock.now()).await
    }

    /// Writes down what ended, and starts what there is room for.
    async fn round(&self, crew: &mut Crew, due: Due) -> Result<()> {
        let lanes = self.next_lanes(crew, due).await?;
        if lanes.is_empty() && crew.ended.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        let (now, since) = (self.clock.now(), Instant::now());
        let mut finished = Vec::new();
        for (job, end) in &crew.ended {
            finished.push(finish(&mut tx, job, end, now, random()).await?);
        }
        let mut jobs = Vec::new();
        for (lane, room) in lanes {
            for row in claim(&mut tx, &lane, room, Due { now, ..due }).await? {
                let job = Job::new(row, &self.clock, now, since);
                let Some(error) = unfit(job.row.crashes, job.row.copies) else {
                    jobs.push(job);
                    continue;
                };
                let end = End::Outcome(Outcome::Fail { error });
                finished.push(finish(&mut tx, &job, &end, now, random()).await?);
            }
        }
        tx.commit().await?;

        for ((job, end), finished) in crew.ended.iter().zip(&finished) {
            report(job, end, *finished);
        }
        crew.ended.clear();
        for finished in finished {
            crew.count(finished);
        }
        for job in jobs {
            crew.start(job, &self.handler, now);
        }
        Ok(())
    }

    /// Lanes with due jobs, and how many to take from each. They take turns.
    async fn next_lanes(&self, crew: &mut Crew, due: Due) -> Result<Vec<(String, usize)>> {
        let mut free = crew.free();
        let mut lanes = Vec::new();
        if free == 0 {
            return Ok(lanes);
        }
        let mut conn = self.db.read().await?;
        let first = crew.served.clone();
        let (mut after, mut from_start) = (first.clone(), first.is_empty());
        let mut second_half = false;
        loop {
            let seen = lanes_after(&mut conn, &after, due).await?;
            let at_end = seen.len() < LOOK;
            for (lane, is_due) in seen {
                if second_half && lane > first {
                    return Ok(lanes);
                }
                after.clone_from(&lane);
                let room = crew.lanes.room(&lane, due.now).min(free);
                if !is_due || room == 0 {
                    continue;
                }
                crew.served.clone_from(&lane);
                lanes.push((lane, room));
                free -= room;
                if free == 0 {
                    return Ok(lanes);
                }
            }
            if at_end && from_start {
                return Ok(lanes);
            }
            if at_end {
                after.clear();
                (from_start, second_half) = (true, true);
            }
        }
    }

    /// How long nothing will fall due, after a look at `looked`: what has fallen due since is next.
    async fn until_next(&self, crew: &Crew, looked: Timestamp) -> Duration {
        if crew.free() == 0 {
            return RECHECK;
        }
        match self.next_due(looked).await {
            Ok(Some(at)) => at.since(self.clock.now()).min(POLL),
            Ok(None) => POLL,
            Err(_) => RECHECK,
        }
    }

    async fn next_due(&self, after: Timestamp) -> Result<Option<Timestamp>> {
        let mut conn = self.db.read().await?;
        next_due(&mut conn, after).await
    }

    async fn wind_down(&self, mut crew: Crew) {
        crew.stop(GRACE, || self.clock.now()).await;
        if let Err(error) = self.write_down(&crew).await {
            log(
                &error,
                "cannot give back jobs; they come back after a minute",
            );
        }
    }

    async fn write_down(&self, crew: &Crew) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let now = self.clock.now();
        for (job, end) in &crew.ended {
            let finished = finish(&mut tx, job, end, now, random()).await?;
            report(job, end, finished);
        }
        tx.commit().await
    }
}

async fn announced(events: &mut Events) {
    loop {
        match events.next().await {
            Event::Topic(topic) if *topic != *TOPIC => {}
            Event::Topic(_) | Event::Anything => return,
        }
    }
}

/// Never in the words of the error: they may hold addresses.
fn report(job: &Job, end: &End, finished: Finished) {
    let (id, kind, attempt) = (job.id(), job.kind(), job.attempt());
    match (finished, end) {
        (Finished::Parked, _) => tracing::warn!(%id, kind, attempt, "a job failed for good"),
        (Finished::NotOurs, _) => tracing::warn!(%id, kind, attempt, "a job outlived its lease"),
        (_, End::Panic(_)) => tracing::error!(%id, kind, attempt, "a job panicked"),
        (Finished::PutOff, _) => tracing::info!(%id, kind, attempt, "a job is put off"),
        (Finished::Done, _) => tracing::debug!(%id, kind, attempt, "a job is done"),
    }
}

fn log(error: &sqlx::Error, what: &str) {
    tracing::error!(error = error as &dyn std::error::Error, "{what}");
}
