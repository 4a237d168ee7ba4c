use std::{
    fs::OpenOptions,
    panic::Location,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use crate::{
    Conn, Options, Result, Tx, conn::Inner, events::Sender, health::DiskFull, writer::Writer,
};

/// A database file: one connection that writes, and some that read.
pub(crate) struct Sqlite {
    pub(crate) path: PathBuf,
    pub(crate) full: DiskFull,
    connect: SqliteConnectOptions,
    readers: SqlitePool,
    writer: Writer,
}

impl Sqlite {
    pub(crate) async fn open(path: &str, options: &Options, events: &Sender) -> Result<Self> {
        let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
        create_private(&path)?;
        let mut connect = SqliteConnectOptions::new()
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("wal_autocheckpoint", "4000");
        if let Some(pages) = options.max_pages {
            connect = connect.pragma("max_page_count", pages.to_string());
        }
        let full = DiskFull::default();
        let writes = connect.clone().pragma("cache_size", "-32768"); // KiB
        let writer = Writer::start(writes, options, events.clone(), full.clone()).await?;
        let reads = connect
            .clone()
            .pragma("cache_size", "-8192")
            .pragma("query_only", "1");
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false) // a file does not go away as a server does
            .max_lifetime(None)
            .connect_lazy_with(reads);
        Ok(Self {
            path,
            full,
            connect,
            readers,
            writer,
        })
    }

    pub(crate) async fn read(&self) -> Result<Conn> {
        let conn = self.readers.acquire().await?;
        Ok(Conn(Inner::Sqlite(conn)))
    }

    pub(crate) async fn begin(&self, caller: &'static Location<'static>) -> Result<Tx> {
        let loan = self.writer.borrow(caller).await?;
        Ok(Tx::sqlite(Conn(Inner::SqliteTx(loan))))
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A connection for what cannot run in a transaction, or not on the writer.
    pub(crate) async fn apart(&self) -> Result<SqliteConnection> {
        self.connect.connect().await
    }

    pub(crate) async fn run_apart(&self, sql: &'static str) -> Result<()> {
        let mut conn = self.apart().await?;
        sqlx::raw_sql(sql).execute(&mut conn).await?;
        conn.close().await
    }
}

/// Makes the file, if there is none, so that nobody else on the machine can read it. SQLite gives
/// the files beside it the same rights.
fn create_private(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}
