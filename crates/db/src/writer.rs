//! Group commit: many transactions on SQLite, one wait for the disk.
//!
//! SQLite has one writer, and each COMMIT waits for the disk. (PostgreSQL shares that wait between
//! transactions by itself.) So one task owns the only connection that writes, and lends it to one
//! `Tx` at a time, in the order in which they began:
//!
//! ```text
//! BEGIN IMMEDIATE
//!   SAVEPOINT tx   … the first one's statements …   RELEASE tx                  (committed)
//!   SAVEPOINT tx   … the next one's statements …    ROLLBACK TO tx; RELEASE tx  (dropped)
//!   …              until nobody waits, or the batch is full or old
//! COMMIT           one wait for the disk, and only then is anybody answered
//! ```
//!
//! - The connection comes back when the `Tx` is committed or dropped, however it is dropped: by
//!   `?`, by a panic, or with a request that was cancelled in mid statement. A statement still
//!   under way is finished first, because a connection runs its statements in order.
//! - Only the task runs the statements above, so no request can be cancelled in mid protocol.
//! - When one of them fails, the whole batch is lost: each member gets an error, and the connection
//!   is replaced. So it goes too when SQLite rolls everything back by itself (disk full, I/O error,
//!   out of memory), because it leaves no savepoint to release.
//! - Nothing is committed behind the task's back: a hook refuses every commit but its own. Without
//!   it, a `Tx` that carries on after SQLite's own roll-back would commit each further statement.

use std::{
    io,
    panic::Location,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions as _, Error,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use tokio::{
    sync::{broadcast, mpsc, oneshot},
    time::timeout,
};

use super::Result;

/// A batch takes nobody in after this long, so that late comers cannot put its COMMIT off.
const OLD: Duration = Duration::from_millis(10);
/// How long a transaction may keep the writer before it is logged.
const SLOW: Duration = Duration::from_secs(2);
/// How long to wait for the writer before giving up.
const PATIENCE: Duration = Duration::from_secs(30);

/// The queue for the connection that writes.
#[derive(Clone)]
pub(super) struct Writer(mpsc::UnboundedSender<Turn>);

/// A place in the queue.
struct Turn {
    lend: oneshot::Sender<Result<Loan>>,
    caller: &'static Location<'static>,
}

/// The connection that writes, lent to one transaction.
pub struct Loan(Option<(SqliteConnection, oneshot::Sender<Return>)>);

/// The connection, and whom to answer if what was done with it is to be committed.
type Return = (SqliteConnection, Option<Member>);

/// A transaction that waits for the outer COMMIT.
struct Member {
    announced: Vec<String>,
    answer: oneshot::Sender<Result<()>>,
}

impl Writer {
    pub(super) async fn start(
        options: SqliteConnectOptions,
        batch: usize,
        events: broadcast::Sender<String>,
    ) -> Result<Self> {
        let (queue, waiting) = mpsc::unbounded_channel();
        let mut task = Task {
            options,
            waiting,
            batch,
            events,
            committing: Arc::default(),
        };
        let conn = task.connect().await?;
        tokio::spawn(async move { task.run(conn).await });
        Ok(Self(queue))
    }

    pub(super) async fn borrow(&self, caller: &'static Location<'static>) -> Result<Loan> {
        let (lend, loan) = oneshot::channel();
        self.0
            .send(Turn { lend, caller })
            .map_err(|_| Error::PoolClosed)?;
        let loan = timeout(PATIENCE, loan)
            .await
            .map_err(|_| Error::PoolTimedOut)?;
        loan.map_err(|_| Error::WorkerCrashed)?
    }
}

impl Loan {
    pub(super) fn conn(&mut self) -> &mut SqliteConnection {
        &mut self
            .0
            .as_mut()
            .expect("a loan is kept until it is given back")
            .0
    }

    pub(super) async fn commit(mut self, announced: Vec<String>) -> Result<()> {
        let (answer, outcome) = oneshot::channel();
        self.give_back(Some(Member { announced, answer }));
        outcome.await.map_err(|_| Error::WorkerCrashed)?
    }

    fn give_back(&mut self, commit: Option<Member>) {
        if let Some((conn, writer)) = self.0.take() {
            let _ = writer.send((conn, commit));
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.give_back(None);
    }
}

struct Task {
    options: SqliteConnectOptions,
    waiting: mpsc::UnboundedReceiver<Turn>,
    batch: usize,
    events: broadcast::Sender<String>,
    /// Whether a commit on the connection is the task's own.
    committing: Arc<AtomicBool>,
}

impl Task {
    /// Runs batch after batch, until nobody is left who could ask for one.
    async fn run(&mut self, conn: SqliteConnection) {
        let mut idle = Some(conn);
        while let Some(first) = self.waiting.recv().await {
            let conn = match self.open(idle.take()).await {
                Ok(conn) => conn,
                Err(error) => {
                    let _ = first.lend.send(Err(error));
                    continue;
                }
            };
            let mut members = Vec::new();
            let outcome = self.fill_and_commit(conn, first, &mut members).await;
            for member in members {
                let _ = member.answer.send(match &outcome {
                    Ok(_) => {
                        for event in member.announced {
                            let _ = self.events.send(event);
                        }
                        Ok(())
                    }
                    Err(error) => Err(io::Error::other(format!("not committed: {error}")).into()),
                });
            }
            idle = outcome.ok();
        }
    }

    async fn connect(&self) -> Result<SqliteConnection> {
        let mut conn = self.options.connect().await?;
        let committing = Arc::clone(&self.committing);
        conn.lock_handle()
            .await?
            .set_commit_hook(move || committing.load(SeqCst));
        Ok(conn)
    }

    /// Opens the outer transaction, on a new connection if the last one was lost.
    async fn open(&self, idle: Option<SqliteConnection>) -> Result<SqliteConnection> {
        let mut conn = match idle {
            Some(conn) => conn,
            None => self.connect().await?,
        };
        run(&mut conn, "BEGIN IMMEDIATE").await?;
        Ok(conn)
    }

    /// Carries the outer transaction through. After an error the connection is dropped, and with
    /// it whatever was not committed.
    async fn fill_and_commit(
        &mut self,
        mut conn: SqliteConnection,
        first: Turn,
        members: &mut Vec<Member>,
    ) -> Result<SqliteConnection> {
        let opened = Instant::now();
        let mut next = Some(first);
        while let Some(turn) = next {
            conn = lend(conn, turn, members).await?;
            let closed = members.len() >= self.batch || opened.elapsed() >= OLD;
            next = if closed {
                None
            } else {
                self.waiting.try_recv().ok()
            };
        }
        if members.is_empty() {
            run(&mut conn, "ROLLBACK").await?;
        } else {
            self.committing.store(true, SeqCst);
            let outcome = run(&mut conn, "COMMIT").await;
            self.committing.store(false, SeqCst);
            outcome?;
        }
        Ok(conn)
    }
}

/// Lends the connection to whoever has the `turn`, and waits for its return.
async fn lend(
    mut conn: SqliteConnection,
    turn: Turn,
    members: &mut Vec<Member>,
) -> Result<SqliteConnection> {
    run(&mut conn, "SAVEPOINT tx").await?;
    let (writer, mut back) = oneshot::channel();
    // To someone who no longer waits, too: that loan is dropped, and comes back as any other.
    let _ = turn.lend.send(Ok(Loan(Some((conn, writer)))));
    let lent = Instant::now();
    let back = loop {
        if let Ok(back) = timeout(SLOW, &mut back).await {
            break back;
        }
        let (caller, held) = (turn.caller, lent.elapsed());
        tracing::warn!(%caller, ?held, "a transaction keeps the writer");
    };
    let (mut conn, commit) = back.map_err(|_| Error::WorkerCrashed)?;
    if let Some(member) = commit {
        members.push(member);
        run(&mut conn, "RELEASE tx").await?;
    } else {
        run(&mut conn, "ROLLBACK TO tx; RELEASE tx").await?;
    }
    Ok(conn)
}

async fn run(conn: &mut SqliteConnection, sql: &'static str) -> Result<()> {
    sqlx::query(sql).execute(conn).await.map(drop)
}
