//! Where the secret key is: in the configuration, else made once and kept; with SQLite in a file
//! beside the database, so that a copy of the database alone forges nothing, with PostgreSQL in
//! the database, so that every node has the same.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use db::Db;

use crate::{
    Error, Result,
    config::Config,
    secrets::{self, Secrets},
};

pub(super) async fn load(config: &Config, db: &Db) -> Result<Secrets> {
    let text = match &config.secret_key {
        Some(text) => text.clone(),
        None if config.is_sqlite() => in_file(&config.data_dir.join("secret_key"))
            .map_err(Error::internal("cannot keep the secret key in data_dir"))?,
        None => in_database(db).await?,
    };
    Ok(Secrets::from_text(&text))
}

/// Two processes that start at once end up with one key: it is written elsewhere first, and
/// linked only where there is none.
fn in_file(path: &Path) -> io::Result<String> {
    if !path.exists() {
        let new = path.with_extension(format!("new-{}", std::process::id()));
        write_private(&new, &secrets::token())?;
        let linked = fs::hard_link(&new, path);
        fs::remove_file(&new)?;
        if let Err(error) = linked
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(error);
        }
    }
    let text = fs::read_to_string(path)?.trim().to_owned();
    if text.len() < 32 {
        let what = format!("{} is damaged: it is too short", path.display());
        return Err(io::Error::other(what));
    }
    Ok(text)
}

/// Writes a file that only its owner can read, and waits until it is on disk.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let _ = fs::remove_file(path);
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

async fn in_database(db: &Db) -> Result<String> {
    let mut tx = db.begin().await?;
    tx.query(
        "INSERT INTO installation (name, value) VALUES ('secret_key', $1) ON CONFLICT DO NOTHING",
    )
    .bind(secrets::token())
    .execute()
    .await?;
    let key: Option<(String,)> = tx
        .query("SELECT value FROM installation WHERE name = 'secret_key'")
        .fetch_optional()
        .await?;
    tx.commit().await?;
    Ok(key.expect("it was inserted if it was not there").0)
}
