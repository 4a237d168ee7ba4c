//! One SQL text, two native drivers.
//!
//! Statements are written once, with `$1`-style parameters, which SQLite and PostgreSQL both
//! understand. [`Conn::query_each`] is for the few statements the two spell differently.

mod timestamp;
mod writer;

use std::{panic::Location, time::Duration};

use sqlx::{
    Arguments as _, Encode, FromRow, Postgres, Sqlite, Transaction, Type,
    pool::PoolConnection,
    postgres::{PgArguments, PgConnection, PgListener, PgPool, PgRow},
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
        SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};
use tokio::sync::broadcast;

pub use timestamp::{Clock, Timestamp};
pub use writer::Loan;
use writer::Writer;

pub type Result<T> = std::result::Result<T, sqlx::Error>;

/// The database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    events: broadcast::Sender<String>,
}

#[derive(Clone)]
enum Pools {
    Sqlite { readers: SqlitePool, writer: Writer },
    Postgres(PgPool),
}

/// A connection that statements run on, inside a transaction or not.
pub enum Conn {
    Sqlite(PoolConnection<Sqlite>),
    SqliteTx(Loan),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

/// An open transaction: rolled back when dropped, unless [committed](Tx::commit).
pub struct Tx {
    conn: Conn,
    announced: Vec<String>,
}

impl Db {
    /// Opens a database file. At most `batch` transactions share a COMMIT: 64 is good, 1 turns
    /// group commit off.
    pub async fn sqlite(options: SqliteConnectOptions, batch: usize) -> Result<Self> {
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("wal_autocheckpoint", "4000");
        let events = broadcast::channel(256).0;
        let writer = Writer::start(options.clone(), batch, events.clone()).await?;
        let options = options.pragma("query_only", "1");
        let readers = SqlitePoolOptions::new().connect_with(options).await?;
        Ok(Self {
            pools: Pools::Sqlite { readers, writer },
            events,
        })
    }

    /// Also starts relaying what other nodes announce.
    pub async fn postgres(pool: PgPool) -> Result<Self> {
        let events = broadcast::channel(256).0;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen("events").await?;
        let relay = events.clone();
        tokio::spawn(async move {
            while let Ok(event) = listener.recv().await {
                let _ = relay.send(event.payload().to_owned());
            }
        });
        Ok(Self {
            pools: Pools::Postgres(pool),
            events,
        })
    }

    /// What any node announces from now on.
    pub fn events(&self) -> broadcast::Receiver<String> {
        self.events.subscribe()
    }

    pub async fn read(&self) -> Result<Conn> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => readers.acquire().await.map(Conn::Sqlite),
            Pools::Postgres(pool) => pool.acquire().await.map(Conn::Postgres),
        }
    }

    /// Opens a transaction. On SQLite everyone else who writes waits for it: do nothing slow until
    /// it is committed or dropped, and never open a second one meanwhile.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Tx>> + Send + '_ {
        let caller = Location::caller();
        async move {
            let conn = match &self.pools {
                Pools::Sqlite { writer, .. } => Conn::SqliteTx(writer.borrow(caller).await?),
                Pools::Postgres(pool) => Conn::PostgresTx(pool.begin().await?),
            };
            Ok(Tx {
                conn,
                announced: Vec::new(),
            })
        }
    }
}

impl Tx {
    /// Tells every node `event`, if and when the transaction commits.
    pub async fn announce(&mut self, event: String) -> Result<()> {
        if let Conn::PostgresTx(_) = self.conn {
            self.conn
                .query("SELECT pg_notify('events', $1)")
                .bind(event)
                .execute()
                .await?;
        } else {
            self.announced.push(event);
        }
        Ok(())
    }

    /// Returns once the transaction is on disk. Whoever is cancelled while waiting for that does
    /// not learn the outcome, as with any database.
    pub async fn commit(self) -> Result<()> {
        match self.conn {
            Conn::SqliteTx(loan) => loan.commit(self.announced).await,
            Conn::PostgresTx(tx) => tx.commit().await,
            Conn::Sqlite(_) | Conn::Postgres(_) => unreachable!("a Tx holds a transaction"),
        }
    }
}

impl std::ops::Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl std::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// A value that both databases store.
pub trait Value<'q>:
    Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>
{
}

impl<'q, T> Value<'q> for T where
    T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres>
{
}

/// A type that a row of either database is read into, by `#[derive(sqlx::FromRow)]`.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

/// A statement and its parameters, bound to the connection it will run on.
#[must_use = "a query does nothing until it is executed or fetched"]
pub enum Query<'c> {
    Sqlite(&'c mut SqliteConnection, &'static str, SqliteArguments),
    Postgres(&'c mut PgConnection, &'static str, PgArguments),
}

impl Conn {
    pub fn query(&mut self, sql: &'static str) -> Query<'_> {
        self.query_each(sql, sql)
    }

    pub fn query_each(&mut self, sqlite: &'static str, postgres: &'static str) -> Query<'_> {
        match self {
            Self::Sqlite(conn) => Query::Sqlite(conn, sqlite, SqliteArguments::default()),
            Self::SqliteTx(loan) => Query::Sqlite(loan.conn(), sqlite, SqliteArguments::default()),
            Self::Postgres(conn) => Query::Postgres(conn, postgres, PgArguments::default()),
            Self::PostgresTx(conn) => Query::Postgres(conn, postgres, PgArguments::default()),
        }
    }
}

impl Query<'_> {
    pub fn bind<'q>(mut self, value: impl Value<'q>) -> Self {
        match &mut self {
            Self::Sqlite(_, _, args) => args.add(value),
            Self::Postgres(_, _, args) => args.add(value),
        }
        .expect("every stored type can be encoded");
        self
    }

    /// Runs the statement; returns how many rows it touched.
    pub async fn execute(self) -> Result<u64> {
        Ok(match self {
            Self::Sqlite(conn, sql, args) => sqlx::query_with(sql, args)
                .execute(conn)
                .await?
                .rows_affected(),
            Self::Postgres(conn, sql, args) => sqlx::query_with(sql, args)
                .execute(conn)
                .await?
                .rows_affected(),
        })
    }

    pub async fn fetch_all<T: Row>(self) -> Result<Vec<T>> {
        match self {
            Self::Sqlite(conn, sql, args) => sqlx::query_as_with(sql, args).fetch_all(conn).await,
            Self::Postgres(conn, sql, args) => sqlx::query_as_with(sql, args).fetch_all(conn).await,
        }
    }

    pub async fn fetch_optional<T: Row>(self) -> Result<Option<T>> {
        match self {
            Self::Sqlite(conn, sql, args) => {
                sqlx::query_as_with(sql, args).fetch_optional(conn).await
            }
            Self::Postgres(conn, sql, args) => {
                sqlx::query_as_with(sql, args).fetch_optional(conn).await
            }
        }
    }
}

/// What kind of trouble an error is, for whoever has to answer a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The database is gone, busy or read-only: trying again later helps.
    Gone,
    /// No room on the disk.
    Full,
    Other,
}

/// Sorts `error` by what helps against it.
pub fn trouble(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Trouble::Gone,
        _ => Trouble::Other,
    }
}
