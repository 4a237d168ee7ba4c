use std::{panic::Location, sync::Arc};

use sqlx::Error;

use crate::{
    Conn, Events, Options, Result, Tx,
    events::{self, Sender},
    postgres::Postgres,
    snapshots::Arrival,
    sqlite::Sqlite,
};

/// The database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) store: Store,
    pub(crate) events: Sender,
}

#[derive(Clone)]
pub(crate) enum Store {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Db {
    /// Opens `sqlite:PATH`, making the file if there is none, or `postgres://…`.
    pub async fn open(url: &str, options: Options) -> Result<Self> {
        let events = events::channel();
        let store = if let Some(path) = url.strip_prefix("sqlite:") {
            Store::Sqlite(Arc::new(Sqlite::open(path, &options, &events).await?))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Store::Postgres(Arc::new(Postgres::open(url, &options, &events).await?))
        } else {
            let advice = "a database is sqlite:PATH or postgres://…";
            return Err(Error::Configuration(advice.into()));
        };
        Ok(Self { store, events })
    }

    pub fn kind(&self) -> Kind {
        match self.store {
            Store::Sqlite(_) => Kind::Sqlite,
            Store::Postgres(_) => Kind::Postgres,
        }
    }

    /// What any node announces from now on.
    pub fn events(&self) -> Events {
        self.events.subscribe()
    }

    /// To read what has been committed until now.
    pub async fn read(&self) -> Result<Conn> {
        self.read_since(self.arrive()).await
    }

    /// Now, for [`read_since`](Self::read_since).
    pub fn arrive(&self) -> Arrival {
        match &self.store {
            Store::Sqlite(_) => Arrival(0), // looking costs nothing there
            Store::Postgres(postgres) => postgres.arrive(),
        }
    }

    /// To read what had been committed by then; what was committed later may be there or not. Who
    /// reads twice for one request needs to ask the server only once what there is.
    pub async fn read_since(&self, arrival: Arrival) -> Result<Conn> {
        match &self.store {
            Store::Sqlite(sqlite) => sqlite.read().await,
            Store::Postgres(postgres) => postgres.read(arrival).await,
        }
    }

    /// Opens a transaction. On SQLite everyone else who writes waits for it: do nothing slow until
    /// it is committed or dropped, and never open a second one meanwhile.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Tx>> + Send + '_ {
        self.begin_as(false, Location::caller())
    }

    /// The same for what may change thousands of rows: on SQLite it shares its COMMIT with nobody,
    /// and needs no more memory for that it could be rolled back.
    #[track_caller]
    pub fn begin_large(&self) -> impl Future<Output = Result<Tx>> + Send + '_ {
        self.begin_as(true, Location::caller())
    }

    async fn begin_as(&self, large: bool, caller: &'static Location<'static>) -> Result<Tx> {
        match &self.store {
            Store::Sqlite(sqlite) => sqlite.begin(caller, large).await,
            Store::Postgres(postgres) => postgres.begin().await,
        }
    }

    /// Lets the transactions that are under way finish, and closes every connection.
    pub async fn close(&self) {
        match &self.store {
            Store::Sqlite(sqlite) => sqlite.close().await,
            Store::Postgres(postgres) => postgres.close().await,
        }
    }

    /// Renews PostgreSQL's statistics after a bulk load, which it does by itself later. SQLite has
    /// none and is to have none: with them it skip-scans, and sorts a whole source of the inbox for
    /// one page of it; without them it takes the index that was made for the statement.
    pub async fn analyze(&self) -> Result<()> {
        match &self.store {
            Store::Sqlite(_) => Ok(()),
            Store::Postgres(store) => store.run_apart("ANALYZE").await,
        }
    }

    /// Runs statements that take long, on a connection of their own, without a time limit. On
    /// SQLite whoever writes waits for them: only for a database that nobody is served from.
    pub async fn run_apart(&self, sqlite: &'static str, postgres: &'static str) -> Result<()> {
        match &self.store {
            Store::Sqlite(store) => store.run_apart(sqlite).await,
            Store::Postgres(store) => store.run_apart(postgres).await,
        }
    }
}
