use std::io;

use sqlx::{Error, error::DatabaseError, sqlite::SqliteError};

use crate::direct::DirectError;

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
pub fn trouble(error: &Error) -> Trouble {
    match error {
        Error::Io(error) if error.kind() == io::ErrorKind::StorageFull => Trouble::Full,
        Error::Io(_)
        | Error::Tls(_)
        | Error::BeginFailed
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed => Trouble::Gone,
        Error::Database(error) if is_sqlite(error.as_ref()) => sqlite_trouble(error.as_ref()),
        Error::Database(error) => postgres_trouble(&error.code().unwrap_or_default()),
        _ => Trouble::Other,
    }
}

/// Whether what was to be stored is there already. Inside a transaction use `ON CONFLICT` instead
/// if you want to go on: after any failed statement it cannot be committed.
pub fn is_unique_violation(error: &Error) -> bool {
    matches!(error, Error::Database(error) if error.is_unique_violation())
}

fn is_sqlite(error: &(dyn DatabaseError + 'static)) -> bool {
    error.try_downcast_ref::<SqliteError>().is_some()
        || error.try_downcast_ref::<DirectError>().is_some()
}

/// <https://sqlite.org/rescode.html>
fn sqlite_trouble(error: &dyn DatabaseError) -> Trouble {
    const SHM_SIZE: u32 = 4874; // the index of the WAL cannot grow
    let code = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
    match (code, code & 0xff) {
        (SHM_SIZE, _) | (_, 13) => Trouble::Full,
        // BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CANTOPEN, PROTOCOL
        (_, 5 | 6 | 7 | 8 | 9 | 10 | 14 | 15) => Trouble::Gone,
        _ => Trouble::Other,
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn postgres_trouble(code: &str) -> Trouble {
    match (code, code.get(..2).unwrap_or_default()) {
        ("53100", _) => Trouble::Full,
        // Read-only, idle too long, a lock not had in time, an I/O error, the database dropped;
        // and of the classes: connection, authorization, deadlock and serialization, resources,
        // operator.
        ("25006" | "25P03" | "55P03" | "58030" | "3D000", _)
        | (_, "08" | "28" | "40" | "53" | "57") => Trouble::Gone,
        _ => Trouble::Other,
    }
}
