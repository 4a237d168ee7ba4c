use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use sqlx::{Connection as _, Error};

use crate::{Db, Result, database::Store};

impl Db {
    /// Copies a SQLite database to the new file `to`, as it is at this moment, while everybody
    /// goes on working. An existing file is an error, never overwritten.
    ///
    /// Until the copy is whole and on disk, `to` is empty and the copy has another name.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        let Store::Sqlite(sqlite) = &self.store else {
            let why = "PostgreSQL has its own: pg_dump";
            return Err(Error::Configuration(why.into()));
        };
        let part = beside(to, ".part");
        let claimed = create_private(to)?;
        let copied = async {
            drop(create_private(&part)?);
            let mut conn = sqlite.apart().await?;
            let name = part
                .to_str()
                .ok_or(Error::Io(io::ErrorKind::InvalidFilename.into()))?;
            let copied = sqlx::query("VACUUM INTO $1")
                .bind(name.to_owned())
                .execute(&mut conn)
                .await;
            conn.close().await?;
            copied?;
            put_in_place(&part, to)?;
            Ok(())
        };
        let outcome = copied.await;
        drop(claimed);
        if outcome.is_err() {
            let _ = fs::remove_file(&part);
            let _ = fs::remove_file(to);
        }
        outcome
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A new file that only its owner can read.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// VACUUM does not wait for the disk; a backup that is reported done must be there after a power
/// cut.
fn put_in_place(part: &Path, to: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, to)?;
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}
