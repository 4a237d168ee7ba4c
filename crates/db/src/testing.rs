//! A fresh database for each test: a SQLite file, or, where `TEST_DATABASE_URL` names a PostgreSQL
//! server, a database on that one (see `scripts/with-postgres`).

use std::{
    cell::RefCell,
    collections::{BTreeSet, hash_map::DefaultHasher},
    env,
    hash::Hasher as _,
    str::FromStr as _,
    sync::{Mutex, PoisonError},
    thread,
};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Db, Migration, Options, migrate};

static STATEMENTS: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

/// Every statement that this process has run, to look at their plans.
pub fn statements() -> BTreeSet<&'static str> {
    STATEMENTS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

thread_local! {
    static RECORDED: RefCell<Option<Vec<&'static str>>> = const { RefCell::new(None) };
}

/// From here on, the statements of this thread are kept, in their order.
pub fn record_statements() {
    RECORDED.replace(Some(Vec::new()));
}

/// Those that were made since; no more are kept.
pub fn recorded_statements() -> Vec<&'static str> {
    RECORDED.take().unwrap_or_default()
}

pub(crate) fn note(sql: &'static str) {
    RECORDED.with_borrow_mut(|recorded| {
        if let Some(recorded) = recorded {
            recorded.push(sql);
        }
    });
    STATEMENTS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(sql);
}

/// A database of its own, migrated; removed when dropped.
pub struct TestDb {
    pub db: Db,
    /// What [`Db::open`] opens it by: to open it once more, or to hand it to another process.
    pub url: String,
    _place: Place,
}

/// Where a test's database is, without the database itself: for tests that open it themselves.
pub enum Place {
    Folder(TempDir),
    Server(Server),
}

/// A database on the server that `TEST_DATABASE_URL` names.
pub struct Server {
    url: String,
    name: String,
}

impl TestDb {
    pub async fn new(migrations: &[Migration]) -> Self {
        Self::with(migrations, Options::default()).await
    }

    pub async fn with(migrations: &[Migration], options: Options) -> Self {
        let (place, url) = Place::migrated(migrations).await;
        Self::at(place, url, migrations, options).await
    }

    /// On SQLite in any case, for what only that has.
    pub async fn sqlite(migrations: &[Migration], options: Options) -> Self {
        let (place, url) = Place::folder();
        Self::at(place, url, migrations, options).await
    }

    /// Once more, as another process or node would open it.
    pub async fn open_again(&self) -> Db {
        let opened = Db::open(&self.url, Options::default()).await;
        opened.expect("opens")
    }

    async fn at(place: Place, url: String, migrations: &[Migration], options: Options) -> Self {
        let db = Db::open(&url, options).await.expect("opens");
        if let Place::Folder(_) = place {
            migrate(&db, migrations).await.expect("migrates");
        }
        Self {
            db,
            url,
            _place: place,
        }
    }
}

impl Place {
    /// Somewhere without tables, and the URL to open it by.
    pub async fn empty() -> (Self, String) {
        Self::migrated(&[]).await
    }

    fn folder() -> (Self, String) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        (Self::Folder(folder), url)
    }

    async fn migrated(migrations: &[Migration]) -> (Self, String) {
        let Ok(server) = env::var("TEST_DATABASE_URL") else {
            return Self::folder();
        };
        let mut conn = connect(&server).await;
        let template = if migrations.is_empty() {
            "template0".to_owned()
        } else {
            template(&mut conn, &server, migrations).await
        };
        let name = format!("test_{}", Uuid::now_v7().simple());
        run(
            &mut conn,
            format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        conn.close().await.expect("closes");
        let url = on_server(&server, &name);
        (Self::Server(Server { url: server, name }), url)
    }
}

/// The name of a database that has been migrated, to be copied: that is faster than to migrate.
async fn template(conn: &mut PgConnection, server: &str, migrations: &[Migration]) -> String {
    let mut hasher = DefaultHasher::new();
    for migration in migrations {
        hasher.write(migration.postgres.as_bytes());
    }
    let name = format!("template_{:x}", hasher.finish());
    // Other tests' processes want it at the same time.
    run(conn, "SELECT pg_advisory_lock(4711)".into()).await;
    let there: bool = sqlx::query_scalar("SELECT count(*) > 0 FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_one(&mut *conn)
        .await
        .expect("lists databases");
    if !there {
        let making = format!("{name}_making");
        run(
            conn,
            format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)"),
        )
        .await;
        run(conn, format!("CREATE DATABASE {making} TEMPLATE template0")).await;
        let db = Db::open(&on_server(server, &making), Options::default())
            .await
            .expect("opens");
        migrate(&db, migrations).await.expect("migrates");
        db.close().await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname";
        run(conn, format!("{end} = '{making}'")).await;
        run(conn, format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    }
    run(conn, "SELECT pg_advisory_unlock(4711)".into()).await;
    name
}

async fn connect(server: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(server).expect("TEST_DATABASE_URL is a URL");
    options.connect().await.expect("TEST_DATABASE_URL answers")
}

async fn run(conn: &mut PgConnection, sql: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await;
    done.expect("the test's server does as it is told");
}

/// The same server's URL, for another of its databases.
fn on_server(server: &str, name: &str) -> String {
    let (base, query) = match server.split_once('?') {
        Some((base, query)) => (base, format!("?{query}")),
        None => (server, String::new()),
    };
    let (base, _) = base.rsplit_once('/').expect("the URL names a database");
    format!("{base}/{name}{query}")
}

impl Drop for Server {
    fn drop(&mut self) {
        let (server, name) = (self.url.clone(), self.name.clone());
        // A runtime of its own: the test's is busy with this very drop.
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let mut conn = connect(&server).await;
                run(
                    &mut conn,
                    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                )
                .await;
            });
        });
        let _ = dropped.join(); // a failure has been printed, and the server is thrown away
    }
}
