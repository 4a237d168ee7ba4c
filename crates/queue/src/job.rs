use std::{fmt, str::FromStr, sync::Arc, time::Instant};

use db::{Clock, Db, Result, Timestamp, Tx};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    lease::{LEASE, Lease},
    told::Told,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct JobId(pub Uuid);

impl JobId {
    /// Sorts by `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(now.new_uuid())
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A job as its handler sees it: leased to it for a minute.
///
/// A handler that outlives the lease is dropped at its next `await`, also when the process was
/// stopped and thaws later; somebody else may have the job by then.
#[derive(Clone, Debug)]
pub struct Job {
    pub(crate) row: Claimed,
    pub(crate) lease: Arc<Lease>,
    pub(crate) told: Arc<Told>,
}

/// What claiming a job gives out.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Claimed {
    pub id: JobId,
    pub kind: String,
    pub lane: String,
    pub payload: String,
    pub attempt: i64,
    pub failures: i64,
    pub crashes: i64,
    pub copies: i64,
    pub failing_since: Option<Timestamp>,
    pub created_at: Timestamp,
    pub released_at: Option<Timestamp>,
}

impl Job {
    pub(crate) fn new(row: Claimed, clock: &Clock, now: Timestamp, since: Instant) -> Self {
        let lease = Arc::new(Lease::new(clock.clone(), now, since));
        Self {
            row,
            lease,
            told: Arc::default(),
        }
    }

    pub fn id(&self) -> JobId {
        self.row.id
    }

    pub fn kind(&self) -> &str {
        &self.row.kind
    }

    pub fn lane(&self) -> &str {
        &self.row.lane
    }

    /// Counts from 1. It never goes back, so it tells this holder of the job from any other.
    pub fn attempt(&self) -> i64 {
        self.row.attempt
    }

    /// How many earlier tries may have done their work, though nobody heard of it.
    pub fn copies(&self) -> i64 {
        self.row.copies
    }

    pub fn created_at(&self) -> Timestamp {
        self.row.created_at
    }

    /// Since when it has waited for its work: since it was pushed, or since somebody said last that
    /// it is to be done.
    pub fn waits_since(&self) -> Timestamp {
        self.row.released_at.unwrap_or(self.row.created_at)
    }

    /// Whether somebody said by hand that it is to be done now.
    pub fn was_released(&self) -> bool {
        self.row.released_at.is_some()
    }

    pub fn payload<P: DeserializeOwned>(&self) -> serde_json::Result<P> {
        serde_json::from_str(&self.row.payload)
    }

    /// Whoever listens to `topic` is told as soon as it is written down how this try ended.
    pub fn tell(&self, topic: String) {
        self.told.add(topic, false);
    }

    /// The same, if the job will not be tried again by itself.
    pub fn tell_if_parked(&self, topic: String) {
        self.told.add(topic, true);
    }

    /// Whether the lease still holds, by the clocks and by the database.
    pub async fn still_mine(&self, db: &Db) -> Result<bool> {
        if self.lease.is_over() {
            return Ok(false);
        }
        let held: Option<(i64,)> = db
            .read()
            .await?
            .query(
                "SELECT attempt FROM jobs
                 WHERE id = $1 AND attempt = $2 AND running AND run_at > $3",
            )
            .bind(self.row.id)
            .bind(self.row.attempt)
            .bind(self.lease.now())
            .fetch_optional()
            .await?;
        Ok(held.is_some() && !self.lease.is_over())
    }

    /// Makes the lease a whole minute again; false if it is lost.
    pub async fn renew(&self, db: &Db) -> Result<bool> {
        let copies = self.copies_if_left_now();
        self.extend(db, copies).await
    }

    /// To be called just before what cannot be taken back, and done only if this is true: renews
    /// the lease, and notes that from here on a try that never comes back may have done its work.
    pub async fn act(&self, db: &Db) -> Result<bool> {
        let mine = self.extend(db, self.row.copies + 1).await?;
        if mine {
            self.lease.set_acted();
        }
        Ok(mine)
    }

    /// The same within the caller's transaction; what may be done is said by [`Acting::committed`].
    pub async fn act_within(&self, tx: &mut Tx) -> Result<Acting<'_>> {
        let (now, since) = (self.lease.now(), Instant::now());
        let held = !self.lease.is_over();
        let mine = held && self.extend_within(tx, self.row.copies + 1, now).await?;
        Ok(Acting {
            job: self,
            now,
            since,
            mine,
        })
    }

    pub(crate) fn copies_if_left_now(&self) -> i64 {
        self.row.copies + i64::from(self.lease.has_acted())
    }

    async fn extend(&self, db: &Db, copies: i64) -> Result<bool> {
        if self.lease.is_over() {
            return Ok(false);
        }
        let (now, since) = (self.lease.now(), Instant::now());
        let mut tx = db.begin().await?;
        let mine = self.extend_within(&mut tx, copies, now).await?;
        tx.commit().await?;
        if !mine {
            return Ok(false);
        }
        self.lease.extend(now, since);
        Ok(!self.lease.is_over())
    }

    async fn extend_within(&self, tx: &mut Tx, copies: i64, now: Timestamp) -> Result<bool> {
        let rows = tx
            .query(
                "UPDATE jobs SET run_at = $3, copies = $4
                 WHERE id = $1 AND attempt = $2 AND running",
            )
            .bind(self.row.id)
            .bind(self.row.attempt)
            .bind(now + LEASE)
            .bind(copies)
            .execute()
            .await?;
        Ok(rows > 0)
    }
}

/// What is about to be done, in a transaction that is still open.
#[derive(Debug)]
pub struct Acting<'a> {
    job: &'a Job,
    now: Timestamp,
    since: Instant,
    mine: bool,
}

impl Acting<'_> {
    /// Whether the job is still this holder's; if not, there is nothing to write down.
    pub fn is_mine(&self) -> bool {
        self.mine
    }

    /// After the commit: the work may be done only if this is true.
    pub fn committed(self) -> bool {
        if !self.mine {
            return false;
        }
        self.job.lease.extend(self.now, self.since);
        self.job.lease.set_acted();
        !self.job.lease.is_over()
    }
}
