//! Sending over SMTP: the phases of a mail, each with its time limit, on connections that are kept for the next one.

mod connection;
mod idle;
mod limits;
mod line_stream;
mod trouble;

use std::{fmt, sync::Arc};

use lettre::transport::smtp::client::{Certificate, TlsParameters};

use self::{
    connection::{Connection, Outgoing},
    idle::Idle,
    limits::Deadline,
    trouble::Refusal,
};
use crate::{
    email::Email,
    error::SendError,
    smtp_url::{Encryption, SmtpUrl},
};

pub use self::limits::{Limits, Options};

/// A mail server, and the open connections to it. Clones share them.
#[derive(Clone)]
pub struct Smtp(Arc<Inner>);

struct Inner {
    server: SmtpUrl,
    options: Options,
    /// `None` when nothing is ever encrypted.
    tls: Option<TlsParameters>,
    idle: Arc<Idle>,
}

#[derive(Debug, thiserror::Error)]
#[error("encryption cannot be set up")]
pub struct NoEncryption(#[source] lettre::transport::smtp::Error);

impl Smtp {
    /// Connects when the first mail is sent. Fails when encryption cannot be set up.
    pub fn new(server: SmtpUrl, options: Options) -> Result<Self, NoEncryption> {
        let tls = match server.encryption {
            Encryption::None => None,
            _ => Some(tls_parameters(&server, &options)?),
        };
        Ok(Self(Arc::new(Inner {
            idle: Arc::new(Idle::new(options.keep_idle)),
            server,
            options,
            tls,
        })))
    }

    pub(crate) async fn send(&self, email: &Email) -> Result<(), SendError> {
        let smtp = &*self.0;
        let deadline = Deadline::new(smtp.options.limits.clone());
        let mail = Outgoing::new(email);

        let mut connection = match smtp.idle.take() {
            None => smtp.open(&deadline).await?,
            Some(mut kept) => match kept.offer(&mail, &deadline).await {
                Ok(()) => return self.finish(kept, &mail, &deadline).await,
                // The server hung up meanwhile. It has seen nothing of the mail.
                Err(_) if kept.is_broken() => smtp.open(&deadline).await?,
                Err(refusal) => return self.refused(kept, refusal),
            },
        };
        match connection.offer(&mail, &deadline).await {
            Ok(()) => self.finish(connection, &mail, &deadline).await,
            Err(refusal) => self.refused(connection, refusal),
        }
    }

    /// Hands over the mail itself, after the server has agreed to take it.
    async fn finish(
        &self,
        mut connection: Connection,
        mail: &Outgoing,
        deadline: &Deadline,
    ) -> Result<(), SendError> {
        let sent = connection.deliver(mail, deadline).await;
        match sent {
            Ok(()) => {
                self.0.idle.put(connection);
                Ok(())
            }
            Err(refusal) => self.refused(connection, refusal),
        }
    }

    fn refused(&self, connection: Connection, refusal: Refusal) -> Result<(), SendError> {
        self.0.idle.put(connection);
        Err(refusal.into_error(&self.0.server))
    }
}

impl Inner {
    async fn open(&self, deadline: &Deadline) -> Result<Connection, SendError> {
        let opened = Connection::open(&self.server, self.tls.as_ref(), &self.options, deadline);
        opened
            .await
            .map_err(|refusal| refusal.into_error(&self.server))
    }
}

/// Trusts what the machine trusts, and what the options add.
fn tls_parameters(server: &SmtpUrl, options: &Options) -> Result<TlsParameters, NoEncryption> {
    let mut tls = TlsParameters::builder(server.host.clone());
    if let Some(authority) = &options.authority {
        let certificate = Certificate::from_pem(authority.as_bytes()).map_err(NoEncryption)?;
        tls = tls.add_root_certificate(certificate);
    }
    tls.build().map_err(NoEncryption)
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({:?})", self.0.server)
    }
}
