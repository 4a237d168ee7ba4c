use std::time::Instant;

use crate::{Clock, Db, Kind, Result};

impl Db {
    /// How many microseconds the database's clock is ahead of this machine's, so that all nodes
    /// can go by one clock. A file has no clock: 0.
    pub async fn clock_offset(&self) -> Result<i64> {
        if self.kind() == Kind::Sqlite {
            return Ok(0);
        }
        let mut conn = self.read().await?;
        let asked = Instant::now();
        let theirs: i64 = conn
            .query("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)")
            .fetch_scalar()
            .await?;
        let ours = Clock::system().now() - asked.elapsed() / 2; // they looked about half-way
        Ok(theirs - ours.as_micros())
    }
}
