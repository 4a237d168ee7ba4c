use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::Error;

use crate::{
    Conn, Result, conn::Inner, direct::DirectRow, node::Announcer, remembered::Remembered,
    snapshots::Snapshots,
};

/// An open transaction: rolled back when dropped, unless [committed](Tx::commit).
///
/// After a failed statement give up with `?`: such a transaction can no longer be committed.
pub struct Tx {
    conn: Conn,
    announced: Vec<String>,
    told: Told,
}

/// Whom a commit is told.
pub(crate) enum Told {
    /// On SQLite the writer announces.
    Sqlite(Arc<Remembered<DirectRow>>),
    Postgres(Arc<Snapshots>, Announcer),
}

impl Tx {
    pub(crate) fn new(conn: Inner, told: Told) -> Self {
        Self {
            conn: Conn(conn),
            announced: Vec::new(),
            told,
        }
    }

    /// Tells every node `topic`, if and when the transaction commits. It may get lost: whoever
    /// listens also looks by itself now and then.
    #[expect(
        clippy::unused_async,
        reason = "how announcements travel is no business of whoever announces"
    )]
    pub async fn announce(&mut self, topic: String) -> Result<()> {
        self.announced.push(topic);
        Ok(())
    }

    /// Returns once the transaction is on disk. Whoever is cancelled while waiting for that does
    /// not learn the outcome, as with any database.
    pub async fn commit(self) -> Result<()> {
        match (self.conn.0, self.told) {
            (Inner::SqliteTx(loan), Told::Sqlite(remembered)) => {
                loan.commit(self.announced).await?;
                remembered.forget();
            }
            (Inner::Postgres(conn), Told::Postgres(snapshots, announcer)) => {
                conn.commit().await?;
                snapshots.remembered.forget();
                announcer.announce(self.announced);
            }
            _ => unreachable!("a Tx holds a transaction"),
        }
        Ok(())
    }
}

/// What is answered instead of a COMMIT after a failed statement. PostgreSQL would say COMMIT and
/// roll back; SQLite would commit the rest.
pub(crate) fn failed_before() -> Error {
    Error::Protocol("a transaction cannot be committed after a statement of it failed".into())
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
