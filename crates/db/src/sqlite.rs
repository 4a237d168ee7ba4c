use std::{
    fs::OpenOptions,
    panic::Location,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions as _, Connection as _, Error,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous},
};
use tokio::time::sleep;

use crate::{
    Conn, Options, Result, Tx, conn::Inner, events::Sender, health::DiskFull, readers::Readers,
    tx::Told, writer::Writer,
};

/// How long to wait for whoever else holds the file.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before trying again what SQLite does not wait for by itself.
const PAUSE: Duration = Duration::from_millis(10);

/// A database file: one connection that writes, and some that read.
pub(crate) struct Sqlite {
    pub(crate) path: PathBuf,
    pub(crate) full: DiskFull,
    connect: SqliteConnectOptions,
    readers: Readers,
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
            .busy_timeout(PATIENCE)
            .pragma("wal_autocheckpoint", "4000");
        if let Some(pages) = options.max_pages {
            connect = connect.pragma("max_page_count", pages.to_string());
        }
        enter_wal(&connect).await?;
        let full = DiskFull::default();
        let writer = Writer::start(&path, &connect, options, events.clone(), full.clone())?;
        Ok(Self {
            readers: Readers::new(path.clone(), options.readers, options.remembered),
            path,
            full,
            connect,
            writer,
        })
    }

    pub(crate) async fn read(&self) -> Result<Conn> {
        let conn = self.readers.acquire().await?;
        Ok(Conn(Inner::Sqlite(Box::new(conn))))
    }

    pub(crate) async fn begin(
        &self,
        caller: &'static Location<'static>,
        large: bool,
    ) -> Result<Tx> {
        let loan = self.writer.borrow(caller, large).await?;
        let told = Told::Sqlite(Arc::clone(&self.readers.remembered));
        Ok(Tx::new(Inner::SqliteTx(loan), told))
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

/// Puts a new file into WAL mode, which the file keeps. SQLite does not wait for others by itself
/// there, so without this one of two processes that start at once on a new file would fail.
async fn enter_wal(connect: &SqliteConnectOptions) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match connect.connect().await {
            Ok(conn) => return conn.close().await,
            Err(error) if is_busy(&error) && Instant::now() < deadline => sleep(PAUSE).await,
            Err(error) => return Err(error),
        }
    }
}

/// `SQLITE_BUSY`, or one of its extended codes (<https://www.sqlite.org/rescode.html>).
pub(crate) fn is_busy(error: &Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
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
