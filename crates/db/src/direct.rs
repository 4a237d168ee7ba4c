//! SQLite on the thread that asks.
//!
//! sqlx gives each connection a thread of its own and sends it every statement, and each row back:
//! several times what SQLite itself needs for a row. The reads of a page, or what a post writes,
//! take well under a millisecond, so here they simply run where they are asked for. What takes
//! longer, or has to wait for a lock or the disk, lets the runtime move its other work to another
//! thread meanwhile.
//!
//! To `#[derive(sqlx::FromRow)]` and `bind` this is one more database: see [`driver`].

mod driver;
mod error;
mod row;
mod types;

use std::{
    cell::Cell,
    collections::{HashMap, hash_map::Entry},
    path::Path,
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

use rusqlite::{CachedStatement, Connection, OpenFlags, Statement, config::DbConfig};
use sqlx::Error;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::block_in_place,
};

use crate::{Result, remembered::Wanted};

pub use driver::Direct;
pub(crate) use driver::DirectArguments;
pub(crate) use error::DirectError;
use row::Column;
pub use row::DirectRow;

/// How long to wait for a connection, and for whoever else holds the file.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks whether whoever holds the file has let go; a statement that takes longer makes room.
const PAUSE: Duration = Duration::from_millis(5);
/// Steps of SQLite's virtual machine: some milliseconds.
const LONG: i32 = 100_000;
/// How long it takes another thread to take over.
const HAND_OVER: Duration = Duration::from_micros(50);
/// More than the product has; they are kept prepared.
const STATEMENTS: usize = 256;

/// A connection whose statements run on the thread that asks.
pub(crate) struct Open {
    conn: Connection,
    shapes: HashMap<(usize, usize), Shape>,
    /// The [version](Self::version) that was seen last.
    seen: Option<i64>,
}

/// What there is to know of a statement besides its text.
struct Shape {
    columns: Arc<[Column]>,
    /// Which argument each of its parameters stands for: SQLite numbers `$2` by where it first
    /// stands, not by its name.
    parameters: Vec<usize>,
}

impl Open {
    /// One that reads.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let pragmas = "PRAGMA query_only = 1; PRAGMA cache_size = -4096"; // KiB
        Self::with(path, pragmas)
    }

    /// Opens a file that is there.
    pub(crate) fn with(path: &Path, pragmas: &str) -> Result<Self> {
        Ok(Self {
            conn: connect(path, pragmas).map_err(DirectError::from)?,
            shapes: HashMap::new(),
            seen: None,
        })
    }

    /// Runs a PRAGMA that takes effect when it is prepared: it must not be kept.
    pub(crate) fn set(&self, pragma: &str) -> Result<()> {
        Ok(self.conn.execute_batch(pragma).map_err(DirectError::from)?)
    }

    /// From now on whoever else holds the file is an error at once.
    pub(crate) fn wait_for_nobody(&self) -> Result<()> {
        Ok(self.conn.busy_handler(None).map_err(DirectError::from)?)
    }

    /// From now on nothing is committed unless `may` says so.
    pub(crate) fn commit_only_if(&self, may: impl Fn() -> bool + Send + 'static) -> Result<()> {
        let hooked = self.conn.commit_hook(Some(move || !may()));
        Ok(hooked.map_err(DirectError::from)?)
    }

    /// SQLite's name for the state of the database
    /// (<https://www.sqlite.org/pragma.html#pragma_data_version>): it is another one when any other
    /// connection, of whatever process, has changed it since.
    pub(crate) fn version(&self) -> Result<i64> {
        let statement = self.conn.prepare_cached("PRAGMA data_version");
        let version = statement.and_then(|mut it| it.query_row([], |row| row.get(0)));
        Ok(version.map_err(DirectError::from)?)
    }

    pub(crate) fn sees_a_change(&mut self) -> Result<bool> {
        let now = Some(self.version()?);
        let changed = self.seen != now;
        self.seen = now;
        Ok(changed)
    }

    /// What the statement finds.
    pub(crate) fn rows(
        &mut self,
        sql: &'static str,
        arguments: &DirectArguments,
        wanted: Wanted,
    ) -> Result<Vec<DirectRow>> {
        let (mut statement, columns) = prepare(&self.conn, &mut self.shapes, sql, arguments)?;
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(found) = rows.next().map_err(DirectError::from)? {
            all.push(DirectRow::of(&columns, found)?);
            if matches!(wanted, Wanted::First) {
                break;
            }
        }
        Ok(all)
    }

    /// Runs what has no rows, or whose rows nobody wants; gives how many it changed.
    pub(crate) fn execute(
        &mut self,
        sql: &'static str,
        arguments: &DirectArguments,
    ) -> Result<u64> {
        let (mut statement, _) = prepare(&self.conn, &mut self.shapes, sql, arguments)?;
        let mut rows = statement.raw_query();
        while rows.next().map_err(DirectError::from)?.is_some() {}
        drop(rows);
        Ok(if statement.readonly() {
            0
        } else {
            self.conn.changes()
        })
    }

    /// Runs what has no parameters.
    pub(crate) fn run(&mut self, sql: &'static str) -> Result<()> {
        self.execute(sql, &DirectArguments::default()).map(drop)
    }
}

fn connect(path: &Path, pragmas: &str) -> rusqlite::Result<Connection> {
    // Not read-only: whoever reads a WAL also writes to its index.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan is made once, and not again for every value of a LIMIT.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.busy_handler(Some(wait))?;
    conn.progress_handler(LONG, Some(make_room))?;
    conn.execute_batch(pragmas)?;
    Ok(conn)
}

fn prepare<'c>(
    conn: &'c Connection,
    shapes: &mut HashMap<(usize, usize), Shape>,
    sql: &'static str,
    arguments: &DirectArguments,
) -> Result<(CachedStatement<'c>, Arc<[Column]>)> {
    BEGAN.set(Some(Instant::now()));
    let mut statement = conn.prepare_cached(sql).map_err(DirectError::from)?;
    // A text that is never freed is known by its place.
    let shape = match shapes.entry((sql.as_ptr().addr(), sql.len())) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(Shape::of(&statement)?),
    };
    for (index, parameter) in shape.parameters.iter().enumerate() {
        let value = arguments.get(*parameter);
        statement
            .raw_bind_parameter(index + 1, value)
            .map_err(DirectError::from)?;
    }
    Ok((statement, Arc::clone(&shape.columns)))
}

impl Shape {
    fn of(statement: &Statement<'_>) -> Result<Self> {
        let number = |index| {
            let name = statement.parameter_name(index)?;
            name.strip_prefix('$')?
                .parse::<usize>()
                .ok()?
                .checked_sub(1)
        };
        let parameters: Option<_> = (1..=statement.parameter_count()).map(number).collect();
        let why = || Error::Protocol("a parameter is written $1, $2, …".into());
        Ok(Self {
            columns: Column::of(statement),
            parameters: parameters.ok_or_else(why)?,
        })
    }
}

/// SQLite asks this when somebody else holds the file, as they do for a moment when they start,
/// end, or come back from a crash.
fn wait(times: i32) -> bool {
    let waited = PAUSE * u32::try_from(times).unwrap_or(0);
    step_aside(|| sleep(PAUSE));
    waited < PATIENCE
}

/// SQLite asks this now and then during a statement that takes long.
fn make_room() -> bool {
    let takes_long = BEGAN.get().is_some_and(|began| began.elapsed() >= PAUSE);
    if takes_long && is_shared() {
        step_aside(|| sleep(HAND_OVER));
    }
    false // go on
}

thread_local! {
    /// When the statement that this thread is at began: SQLite counts a statement's steps over all
    /// times that it ran.
    static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Lets the runtime's other work go on, on another thread.
pub(crate) fn step_aside<T>(work: impl FnOnce() -> T) -> T {
    if is_shared() {
        block_in_place(work)
    } else {
        work()
    }
}

/// Whether the runtime could do its other work on another thread.
fn is_shared() -> bool {
    Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;
    use sqlx::Arguments as _;

    use super::*;

    #[test]
    fn a_statement_is_prepared_once_whatever_its_values() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(Connection::open(&path).unwrap());
        let mut open = Open::new(&path).unwrap();
        for most in 1..=3_i64 {
            let mut arguments = DirectArguments::default();
            arguments.add(most).unwrap();
            let sql = "SELECT name FROM sqlite_schema ORDER BY name LIMIT $1";
            let (mut statement, _) =
                prepare(&open.conn, &mut open.shapes, sql, &arguments).unwrap();
            while statement.raw_query().next().unwrap().is_some() {}
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
        }
    }
}
