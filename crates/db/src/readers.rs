//! The connections that read SQLite: each is lent for a while, and what they find is remembered.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sqlx::Error;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    Result,
    direct::{DirectArguments, DirectRow, Open, PATIENCE},
    remembered::{Asked, Remembered, State, Wanted},
};

/// The connections that read.
pub(crate) struct Readers {
    path: PathBuf,
    most: u32,
    free: Arc<Semaphore>,
    /// None: the database is closed.
    idle: Arc<Mutex<Option<Vec<Open>>>>,
    pub(crate) remembered: Arc<Remembered<DirectRow>>,
}

/// A connection, lent until it is dropped.
pub(crate) struct Reader {
    open: Option<Open>,
    idle: Arc<Mutex<Option<Vec<Open>>>>,
    remembered: Arc<Remembered<DirectRow>>,
    /// The database's when the connection was lent.
    state: State,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    /// Remembers so many bytes of what was read.
    pub(crate) fn new(path: PathBuf, most: u32, remembered: usize) -> Self {
        Self {
            path,
            most,
            free: Arc::new(Semaphore::new(most as usize)),
            idle: Arc::new(Mutex::new(Some(Vec::new()))),
            remembered: Arc::new(Remembered::new(remembered)),
        }
    }

    pub(crate) async fn acquire(&self) -> Result<Reader> {
        if locked(&self.idle).is_none() {
            return Err(Error::PoolClosed);
        }
        let permit = timeout(PATIENCE, Arc::clone(&self.free).acquire_owned())
            .await
            .map_err(|_| Error::PoolTimedOut)?
            .map_err(|_| Error::PoolClosed)?;
        let idle = locked(&self.idle).as_mut().ok_or(Error::PoolClosed)?.pop();
        let mut open = match idle {
            Some(open) => open,
            None => Open::new(&self.path)?,
        };
        let state = if open.sees_a_change()? {
            self.remembered.forget()
        } else {
            self.remembered.state()
        };
        Ok(Reader {
            open: Some(open),
            idle: Arc::clone(&self.idle),
            remembered: Arc::clone(&self.remembered),
            state,
            _permit: permit,
        })
    }

    /// Lets nobody in any more, and returns once whoever reads has finished.
    pub(crate) async fn close(&self) {
        drop(locked(&self.idle).take());
        drop(self.free.acquire_many(self.most).await);
        self.free.close();
    }
}

fn locked(idle: &Mutex<Option<Vec<Open>>>) -> MutexGuard<'_, Option<Vec<Open>>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut idle = locked(&self.idle);
        if let (Some(idle), Some(open)) = (idle.as_mut(), self.open.take()) {
            idle.push(open);
        }
    }
}

impl Reader {
    /// What the statement finds, which may be remembered.
    pub(crate) fn rows(
        &mut self,
        sql: &'static str,
        arguments: &DirectArguments,
        wanted: Wanted,
    ) -> Result<Arc<[DirectRow]>> {
        let asked = Asked::of(sql, arguments, wanted);
        if let Some(found) = self.remembered.find(self.state, &asked) {
            return Ok(found);
        }
        let found: Arc<[DirectRow]> = self.open().rows(sql, arguments, wanted)?.into();
        let bytes = found.iter().map(DirectRow::size).sum();
        self.remembered.keep(self.state, asked, &found, bytes);
        Ok(found)
    }

    pub(crate) fn open(&mut self) -> &mut Open {
        let open = self.open.as_mut();
        open.expect("a connection is kept until it is dropped")
    }
}
