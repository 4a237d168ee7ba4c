use crate::{email::Email, error::SendError, memory::Memory, smtp::Smtp};

/// A way to send mails. Clones share connections.
#[derive(Clone, Debug)]
pub enum Mailer {
    Smtp(Smtp),
    Memory(Memory),
}

impl Mailer {
    /// Sends one mail, within the time limits.
    pub async fn send(&self, email: &Email) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(email).await,
            Self::Memory(memory) => {
                memory.keep(email.clone());
                Ok(())
            }
        }
    }
}
