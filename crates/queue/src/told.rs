//! What is announced in the transaction that writes down how a try of a job ended.

use std::sync::{Mutex, PoisonError};

use db::{Result, Tx};

use crate::finish::Finished;

#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Vec<Topic>>);

#[derive(Clone, Debug)]
struct Topic {
    name: String,
    only_if_parked: bool,
}

impl Told {
    pub(crate) fn add(&self, name: String, only_if_parked: bool) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        topics.push(Topic {
            name,
            only_if_parked,
        });
    }

    pub(crate) async fn announce(&self, tx: &mut Tx, finished: Finished) -> Result<()> {
        let topics = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for topic in topics {
            if finished == Finished::Parked || !topic.only_if_parked {
                tx.announce(topic.name).await?;
            }
        }
        Ok(())
    }
}
