use std::{io, sync::Arc};

use sqlx::Error;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard, oneshot};

use crate::{Result, Trouble, direct::Open, trouble, tx::failed_before};

/// The connection that writes, lent to one transaction until the writer takes it back.
pub(crate) struct Loan {
    lent: Arc<Mutex<Option<Lent>>>,
    /// Dropped without a word, it means: roll back.
    back: oneshot::Sender<Member>,
}

pub(crate) struct Lent {
    pub(crate) open: Box<Open>,
    /// Whether a statement failed.
    failed: bool,
    /// Why the whole batch cannot be committed.
    pub(crate) lost: Option<Lost>,
}

/// A transaction that waits for the outer COMMIT.
pub(crate) struct Member {
    pub(crate) announced: Vec<String>,
    pub(crate) answer: oneshot::Sender<Result<()>>,
}

/// The writer's end of a loan.
pub(crate) struct Lender {
    lent: Arc<Mutex<Option<Lent>>>,
    pub(crate) back: oneshot::Receiver<Member>,
}

pub(crate) fn lend(open: Box<Open>) -> (Loan, Lender) {
    let lent = Arc::new(Mutex::new(Some(Lent {
        open,
        failed: false,
        lost: None,
    })));
    let (sender, back) = oneshot::channel();
    let loan = Loan {
        lent: Arc::clone(&lent),
        back: sender,
    };
    (loan, Lender { lent, back })
}

impl Loan {
    pub(crate) async fn lock(&mut self) -> Result<MappedMutexGuard<'_, Lent>> {
        MutexGuard::try_map(self.lent.lock().await, Option::as_mut).map_err(|_| kept_too_long())
    }

    pub(crate) async fn commit(mut self, announced: Vec<String>) -> Result<()> {
        if self.lock().await?.failed {
            return Err(failed_before());
        }
        let (answer, outcome) = oneshot::channel();
        self.back
            .send(Member { announced, answer })
            .map_err(|_| kept_too_long())?;
        outcome.await.map_err(|_| Error::WorkerCrashed)?
    }
}

impl Lent {
    /// Remembers what a failed statement means for the transaction and for its batch.
    pub(crate) fn noted<T>(&mut self, outcome: Result<T>) -> Result<T> {
        if let Err(error) = &outcome
            && !matches!(error, Error::RowNotFound)
        {
            self.failed = true;
            if trouble(error) != Trouble::Other {
                self.lost = Some(Lost::from(error));
            }
        }
        outcome
    }
}

impl Lender {
    /// Takes the connection back; waits for a statement that is under way.
    pub(crate) async fn take(&self) -> Lent {
        let lent = self.lent.lock().await.take();
        lent.expect("only the lender takes the connection, and once")
    }
}

/// Why a batch was not committed; each of its members is told.
pub(crate) struct Lost {
    kind: io::ErrorKind,
    pub(crate) why: String,
}

impl Lost {
    pub(crate) fn is_full(&self) -> bool {
        self.kind == io::ErrorKind::StorageFull
    }

    pub(crate) fn error(&self) -> Error {
        io::Error::new(self.kind, format!("not committed: {}", self.why)).into()
    }
}

impl From<&Error> for Lost {
    fn from(error: &Error) -> Self {
        let kind = match trouble(error) {
            Trouble::Full => io::ErrorKind::StorageFull,
            Trouble::Gone | Trouble::Other => io::ErrorKind::Other,
        };
        Self {
            kind,
            why: error.to_string(),
        }
    }
}

fn kept_too_long() -> Error {
    let why = "rolled back: the transaction kept the writer too long";
    io::Error::new(io::ErrorKind::TimedOut, why).into()
}
