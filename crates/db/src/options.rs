use std::time::Duration;

/// How a database is opened; the defaults suit a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// SQLite: at most so many transactions share a COMMIT; 1 turns group commit off.
    pub batch: usize,
    /// SQLite: connections that read; each may keep 8 MiB of pages.
    pub readers: u32,
    /// SQLite: a transaction that keeps the writer longer is rolled back.
    pub hold: Duration,
    /// SQLite: the file may not grow beyond so many pages. Tests use it as a full disk.
    pub max_pages: Option<u32>,
    /// PostgreSQL: connections, besides the two that carry announcements.
    pub connections: u32,
    /// SQLite: told the size of each batch once it is on disk.
    pub on_batch: fn(usize),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch: 64,
            readers: 4,
            hold: Duration::from_secs(1),
            max_pages: None,
            connections: 16,
            on_batch: |_| {},
        }
    }
}
