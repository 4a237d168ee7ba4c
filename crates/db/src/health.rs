use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use sqlx::Error;

use crate::{Db, Migration, Result, SchemaState, Trouble, database::Store, schema_state, trouble};

/// How much room on the disk a node asks for before it counts as ready.
const ROOM: usize = 256 * 1024;

/// Why a node cannot serve now.
#[derive(Debug)]
pub enum Unready {
    Gone(Error),
    /// No room on the disk.
    Full,
    /// So many migrations have not been applied.
    Behind(usize),
}

impl Db {
    /// Whether requests can be served: the database answers and takes writes, its schema is there,
    /// and its disk has room. A newer schema is fine: the next version runs beside this one.
    pub async fn ready(&self, migrations: &[Migration]) -> std::result::Result<(), Unready> {
        match schema_state(self, migrations).await? {
            SchemaState::Current | SchemaState::Newer => {}
            SchemaState::Behind(missing) => return Err(Unready::Behind(missing)),
        }
        match &self.store {
            Store::Sqlite(sqlite) => {
                let path = sqlite.path.clone();
                let room = tokio::task::spawn_blocking(move || try_room(&path));
                room.await.map_err(|_| Error::WorkerCrashed)??;
                if sqlite.full.get() {
                    self.try_write().await?;
                }
            }
            Store::Postgres(postgres) => {
                let mut conn = postgres.ask().await?;
                let sql = "SELECT current_setting('transaction_read_only') = 'on'";
                if conn.query(sql).fetch_scalar().await? {
                    let why = "the database takes no writes";
                    return Err(Unready::Gone(io::Error::other(why).into()));
                }
                if postgres.full.get() {
                    self.try_write().await?;
                }
            }
        }
        Ok(())
    }

    /// Stores something large for a moment. Only after the disk was full: it tells when there is
    /// room again although nobody posts.
    async fn try_write(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.query("INSERT INTO write_trials (bytes) VALUES ($1)")
            .bind(vec![0_u8; ROOM])
            .execute()
            .await?;
        tx.commit().await?;
        let mut tx = self.begin().await?;
        tx.query("DELETE FROM write_trials").execute().await?;
        tx.commit().await
    }
}

/// Writes a file beside the database, as a full disk would not let us.
fn try_room(database: &Path) -> io::Result<()> {
    let mut name = database.as_os_str().to_owned();
    name.push(format!("-room-{}", std::process::id()));
    let path = PathBuf::from(name);
    let written = fs::write(&path, vec![0; ROOM]);
    let _ = fs::remove_file(&path);
    written
}

impl From<Error> for Unready {
    fn from(error: Error) -> Self {
        match trouble(&error) {
            Trouble::Full => Self::Full,
            Trouble::Gone | Trouble::Other => Self::Gone(error),
        }
    }
}

impl From<io::Error> for Unready {
    fn from(error: io::Error) -> Self {
        Error::from(error).into()
    }
}

impl fmt::Display for Unready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(_) => write!(f, "the database is gone"),
            Self::Full => write!(f, "the disk is full"),
            Self::Behind(missing) => write!(f, "{missing} migrations are missing"),
        }
    }
}

impl std::error::Error for Unready {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Gone(error) => Some(error),
            Self::Full | Self::Behind(_) => None,
        }
    }
}

/// Whether the last write met a full disk.
#[derive(Clone, Default)]
pub(crate) struct DiskFull(Arc<AtomicBool>);

impl DiskFull {
    pub(crate) fn get(&self) -> bool {
        self.0.load(SeqCst)
    }

    pub(crate) fn set(&self, full: bool) {
        if self.get() != full {
            self.0.store(full, SeqCst);
        }
    }
}
