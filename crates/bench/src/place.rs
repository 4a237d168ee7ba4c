use std::{env, path::Path};

use pigeon::config::Config;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::Result;

/// A database, and the folder beside it.
#[derive(Clone, Debug)]
pub struct Place {
    pub name: &'static str,
    pub database_url: String,
    pub data_dir: String,
    pub port: u16,
}

impl Place {
    pub fn sqlite(data: &Path, folder: &str, port: u16) -> Self {
        let data_dir = data.join(folder).display().to_string();
        Self {
            name: "SQLite",
            database_url: format!("sqlite:{data_dir}/pigeon.db"),
            data_dir,
            port,
        }
    }

    /// A database on the server that `TEST_DATABASE_URL` names, if it names one.
    pub async fn postgres(data: &Path, folder: &str, port: u16) -> Result<Option<Self>> {
        let Ok(server) = env::var("TEST_DATABASE_URL") else {
            return Ok(None);
        };
        let database = format!("bench_{folder}");
        let mut conn = PgConnection::connect(&server).await?;
        let there: bool =
            sqlx::query_scalar("SELECT count(*) > 0 FROM pg_database WHERE datname = $1")
                .bind(&database)
                .fetch_one(&mut conn)
                .await?;
        if !there {
            run(&mut conn, format!("CREATE DATABASE {database}")).await?;
        }
        let (base, _) = server.rsplit_once('/').ok_or("not a database URL")?;
        Ok(Some(Self {
            name: "PostgreSQL",
            database_url: format!("{base}/{database}"),
            data_dir: data
                .join(format!("postgres_{folder}"))
                .display()
                .to_string(),
            port,
        }))
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The environment that the program is started in.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("PIGEON_DATABASE_URL", self.database_url.clone()),
            ("PIGEON_DATA_DIR", self.data_dir.clone()),
            ("PIGEON_LISTEN", self.host()),
            ("PIGEON_SITE_URL", format!("http://{}", self.host())),
            ("PIGEON_TRUSTED_PROXIES", "127.0.0.1".to_owned()),
            ("PIGEON_LOG_FORMAT", "text".to_owned()),
            // One alert a message, as in a small team with a shared address.
            (
                "PIGEON_SETTING_SUPPORT_NOTIFICATION_RECIPIENTS",
                "team@example.com".to_owned(),
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    pub fn config(&self) -> Result<Config> {
        Ok(Config::from_sources("pigeon.toml", "", self.environment())?)
    }

    pub fn is_postgres(&self) -> bool {
        self.database_url.starts_with("postgres")
    }

    /// For a server that waits before it commits, so that more commits share a flush.
    pub async fn set_commit_delay(&self, micros: u32) -> Result<()> {
        let mut conn = PgConnection::connect(&self.database_url).await?;
        let (_, database) = self
            .database_url
            .rsplit_once('/')
            .ok_or("not a database URL")?;
        let sql = format!("ALTER DATABASE {database} SET commit_delay = {micros}");
        run(&mut conn, sql).await
    }

    /// What autovacuum would have done by tomorrow.
    pub async fn settle(&self) -> Result<()> {
        if self.is_postgres() {
            let mut conn = PgConnection::connect(&self.database_url).await?;
            run(&mut conn, "VACUUM ANALYZE".to_owned()).await?;
        }
        Ok(())
    }
}

async fn run(conn: &mut PgConnection, sql: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

/// The configuration of a process that the bench has started.
pub fn from_environment() -> Result<Config> {
    let env = env::vars().filter(|(name, _)| name.starts_with("PIGEON_"));
    Ok(Config::from_sources("pigeon.toml", "", env)?)
}
