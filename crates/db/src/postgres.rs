//! A PostgreSQL server.

mod reader;

use std::{
    io,
    str::FromStr as _,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions as _, Connection as _, Error, PgPool, Postgres as Driver,
    pool::PoolConnection,
    postgres::{PgArguments, PgConnectOptions, PgConnection, PgPoolOptions, PgRow},
};
use tokio::{runtime::Handle, time::timeout};

use crate::{
    Conn, Options, Result, Trouble, Tx,
    conn::Inner,
    events::Sender,
    health::DiskFull,
    node::{self, Announcer},
    remembered::Wanted,
    snapshots::{Arrival, Snapshots},
    trouble,
    tx::{Told, failed_before},
};

pub(crate) use reader::PgReader;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// A connection that rested longer is tried out before it is used.
const RESTED: Duration = Duration::from_secs(1);

/// A PostgreSQL server: a pool of connections, and the two that carry announcements.
pub(crate) struct Postgres {
    pub(crate) full: DiskFull,
    connect: PgConnectOptions,
    pool: PgPool,
    announcer: Announcer,
    stale: Stale,
    answer: Duration,
    snapshots: Arc<Snapshots>,
}

impl Postgres {
    pub(crate) async fn open(url: &str, options: &Options, events: &Sender) -> Result<Self> {
        let connect = PgConnectOptions::from_str(url)?;
        // The server gives up before we do, so that nothing is left running there.
        let limited = connect.clone().options([
            ("statement_timeout", options.answer.as_millis().to_string()),
            ("lock_timeout", (options.answer / 2).as_millis().to_string()),
            ("idle_in_transaction_session_timeout", "15s".into()),
        ]);
        let stale = Stale::default();
        let old = stale.clone();
        let snapshots = Arc::new(Snapshots::new(options.remembered));
        let remembered = Arc::clone(&snapshots.remembered);
        let pool = PgPoolOptions::new()
            .max_connections(options.connections)
            .acquire_timeout(CONNECT)
            .test_before_acquire(false)
            .before_acquire(move |conn, meta| {
                let replace = old.is(meta.age);
                Box::pin(async move {
                    if replace {
                        return Ok(false);
                    }
                    if meta.idle_for > RESTED {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            // It may lead to another server than those before it.
            .after_connect(move |_, _| {
                remembered.forget();
                Box::pin(async { Ok(()) })
            })
            .connect_lazy_with(limited.clone());
        // Tried out by hand: the pool would only say that nothing came of it in time.
        connect_in_time(&limited).await?.close().await?;
        Ok(Self {
            full: DiskFull::default(),
            announcer: node::join(&limited, events.clone()).await?,
            connect,
            pool,
            stale,
            answer: options.answer + options.answer / 4,
            snapshots,
        })
    }

    pub(crate) fn arrive(&self) -> Arrival {
        self.snapshots.arrive()
    }

    pub(crate) async fn read(self: &Arc<Self>, since: Arrival) -> Result<Conn> {
        let reader = PgReader::begin(self, since).await?;
        Ok(Conn(Inner::PostgresReader(reader)))
    }

    /// For what the server says of itself: nothing of it is remembered.
    pub(crate) async fn ask(&self) -> Result<Conn> {
        Ok(Conn(Inner::Postgres(self.acquire().await?)))
    }

    pub(crate) async fn begin(&self) -> Result<Tx> {
        let mut conn = self.acquire().await?;
        conn.in_tx = true; // even if whoever asks goes away before the answer
        conn.run("BEGIN").await?;
        let told = Told::Postgres(Arc::clone(&self.snapshots), self.announcer.clone());
        Ok(Tx::new(Inner::Postgres(conn), told))
    }

    pub(crate) async fn close(&self) {
        self.announcer.leave();
        let _ = timeout(CONNECT, self.pool.close()).await;
    }

    /// A connection without time limits.
    pub(crate) async fn apart(&self) -> Result<PgConnection> {
        connect_in_time(&self.connect).await
    }

    pub(crate) async fn run_apart(&self, sql: &'static str) -> Result<()> {
        let mut conn = self.apart().await?;
        sqlx::raw_sql(sql).execute(&mut conn).await?;
        conn.close().await
    }

    async fn acquire(&self) -> Result<PgConn> {
        Ok(PgConn {
            conn: Some(self.pool.acquire().await?),
            in_tx: false,
            failed: false,
            broken: false,
            answer: self.answer,
            stale: self.stale.clone(),
            full: self.full.clone(),
        })
    }
}

async fn connect_in_time(options: &PgConnectOptions) -> Result<PgConnection> {
    let connected = timeout(CONNECT, options.connect()).await;
    connected.map_err(|_| no_answer())?
}

/// A connection of the pool, in a transaction or not.
pub(crate) struct PgConn {
    conn: Option<PoolConnection<Driver>>,
    /// Whether there is something to roll back.
    in_tx: bool,
    /// Whether a statement failed.
    failed: bool,
    /// Whether nobody should use it again.
    broken: bool,
    answer: Duration,
    stale: Stale,
    full: DiskFull,
}

impl PgConn {
    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        arguments: PgArguments,
    ) -> Result<u64> {
        let query = sqlx::query_with(sql, arguments);
        let done = self.in_time(async |conn| query.execute(conn).await).await?;
        Ok(done.rows_affected())
    }

    pub(crate) async fn rows(
        &mut self,
        sql: &'static str,
        arguments: PgArguments,
        wanted: Wanted,
    ) -> Result<Vec<PgRow>> {
        let query = sqlx::query_with(sql, arguments);
        self.in_time(async |conn| match wanted {
            Wanted::All => query.fetch_all(conn).await,
            Wanted::First => Ok(query.fetch_optional(conn).await?.into_iter().collect()),
        })
        .await
    }

    /// Waits for an answer, but not for ever: a server may hang, or be cut off.
    async fn in_time<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T>,
    ) -> Result<T> {
        let conn = self.conn.as_mut();
        let conn = conn.expect("a connection is kept until it is dropped");
        let answered = timeout(self.answer, work(conn)).await;
        self.noted(answered.unwrap_or_else(|_| Err(no_answer())))
    }

    /// Notes what a failed statement means for the transaction and the pool.
    pub(crate) fn noted<T>(&mut self, outcome: Result<T>) -> Result<T> {
        let Err(error) = &outcome else { return outcome };
        if matches!(error, Error::RowNotFound) {
            return outcome;
        }
        self.failed = true;
        if trouble(error) == Trouble::Full {
            self.full.set(true);
        }
        if breaks_connection(error) {
            self.broken = true;
            self.stale.mark();
        }
        outcome
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        if self.failed {
            return Err(failed_before());
        }
        self.run("COMMIT").await?;
        self.in_tx = false;
        self.full.set(false);
        Ok(())
    }

    async fn run(&mut self, sql: &'static str) -> Result<()> {
        let done = self.in_time(async |conn| sqlx::raw_sql(sql).execute(conn).await);
        done.await.map(drop)
    }
}

impl Drop for PgConn {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else {
            return;
        };
        conn.close_on_drop(); // unless it is given back in time
        if self.broken {
            return;
        }
        let in_tx = self.in_tx;
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(CONNECT, give_back(conn, in_tx)));
        }
    }
}

/// Gives a connection back to its pool, clean. Alone the pool would wait for a dead server for
/// ever.
async fn give_back(mut conn: PoolConnection<Driver>, in_tx: bool) {
    if in_tx && sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await.is_err() {
        return;
    }
    conn.return_to_pool().await;
}

fn no_answer() -> Error {
    let why = "the database server does not answer";
    io::Error::new(io::ErrorKind::TimedOut, why).into()
}

/// The server went away, or will take no writes over this connection any more.
fn breaks_connection(error: &Error) -> bool {
    let Error::Database(database) = error else {
        return trouble(error) == Trouble::Gone;
    };
    let code = database.code().unwrap_or_default();
    matches!(
        code.as_ref(),
        "25006" | "25P03" | "57P01" | "57P02" | "57P03" | "57P05"
    ) || code.starts_with("08")
}

/// When the last connection broke: those older are replaced rather than tried, because after a
/// restart or a fail-over they would break one by one, each at somebody's expense.
#[derive(Clone, Default)]
struct Stale(Arc<Mutex<Option<Instant>>>);

impl Stale {
    fn mark(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is(&self, age: Duration) -> bool {
        let broke = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        broke.is_some_and(|at| age >= at.elapsed())
    }
}
