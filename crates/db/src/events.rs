use std::{future::pending, sync::Arc};

use tokio::sync::broadcast::{
    self,
    error::{RecvError, TryRecvError},
};

/// How many events a slow listener may be behind before it hears [`Event::Anything`] instead.
const BACKLOG: usize = 1024;

/// Something that happened to the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A transaction announced it, on this node or another.
    Topic(Arc<str>),
    /// Something may have happened that nobody could tell: look at whatever you watch.
    Anything,
}

/// What is announced from the moment this was made on.
pub struct Events(broadcast::Receiver<Event>);

impl Events {
    /// Waits for the next event, for ever if the database was closed.
    pub async fn next(&mut self) -> Event {
        match self.0.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => Event::Anything,
            Err(RecvError::Closed) => pending().await,
        }
    }

    /// The next event that is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        match self.0.try_recv() {
            Ok(event) => Some(event),
            Err(TryRecvError::Lagged(_)) => Some(Event::Anything),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Sender(broadcast::Sender<Event>);

pub(crate) fn channel() -> Sender {
    Sender(broadcast::channel(BACKLOG).0)
}

impl Sender {
    pub(crate) fn subscribe(&self) -> Events {
        Events(self.0.subscribe())
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.0.receiver_count() > 0
    }

    pub(crate) fn topic(&self, topic: &str) {
        let _ = self.0.send(Event::Topic(topic.into()));
    }

    pub(crate) fn anything(&self) {
        let _ = self.0.send(Event::Anything);
    }
}
