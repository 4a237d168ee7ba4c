use std::time::Duration;

use db::{Db, Result, Timestamp, Tx};

use crate::{NewJob, push};

/// Work that comes back: at each multiple of `every` since 1970 (UTC), a job of this kind is
/// queued, once however many nodes there are. What was missed meanwhile counts as one, and while
/// the last one is still queued no other is added.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    pub kind: &'static str,
    pub every: Duration,
}

/// Queues what is due of `schedules`.
pub(crate) async fn push_due(db: &Db, schedules: &[Schedule], now: Timestamp) -> Result<()> {
    for schedule in schedules {
        if is_due(db, schedule, now).await? {
            let mut tx = db.begin().await?;
            push_occurrence(&mut tx, schedule, now).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Also when nobody has written it down yet.
async fn is_due(db: &Db, schedule: &Schedule, now: Timestamp) -> Result<bool> {
    let waits: Option<(i64,)> = db
        .read()
        .await?
        .query("SELECT next_at FROM schedules WHERE name = $1 AND next_at > $2")
        .bind(schedule.kind)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(waits.is_none())
}

async fn push_occurrence(tx: &mut Tx, schedule: &Schedule, now: Timestamp) -> Result<()> {
    let next = next_after(now, schedule.every);
    let due = tx
        .query("UPDATE schedules SET next_at = $2 WHERE name = $1 AND next_at <= $3")
        .bind(schedule.kind)
        .bind(next)
        .bind(now)
        .execute()
        .await?;
    if due == 0 {
        tx.query(
            "INSERT INTO schedules (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(schedule.kind)
        .bind(next)
        .execute()
        .await?;
        return Ok(());
    }
    let queued: Option<(i64,)> = tx
        .query("SELECT attempt FROM jobs WHERE parked_at IS NULL AND lane = $1 LIMIT 1")
        .bind(schedule.kind)
        .fetch_optional()
        .await?;
    if queued.is_none() {
        let job = NewJob {
            kind: schedule.kind,
            lane: schedule.kind,
            payload: (),
            run_at: now,
        };
        push(tx, job, now).await?;
    }
    Ok(())
}

fn next_after(now: Timestamp, every: Duration) -> Timestamp {
    let every = i64::try_from(every.as_micros()).map_or(i64::MAX, |every| every.max(1));
    let past = now.as_micros().div_euclid(every);
    Timestamp::from_micros(past.saturating_add(1).saturating_mul(every))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occurrences_fall_on_whole_multiples() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let hour = Duration::from_hours(1);
        assert_eq!(next_after(at(7199), hour), at(7200));
        assert_eq!(next_after(at(7200), hour), at(10800));
    }
}
