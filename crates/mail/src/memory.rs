use std::sync::{Arc, Mutex, MutexGuard};

use crate::email::Email;

/// Keeps mails instead of sending them, for tests. Clones share one box.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Vec<Email>>>);

impl Memory {
    /// What was sent, oldest first.
    pub fn mails(&self) -> Vec<Email> {
        self.lock().clone()
    }

    pub(crate) fn keep(&self, email: Email) {
        self.lock().push(email);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Email>> {
        self.0.lock().expect("nobody panics while holding it")
    }
}
