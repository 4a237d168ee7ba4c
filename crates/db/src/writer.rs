//! Group commit: many transactions on SQLite, one wait for the disk.
//!
//! SQLite has one writer, and each COMMIT waits for the disk. (PostgreSQL shares that wait between
//! transactions by itself.) So one task owns the only connection that writes, and lends it to one
//! `Tx` at a time, in the order in which they began:
//!
//! ```text
//! BEGIN IMMEDIATE
//!                  … the first one's statements …                               (committed)
//!   SAVEPOINT tx   … the next one's statements …    RELEASE tx                  (committed)
//!   SAVEPOINT tx   … another's statements …         ROLLBACK TO tx; RELEASE tx  (dropped)
//!   …              until nobody waits, or the batch is full or old
//! COMMIT           one wait for the disk, and only then is anybody answered
//! ```
//!
//! - The connection comes back when the `Tx` is committed or dropped, however it is dropped: by
//!   `?`, by a panic, or with a request that was cancelled. A statement runs on the thread that
//!   asks, from its beginning to its end: nobody is cancelled in the middle of one.
//! - It is taken back after [`Options::hold`](crate::Options::hold), between two statements: what
//!   was done is rolled back, and what is tried after that fails. A statement under way is not
//!   interrupted, since SQLite would answer with rolling back everybody's work.
//! - A [large](crate::Db::begin_large) transaction has a batch to itself: what it changes is more
//!   than others should wait for, or than should be kept in memory.
//! - Only the task runs the statements above, so no request can be cancelled in mid protocol.
//! - When one of them fails, the whole batch is lost: each member gets an error, and the connection
//!   is replaced. So it goes too when SQLite rolls everything back by itself (disk full, I/O error,
//!   out of memory), because it leaves no savepoint to release; and after such an error that it
//!   survived, because the COMMIT would meet it again.
//! - Nothing is committed behind the task's back: a hook refuses every commit but its own. Without
//!   it, a `Tx` that carries on after SQLite's own roll-back would commit each further statement.

mod connection;

use std::{
    panic::Location,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use sqlx::{Error, sqlite::SqliteConnectOptions};
use tokio::{
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    Options, Result,
    checkpoint::Checkpointer,
    direct::{Open, step_aside},
    events::Sender,
    health::DiskFull,
    loan::{Loan, Lost, Member, lend},
};
use connection::{IN_FILES, IN_MEMORY, begin};

/// How long to wait for the writer before giving up.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often to look whether another process has written.
const LOOK: Duration = Duration::from_secs(1);
/// The queue for the connection that writes.
pub(crate) struct Writer {
    queue: mpsc::UnboundedSender<Turn>,
    close: mpsc::Sender<oneshot::Sender<()>>,
}

/// A place in the queue.
struct Turn {
    lend: oneshot::Sender<Result<Loan>>,
    caller: &'static Location<'static>,
    large: bool,
}

impl Writer {
    /// `connect` is for what is not this connection's: it has a thread of its own.
    pub(crate) fn start(
        path: &Path,
        connect: &SqliteConnectOptions,
        options: &Options,
        events: Sender,
        full: DiskFull,
    ) -> Result<Self> {
        let (queue, waiting) = mpsc::unbounded_channel();
        let (close, closing) = mpsc::channel(1);
        let mut task = Task {
            checkpointer: Checkpointer::start(connect),
            path: path.to_owned(),
            max_pages: options.max_pages,
            batch: options.batch,
            batch_age: options.batch_age,
            hold: options.hold,
            on_batch: options.on_batch,
            waiting,
            put_off: None,
            events,
            full,
            committing: Arc::default(),
            version: 0,
            looked: Instant::now(),
        };
        let conn = task.connect()?;
        tokio::spawn(async move { task.run(conn, closing).await });
        Ok(Self { queue, close })
    }

    /// A `large` transaction has a batch to itself.
    pub(crate) async fn borrow(
        &self,
        caller: &'static Location<'static>,
        large: bool,
    ) -> Result<Loan> {
        let (lend, loan) = oneshot::channel();
        let turn = Turn {
            lend,
            caller,
            large,
        };
        self.queue.send(turn).map_err(|_| Error::PoolClosed)?;
        let loan = timeout(PATIENCE, loan)
            .await
            .map_err(|_| Error::PoolTimedOut)?;
        loan.map_err(|_| Error::PoolClosed)?
    }

    /// Waits until whoever queued before is served and the connection is closed.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.close.send(done).await.is_ok() {
            let _ = closed.await;
        }
    }
}

struct Task {
    path: PathBuf,
    max_pages: Option<u32>,
    batch: usize,
    batch_age: Duration,
    hold: Duration,
    on_batch: fn(usize),
    waiting: mpsc::UnboundedReceiver<Turn>,
    /// A large one that waits for the batch before it.
    put_off: Option<Turn>,
    events: Sender,
    full: DiskFull,
    checkpointer: Checkpointer,
    /// Whether a commit on the connection is the task's own.
    committing: Arc<AtomicBool>,
    /// SQLite's count of what other connections wrote, as this connection saw it last.
    version: i64,
    looked: Instant,
}

impl Task {
    /// Runs batch after batch, until nobody is left who could ask for one.
    async fn run(&mut self, conn: Box<Open>, mut closing: mpsc::Receiver<oneshot::Sender<()>>) {
        let mut idle = Some(conn);
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if let Some(large) = self.put_off.take() {
                idle = self.serve(idle.take(), large).await;
                continue;
            }
            tokio::select! {
                biased;
                turn = self.waiting.recv() => {
                    let Some(first) = turn else { break };
                    idle = self.serve(idle.take(), first).await;
                }
                Some(done) = closing.recv() => {
                    self.waiting.close();
                    self.checkpointer.stop().await;
                    step_aside(|| drop(idle.take())); // the last one empties the WAL
                    let _ = done.send(());
                    break;
                }
                _ = look.tick() => {}
            }
            if let Some(conn) = &mut idle {
                self.look(conn);
            }
        }
    }

    /// Carries one batch through and answers its members; gives the connection back unless it is
    /// lost.
    async fn serve(&mut self, idle: Option<Box<Open>>, first: Turn) -> Option<Box<Open>> {
        let large = first.large;
        let conn = match self.open(idle, large).await {
            Ok(conn) => conn,
            Err(error) => {
                self.refuse(first, error);
                return None;
            }
        };
        let mut members = Vec::new();
        let mut outcome = self.fill_and_commit(conn, first, &mut members).await;
        let size = members.len();
        match &outcome {
            Ok(_) if size > 0 => {
                self.full.set(false);
                self.checkpointer.wake();
                (self.on_batch)(size);
            }
            Ok(_) => {}
            Err(lost) => {
                if lost.is_full() {
                    self.full.set(true);
                }
                tracing::warn!(members = size, why = lost.why, "a batch was not committed");
            }
        }
        for member in members {
            let _ = member.answer.send(match &outcome {
                Ok(_) => {
                    for topic in member.announced {
                        self.events.topic(&topic);
                    }
                    Ok(())
                }
                Err(lost) => Err(lost.error()),
            });
        }
        if large && let Ok(conn) = &mut outcome {
            conn.set(IN_MEMORY).ok()?;
        }
        outcome.ok()
    }

    /// Tells everyone who waits that there is no connection to write on: each would only wait for
    /// the same lock or file again.
    fn refuse(&mut self, first: Turn, error: Error) {
        let lost = Lost::from(&error);
        let _ = first.lend.send(Err(error));
        while let Ok(turn) = self.waiting.try_recv() {
            let _ = turn.lend.send(Err(lost.error()));
        }
    }

    /// Opens the outer transaction, on a new connection if the last one was lost.
    async fn open(&mut self, idle: Option<Box<Open>>, large: bool) -> Result<Box<Open>> {
        let mut conn = if let Some(conn) = idle {
            conn
        } else {
            self.events.anything(); // nobody knows what others wrote meanwhile
            self.connect()?
        };
        if large {
            conn.set(IN_FILES)?;
        }
        begin(&mut conn).await?;
        Ok(conn)
    }

    fn connect(&mut self) -> Result<Box<Open>> {
        let conn = connection::open(&self.path, self.max_pages)?;
        self.version = conn.version()?;
        let committing = Arc::clone(&self.committing);
        conn.commit_only_if(move || committing.load(SeqCst))?;
        conn.wait_for_nobody()?; // it waits in `begin`
        Ok(Box::new(conn))
    }

    /// Carries the outer transaction through. After an error the connection is dropped, and with
    /// it whatever was not committed.
    async fn fill_and_commit(
        &mut self,
        mut conn: Box<Open>,
        first: Turn,
        members: &mut Vec<Member>,
    ) -> std::result::Result<Box<Open>, Lost> {
        let opened = Instant::now();
        let mut next = Some(first);
        while let Some(turn) = next {
            let large = turn.large;
            conn = self.give(conn, turn, members).await?;
            let closed = large || members.len() >= self.batch || opened.elapsed() >= self.batch_age;
            next = if closed {
                None
            } else {
                let mut next = self.waiting.try_recv().ok();
                self.put_off = next.take_if(|turn| turn.large);
                next
            };
        }
        if members.is_empty() {
            conn.run("ROLLBACK")
        } else {
            self.committing.store(true, SeqCst);
            let outcome = step_aside(|| conn.run("COMMIT"));
            self.committing.store(false, SeqCst);
            outcome
        }
        .map_err(|error| Lost::from(&error))?;
        Ok(conn)
    }

    /// Lends the connection to whoever has the `turn`, and waits for its return.
    async fn give(
        &self,
        mut conn: Box<Open>,
        turn: Turn,
        members: &mut Vec<Member>,
    ) -> std::result::Result<Box<Open>, Lost> {
        if turn.lend.is_closed() {
            return Ok(conn); // they no longer wait
        }
        let lost = |error| Lost::from(&error);
        // The first has the outer transaction to itself: SQLite need not keep what its pages were.
        let is_first = members.is_empty();
        if !is_first {
            conn.run("SAVEPOINT tx").map_err(lost)?;
        }
        let (loan, mut lender) = lend(conn);
        // To someone who has just left, too: that loan is dropped, and comes back as any other.
        let _ = turn.lend.send(Ok(loan));
        let member = if let Ok(back) = timeout(self.hold, &mut lender.back).await {
            back.ok()
        } else {
            tracing::warn!(caller = %turn.caller, "a transaction kept the writer too long");
            lender.back.close();
            lender.back.try_recv().ok()
        };
        let mut lent = lender.take().await;
        let is_kept = member.is_some();
        members.extend(member);
        if let Some(lost) = lent.lost {
            return Err(lost);
        }
        let end: &[_] = match (is_first, is_kept) {
            (true, true) => &[],
            (true, false) => &["ROLLBACK"],
            (false, true) => &["RELEASE tx"],
            (false, false) => &["ROLLBACK TO tx", "RELEASE tx"],
        };
        for sql in end {
            lent.open.run(sql).map_err(lost)?;
        }
        if is_first && !is_kept {
            begin(&mut lent.open).await.map_err(lost)?;
        }
        Ok(lent.open)
    }

    /// Says so if another process has written since the last look.
    fn look(&mut self, conn: &mut Open) {
        if self.looked.elapsed() < LOOK || !self.events.is_heard() {
            return;
        }
        self.looked = Instant::now();
        if let Ok(version) = conn.version()
            && version != self.version
        {
            self.version = version;
            self.events.anything();
        }
    }
}
