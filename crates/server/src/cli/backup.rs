use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap::Args;
use db::{Db, Options};

use super::{Failure, Result, say};
use crate::config::Config;

#[derive(Args)]
pub(super) struct Arguments {
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Neither makes a database nor brings one up to date: a copy may be taken before an upgrade.
pub(super) async fn run(config: Config, arguments: Arguments) -> Result<()> {
    let Some(path) = config.database_url.strip_prefix("sqlite:") else {
        let why = "backup is for SQLite: PostgreSQL has its own, pg_dump";
        return Err(Failure::Input(why.to_owned()));
    };
    if !Path::new(path).exists() {
        return Err(Failure::Other(format!("there is no database at {path}")));
    }
    let db = Db::open(&config.database_url, Options::default()).await?;
    let file = arguments.file.display().to_string();
    let copied = db.backup(&arguments.file).await;
    db.close().await;
    match copied {
        Ok(()) => {}
        Err(sqlx::Error::Io(error)) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Failure::Input(format!("{file} exists already")));
        }
        Err(error) => return Err(error.into()),
    }
    say(&format!("The database is copied to {file}."));
    if config.secret_key.is_none() {
        let key = config.data_dir.join("secret_key");
        say(&format!(
            "Keep {} too: without it, links in mail that was sent stop working.",
            key.display()
        ));
    }
    Ok(())
}
