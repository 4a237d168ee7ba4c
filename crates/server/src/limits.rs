//! How often something may happen: fixed windows, kept as rows, and so exact whatever happens at
//! the same moment, on however many nodes.

mod guesses;

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use db::{Timestamp, Tx};

use crate::{Error, Result};

pub use guesses::Guesses;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Allowed,
    Over { retry_after: Duration },
}

impl Taken {
    pub fn or_refuse(self) -> Result<()> {
        match self {
            Self::Allowed => Ok(()),
            Self::Over { retry_after } => Err(Error::TooMany { retry_after }),
        }
    }
}

/// Takes one of the `max` that `bucket` holds for a `window`, which begins with the first one.
/// What is refused takes nothing, nor does what is rolled back.
pub async fn take(
    tx: &mut Tx,
    bucket: &str,
    max: u32,
    window: Duration,
    now: Timestamp,
) -> Result<Taken> {
    let taken: Option<(i64,)> = tx
        .query(
            "INSERT INTO limits (bucket, count, resets_at) VALUES ($1, 1, $2)
             ON CONFLICT (bucket) DO UPDATE SET
                 count = CASE WHEN limits.resets_at <= $3 THEN 1 ELSE limits.count + 1 END,
                 resets_at = CASE WHEN limits.resets_at <= $3 THEN excluded.resets_at
                                  ELSE limits.resets_at END
             WHERE limits.resets_at <= $3 OR limits.count < $4
             RETURNING count",
        )
        .bind(bucket)
        .bind(now + window)
        .bind(now)
        .bind(i64::from(max))
        .fetch_optional()
        .await?;
    if taken.is_some() {
        return Ok(Taken::Allowed);
    }
    let row: Option<(Timestamp,)> = tx
        .query("SELECT resets_at FROM limits WHERE bucket = $1")
        .bind(bucket)
        .fetch_optional()
        .await?;
    let retry_after = row.map_or(window, |(resets_at,)| resets_at.since(now));
    Ok(Taken::Over {
        retry_after: retry_after.max(Duration::from_secs(1)),
    })
}

/// Undoes one [`take`] of the window that is open.
pub async fn give_back(tx: &mut Tx, bucket: &str) -> Result<()> {
    tx.query("UPDATE limits SET count = count - 1 WHERE bucket = $1 AND count > 0")
        .bind(bucket)
        .execute()
        .await?;
    Ok(())
}

/// Forgets the windows that are over; returns how many.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let query = tx
        .query("DELETE FROM limits WHERE resets_at <= $1")
        .bind(now);
    Ok(query.execute().await?)
}

/// The network that counts as one client: an IPv4 address, or the /64 of an IPv6 address, of which
/// one household has more than it could use up.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests;
