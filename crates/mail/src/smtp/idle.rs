use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use super::connection::Connection;

/// More are not kept.
const MOST: usize = 8;

/// Connections that wait for the next mail.
pub(super) struct Idle {
    keep: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Vec<(Instant, Connection)>,
    /// Whether a task looks after those that have waited too long.
    swept: bool,
}

impl Idle {
    pub(super) fn new(keep: Duration) -> Self {
        Self {
            keep,
            state: Mutex::default(),
        }
    }

    /// The connection that was used last.
    pub(super) fn take(&self) -> Option<Connection> {
        let mut state = self.lock();
        let (since, connection) = state.waiting.pop()?;
        (since.elapsed() < self.keep).then_some(connection)
    }

    /// Keeps the connection if it can still be used.
    pub(super) fn put(self: &Arc<Self>, connection: Connection) {
        if connection.is_broken() || connection.is_worn() {
            return;
        }
        let mut state = self.lock();
        if state.waiting.len() >= MOST {
            return;
        }
        state.waiting.push((Instant::now(), connection));
        if !state.swept {
            state.swept = true;
            tokio::spawn(sweep(Arc::downgrade(self), self.keep));
        }
    }

    fn take_old(&self) -> Vec<Connection> {
        let mut state = self.lock();
        let (old, young) = std::mem::take(&mut state.waiting)
            .into_iter()
            .partition(|(since, _)| since.elapsed() >= self.keep);
        state.waiting = young;
        state.swept = !state.waiting.is_empty();
        let old: Vec<(Instant, Connection)> = old;
        old.into_iter().map(|(_, connection)| connection).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding it")
    }
}

/// Says goodbye on connections that nobody needed, until none waits.
async fn sweep(idle: std::sync::Weak<Idle>, keep: Duration) {
    loop {
        tokio::time::sleep(keep).await;
        let Some(idle) = idle.upgrade() else { return };
        for connection in idle.take_old() {
            connection.goodbye().await;
        }
        if !idle.lock().swept {
            return;
        }
    }
}
