use std::time::Duration;

/// How a database is opened; the defaults suit a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// SQLite: at most so many transactions share a COMMIT; 1 turns group commit off.
    pub batch: usize,
    /// SQLite: a batch takes nobody in after this long, so that late comers cannot put its COMMIT
    /// off.
    pub batch_age: Duration,
    /// What was read is remembered in so many bytes until the database changes; 0: each statement
    /// is asked anew, and each page rendered anew, too.
    pub remembered: usize,
    /// SQLite: connections that read; each may keep 4 MiB of pages.
    pub readers: u32,
    /// SQLite: a transaction that keeps the writer longer is rolled back.
    pub hold: Duration,
    /// SQLite: the file may not grow beyond so many pages. Tests use it as a full disk.
    pub max_pages: Option<u32>,
    /// PostgreSQL: connections, besides the two that carry announcements.
    pub connections: u32,
    /// PostgreSQL: a statement may take so long, and a little more until the server is given up.
    pub answer: Duration,
    /// SQLite: told the size of each batch once it is on disk.
    pub on_batch: fn(usize),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch: 64,
            batch_age: Duration::from_millis(10),
            remembered: 32 << 20,
            readers: 4,
            hold: Duration::from_secs(1),
            max_pages: None,
            connections: 16,
            answer: Duration::from_secs(10),
            on_batch: |_| {},
        }
    }
}
