//! Reading PostgreSQL: a connection is borrowed for the first statement whose rows are not
//! remembered.

use std::sync::Arc;

use sqlx::{
    Error, Row as _, ValueRef as _,
    postgres::{PgArguments, PgRow},
};

use super::{PgConn, Postgres};
use crate::{
    Result,
    direct::DirectArguments,
    remembered::{Asked, State, Wanted},
    snapshots::{self, Arrival},
};

pub(crate) struct PgReader {
    store: Arc<Postgres>,
    /// The database's when reading began.
    state: State,
    conn: Option<PgConn>,
}

impl PgReader {
    pub(crate) async fn begin(store: &Arc<Postgres>, since: Arrival) -> Result<Self> {
        let mut conn = None;
        let look = async || {
            let lent = conn.insert(store.acquire().await?);
            let rows = lent.rows(snapshots::SQL, PgArguments::default(), Wanted::First);
            rows.await?.first().ok_or(Error::RowNotFound)?.try_get(0)
        };
        let state = store.snapshots.state(since, look).await?;
        Ok(Self {
            store: Arc::clone(store),
            state,
            conn,
        })
    }

    /// What the statement finds, which may be remembered.
    pub(crate) async fn rows(
        &mut self,
        sql: &'static str,
        arguments: PgArguments,
        values: &DirectArguments,
        wanted: Wanted,
    ) -> Result<Arc<[PgRow]>> {
        let asked = Asked::of(sql, values, wanted);
        if let Some(found) = self.store.snapshots.remembered.find(self.state, &asked) {
            return Ok(found);
        }
        let conn = self.conn().await?;
        let found: Arc<[PgRow]> = conn.rows(sql, arguments, wanted).await?.into();
        let bytes = found.iter().map(size).sum();
        let remembered = &self.store.snapshots.remembered;
        remembered.keep(self.state, asked, &found, bytes);
        Ok(found)
    }

    /// The connection, which is borrowed when it is first needed.
    pub(crate) async fn conn(&mut self) -> Result<&mut PgConn> {
        if self.conn.is_none() {
            self.conn = Some(self.store.acquire().await?);
        }
        Ok(self.conn.as_mut().expect("one was just borrowed"))
    }
}

/// In bytes, about.
fn size(row: &PgRow) -> usize {
    let value = |index| {
        let value = row.try_get_raw(index).ok();
        let bytes = value.filter(|value| !value.is_null());
        bytes
            .and_then(|value| value.as_bytes().ok())
            .map_or(0, <[u8]>::len)
    };
    (0..row.len()).map(|index| value(index) + 16).sum()
}
