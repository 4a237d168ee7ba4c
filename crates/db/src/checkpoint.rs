use std::time::Duration;

use sqlx::{
    ConnectOptions as _,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::{sync::mpsc, task::JoinHandle, time::sleep};

use crate::Result;

/// How long after a commit its pages move from the WAL to the database.
const PAUSE: Duration = Duration::from_millis(250);

/// Moves what was committed from SQLite's WAL into the database, on a connection of its own, so
/// that no COMMIT does it while people wait. It never waits for anybody, nor makes anybody wait.
pub(crate) struct Checkpointer {
    wake: mpsc::Sender<()>,
    task: JoinHandle<()>,
}

impl Checkpointer {
    pub(crate) fn start(connect: &SqliteConnectOptions) -> Self {
        let (wake, woken) = mpsc::channel(1);
        let connect = connect.clone().pragma("cache_size", "-256");
        let task = tokio::spawn(run(connect, woken));
        Self { wake, task }
    }

    pub(crate) fn wake(&self) {
        let _ = self.wake.try_send(()); // it has been woken already
    }

    pub(crate) async fn stop(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(connect: SqliteConnectOptions, mut woken: mpsc::Receiver<()>) {
    let mut idle = None;
    while woken.recv().await.is_some() {
        sleep(PAUSE).await;
        idle = match checkpoint(&connect, idle.take()).await {
            Ok(conn) => Some(conn),
            Err(error) => {
                tracing::debug!(%error, "no checkpoint");
                None
            }
        };
    }
}

async fn checkpoint(
    connect: &SqliteConnectOptions,
    idle: Option<SqliteConnection>,
) -> Result<SqliteConnection> {
    let mut conn = match idle {
        Some(conn) => conn,
        None => connect.connect().await?,
    };
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .execute(&mut conn)
        .await?;
    Ok(conn)
}
