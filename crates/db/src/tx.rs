use std::ops::{Deref, DerefMut};

use sqlx::Error;

use crate::{Conn, Result, conn::Inner, node::Announcer};

/// An open transaction: rolled back when dropped, unless [committed](Tx::commit).
///
/// After a failed statement give up with `?`: such a transaction can no longer be committed.
pub struct Tx {
    conn: Conn,
    announced: Vec<String>,
    announcer: Option<Announcer>,
}

impl Tx {
    pub(crate) fn sqlite(conn: Conn) -> Self {
        let (announced, announcer) = (Vec::new(), None); // the writer announces
        Self {
            conn,
            announced,
            announcer,
        }
    }

    pub(crate) fn postgres(conn: Conn, announcer: Announcer) -> Self {
        Self {
            conn,
            announced: Vec::new(),
            announcer: Some(announcer),
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
        match self.conn.0 {
            Inner::SqliteTx(loan) => loan.commit(self.announced).await,
            Inner::Postgres(conn) => {
                conn.commit().await?;
                if let Some(announcer) = self.announcer {
                    announcer.announce(self.announced);
                }
                Ok(())
            }
            Inner::Sqlite(_) => unreachable!("a Tx holds a transaction"),
        }
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
