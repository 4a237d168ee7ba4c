//! The connection that writes, apart from who has it.

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{Result, direct::Open, sqlite::is_busy};

/// How long to wait for another process that writes, and between two looks whether it has ended.
const OTHERS: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);
/// What the connection is opened with. A batch of 64 posts changes some 3,000 pages of 4 KiB: they fit
/// into the cache, and what it holds of the file besides is in the system's own.
const PRAGMAS: &str = "
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1; PRAGMA wal_autocheckpoint = 4000;
    PRAGMA cache_size = -16384"; // KiB
/// Where SQLite keeps what pages were, to roll back to a savepoint. A post changes some fifty, and
/// those in a file, one after another, take longer than all the rest; what a large transaction
/// changes may be more than there is memory.
pub(super) const IN_MEMORY: &str = "PRAGMA temp_store = MEMORY";
pub(super) const IN_FILES: &str = "PRAGMA temp_store = FILE";

/// Opens it; the file may not grow beyond `max_pages`, if that is given.
pub(super) fn open(path: &Path, max_pages: Option<u32>) -> Result<Open> {
    let mut pragmas = format!("{PRAGMAS}; {IN_MEMORY}");
    if let Some(pages) = max_pages {
        let _ = write!(pragmas, "; PRAGMA max_page_count = {pages}");
    }
    Open::with(path, &pragmas)
}

/// Opens the outer transaction, once no other process has one.
pub(super) async fn begin(conn: &mut Open) -> Result<()> {
    let asked = Instant::now();
    loop {
        match conn.run("BEGIN IMMEDIATE") {
            Err(error) if is_busy(&error) && asked.elapsed() < OTHERS => sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
}
