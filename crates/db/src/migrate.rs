use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, Error, PgConnection, SqliteConnection};

use crate::{Db, Kind, Result, database::Store};

/// One step of the schema; its number counts from 1, and its text never changes once released.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub number: i64,
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// How the database's schema stands to what the program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    Current,
    /// So many migrations have not been applied.
    Behind(usize),
    /// A newer version of the program has migrated it.
    Newer,
}

/// The table of what was applied, and one for [`Db::ready`] to write to. The same in both but for
/// the names of types.
const SQLITE: &str = "
    CREATE TABLE IF NOT EXISTS migrations (
        number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS write_trials (bytes BLOB NOT NULL) STRICT";
const POSTGRES: &str = "
    CREATE TABLE IF NOT EXISTS migrations (
        number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS write_trials (bytes BYTEA NOT NULL)";

/// Brings the schema up to date, all missing migrations in one transaction, and returns how many
/// they were. Safe when several nodes start at once: the others wait, and find it done.
pub async fn migrate(
    db: &Db,
    migrations: &[Migration],
) -> std::result::Result<usize, MigrateError> {
    match &db.store {
        Store::Sqlite(sqlite) => {
            let mut conn = sqlite.apart().await?;
            let applied = migrate_sqlite(&mut conn, migrations).await;
            conn.close().await?;
            applied
        }
        Store::Postgres(postgres) => {
            let mut conn = postgres.apart().await?;
            let applied = migrate_postgres(&mut conn, migrations).await;
            conn.close().await?; // and with it a transaction that failed
            applied
        }
    }
}

/// Whether the schema is what the program knows, without changing anything.
pub async fn schema_state(db: &Db, migrations: &[Migration]) -> Result<SchemaState> {
    let mut conn = db.read().await?;
    let there: bool = conn
        .query_each(
            "SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'",
            "SELECT to_regclass('migrations') IS NOT NULL",
        )
        .fetch_scalar()
        .await?;
    if !there {
        return Ok(SchemaState::Behind(migrations.len()));
    }
    let applied: Vec<i64> = conn
        .query("SELECT number FROM migrations")
        .fetch_scalars()
        .await?;
    let missing = migrations
        .iter()
        .filter(|migration| !applied.contains(&migration.number))
        .count();
    Ok(match missing {
        0 if applied.len() > migrations.len() => SchemaState::Newer,
        0 => SchemaState::Current,
        _ => SchemaState::Behind(missing),
    })
}

async fn migrate_sqlite(
    conn: &mut SqliteConnection,
    migrations: &[Migration],
) -> std::result::Result<usize, MigrateError> {
    // Off, or rebuilding a table would empty those that refer to it; hence the check at the end.
    // The time-out is for another process that migrates.
    sqlx::raw_sql("PRAGMA foreign_keys = OFF; PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE")
        .execute(&mut *conn)
        .await?;
    sqlx::raw_sql(SQLITE).execute(&mut *conn).await?;
    let applied = sqlx::query_as("SELECT number, name, checksum FROM migrations ORDER BY number")
        .fetch_all(&mut *conn)
        .await?;
    let missing = missing(migrations, &applied, Kind::Sqlite)?;
    for migration in &missing {
        let failed = |error| MigrateError::Failed(label(migration.number, migration.name), error);
        sqlx::raw_sql(migration.sqlite)
            .execute(&mut *conn)
            .await
            .map_err(failed)?;
        sqlx::query("INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)")
            .bind(migration.number)
            .bind(migration.name)
            .bind(checksum(migration.sqlite))
            .execute(&mut *conn)
            .await?;
    }
    if !missing.is_empty() {
        let broken: Option<(String,)> =
            sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check")
                .fetch_optional(&mut *conn)
                .await?;
        if let Some((table,)) = broken {
            return Err(MigrateError::BrokenReference(table));
        }
    }
    sqlx::raw_sql("COMMIT").execute(conn).await?;
    Ok(missing.len())
}

async fn migrate_postgres(
    conn: &mut PgConnection,
    migrations: &[Migration],
) -> std::result::Result<usize, MigrateError> {
    // The lock is for the nodes that start at once. Whoever serves meanwhile must not be kept out
    // by a migration that waits for a table, hence the time-out.
    sqlx::raw_sql(
        "BEGIN; SELECT pg_advisory_xact_lock(7306086967271); SET LOCAL lock_timeout = '20s'",
    )
    .execute(&mut *conn)
    .await?;
    sqlx::raw_sql(POSTGRES).execute(&mut *conn).await?;
    let applied = sqlx::query_as("SELECT number, name, checksum FROM migrations ORDER BY number")
        .fetch_all(&mut *conn)
        .await?;
    let missing = missing(migrations, &applied, Kind::Postgres)?;
    for migration in &missing {
        let failed = |error| MigrateError::Failed(label(migration.number, migration.name), error);
        sqlx::raw_sql(migration.postgres)
            .execute(&mut *conn)
            .await
            .map_err(failed)?;
        sqlx::query("INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)")
            .bind(migration.number)
            .bind(migration.name)
            .bind(checksum(migration.postgres))
            .execute(&mut *conn)
            .await?;
    }
    sqlx::raw_sql("COMMIT").execute(conn).await?;
    Ok(missing.len())
}

/// What is to be applied, once what was applied is found to be what the program knows.
fn missing<'m>(
    migrations: &'m [Migration],
    applied: &[(i64, String, String)],
    kind: Kind,
) -> std::result::Result<Vec<&'m Migration>, MigrateError> {
    let known = migrations.last().map_or(0, |migration| migration.number);
    for (number, name, sum) in applied {
        let Some(migration) = migrations.iter().find(|known| known.number == *number) else {
            let (found, known) = (label(*number, name), known);
            return Err(MigrateError::Newer { found, known });
        };
        let sql = match kind {
            Kind::Sqlite => migration.sqlite,
            Kind::Postgres => migration.postgres,
        };
        if checksum(sql) != *sum {
            return Err(MigrateError::Changed(label(*number, name)));
        }
    }
    let is_missing = |migration: &&Migration| {
        applied
            .iter()
            .all(|(number, ..)| *number != migration.number)
    };
    Ok(migrations.iter().filter(is_missing).collect())
}

fn checksum(sql: &str) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(sql) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn label(number: i64, name: &str) -> String {
    format!("{number:04}_{name}")
}

/// Why the schema was left as it was.
#[derive(Debug)]
pub enum MigrateError {
    Newer { found: String, known: i64 },
    Changed(String),
    Failed(String, Error),
    BrokenReference(String),
    Database(Error),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { found, known } => write!(
                f,
                "the database has migration {found}, and this version knows those up to {known:04}: \
                 start the newer version, or restore a backup of this one's"
            ),
            Self::Changed(label) => write!(
                f,
                "migration {label} was applied with another text than this version has: \
                 start the version that applied it"
            ),
            Self::Failed(label, _) => {
                write!(f, "migration {label} failed, and nothing was changed")
            }
            Self::BrokenReference(table) => write!(
                f,
                "a migration would leave rows of {table} that refer to nothing, and nothing was changed"
            ),
            Self::Database(_) => write!(f, "cannot migrate the database"),
        }
    }
}

impl std::error::Error for MigrateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(_, error) | Self::Database(error) => Some(error),
            Self::Newer { .. } | Self::Changed(_) | Self::BrokenReference(_) => None,
        }
    }
}

impl From<Error> for MigrateError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}
