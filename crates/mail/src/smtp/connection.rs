use std::{
    io, iter,
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Quit, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::{Response, Severity},
    },
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{
    limits::{Deadline, Options, Phase},
    line_stream::LineStream,
    trouble::{Refusal, Trouble},
};
use crate::{
    email::Email,
    smtp_url::{Encryption, SmtpUrl},
};

/// After this many mails a connection is not used again; servers have limits too.
const MAILS: u32 = 50;

/// The body goes out in pieces of this many bytes.
const PIECE: usize = 64 * 1024;

type Done<T> = Result<T, Refusal>;

/// A mail as the server gets it.
pub(super) struct Outgoing {
    from: Address,
    to: Address,
    bytes: Vec<u8>,
}

impl Outgoing {
    pub(super) fn new(email: &Email) -> Self {
        let mut bytes = email.to_bytes();
        // The end of the mail brings its own line end.
        if bytes.ends_with(b"\r\n") {
            bytes.truncate(bytes.len() - 2);
        }
        Self {
            from: email.from.address.lettre(),
            to: email.to.lettre(),
            bytes,
        }
    }
}

/// A connection that is greeted, encrypted and signed in as it should be.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    mails: u32,
    /// A mail was begun and not ended.
    begun: bool,
    broken: bool,
}

impl Connection {
    pub(super) async fn open(
        server: &SmtpUrl,
        tls: Option<&TlsParameters>,
        options: &Options,
        deadline: &Deadline,
    ) -> Done<Self> {
        let hello = hello(options);
        let mut smtp = match (server.encryption, tls) {
            (Encryption::Implicit, Some(tls)) => {
                connect_encrypted(server, tls, &hello, deadline).await?
            }
            _ => connect_plain(server, &hello, deadline).await?,
        };
        if let (Encryption::Required | Encryption::Opportunistic, Some(tls)) =
            (server.encryption, tls)
        {
            if smtp.can_starttls() {
                let upgrade = smtp.starttls(tls.clone(), &hello);
                within(deadline, Phase::Encrypt, upgrade).await?;
            } else if server.encryption == Encryption::Required {
                let trouble = Trouble::Insecure("does not offer encryption (STARTTLS)");
                return Err(Refusal::new(Phase::Encrypt, trouble));
            }
        }
        if let Some((user, password)) = &server.credentials {
            let in_clear = !smtp.is_encrypted() && server.encryption != Encryption::None;
            if in_clear && !server.is_loopback() {
                let trouble =
                    Trouble::Insecure("does not offer encryption, and would see the password");
                return Err(Refusal::new(Phase::SignIn, trouble));
            }
            let credentials = Credentials::new(user.clone(), password.clone());
            let sign_in = smtp.auth(DEFAULT_MECHANISMS, &credentials);
            within(deadline, Phase::SignIn, sign_in).await?;
        }
        Ok(Self {
            smtp,
            mails: 0,
            begun: false,
            broken: false,
        })
    }

    /// Whether nothing more can be sent on it.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether it has carried its share.
    pub(super) fn is_worn(&self) -> bool {
        self.mails >= MAILS
    }

    /// Asks the server to take the mail; afterwards it waits for [`Self::deliver`].
    pub(super) async fn offer(&mut self, mail: &Outgoing, deadline: &Deadline) -> Done<()> {
        let asked = self.ask(mail, deadline).await;
        self.note(asked)
    }

    async fn ask(&mut self, mail: &Outgoing, deadline: &Deadline) -> Done<()> {
        let parameters = self.parameters(mail)?;
        if self.begun {
            self.command(Rset, Phase::Sender, deadline).await?;
        }
        self.begun = true;
        let from = Mail::new(Some(mail.from.clone()), parameters);
        self.command(from, Phase::Sender, deadline).await?;
        let to = Rcpt::new(mail.to.clone(), Vec::new());
        self.command(to, Phase::Recipient, deadline).await?;
        let go = self.command(Data, Phase::Data, deadline).await?;
        if go.has_code(354) {
            return Ok(());
        }
        Err(Refusal::new(Phase::Data, Trouble::Nonsense))
    }

    /// Hands over the mail that was offered.
    pub(super) async fn deliver(&mut self, mail: &Outgoing, deadline: &Deadline) -> Done<()> {
        // The pieces run out just before the dot that ends the mail is written.
        let handed_over = AtomicBool::new(false);
        let mut pieces = mail.bytes.chunks(PIECE);
        let pieces = iter::from_fn(|| {
            let piece = pieces.next();
            handed_over.store(piece.is_none(), Relaxed);
            piece
        });
        let sent = within(deadline, Phase::Data, self.smtp.message_iter(pieces)).await;
        let sent = match sent {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => Ok(()),
            Ok(_) => Err(Refusal::new(Phase::Data, Trouble::Nonsense)),
            Err(refusal) => Err(refusal),
        };
        self.mails += 1;
        self.begun = sent.is_err();
        let handed_over = handed_over.load(Relaxed);
        self.note(sent.map_err(|refusal| Refusal {
            handed_over,
            ..refusal
        }))
    }

    /// Says goodbye, but does not wait long for the answer.
    pub(super) async fn goodbye(mut self) {
        // Nothing hangs on it.
        drop(timeout(Duration::from_secs(1), self.smtp.command(Quit)).await);
    }

    /// What the mail needs of the server beyond the old protocol.
    fn parameters(&self, mail: &Outgoing) -> Done<Vec<MailParameter>> {
        let lacks = |what| Refusal::new(Phase::Sender, Trouble::Lacks(what));
        let server = self.smtp.server_info();
        let mut parameters = Vec::new();
        if ![&mail.from, &mail.to].into_iter().all(is_ascii) {
            if !server.supports_feature(Extension::SmtpUtfEight) {
                let what = "addresses with letters beyond ASCII before the @ (SMTPUTF8)";
                return Err(lacks(what));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !mail.bytes.is_ascii() {
            if !server.supports_feature(Extension::EightBitMime) {
                return Err(lacks("mails with letters beyond ASCII (8BITMIME)"));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    async fn command(
        &mut self,
        command: impl std::fmt::Display,
        phase: Phase,
        deadline: &Deadline,
    ) -> Done<Response> {
        within(deadline, phase, self.smtp.command(command)).await
    }

    /// Remembers what an outcome means for the connection.
    fn note(&mut self, outcome: Done<()>) -> Done<()> {
        if let Err(refusal) = &outcome {
            self.broken |= !refusal.leaves_connection();
        }
        outcome
    }
}

async fn connect_plain(
    server: &SmtpUrl,
    hello: &ClientId,
    deadline: &Deadline,
) -> Done<AsyncSmtpConnection> {
    let limit = deadline.left_for(Phase::Connect);
    let stream = match timeout(limit, connect(server, limit)).await {
        Ok(Ok(stream)) => Box::new(LineStream::new(stream)),
        Ok(Err(error)) => return Err(Refusal::new(Phase::Connect, Trouble::Io(error))),
        Err(_) => return Err(Refusal::new(Phase::Connect, Trouble::Late)),
    };
    let greeted = AsyncSmtpConnection::connect_with_transport(stream, hello);
    within(deadline, Phase::Greet, greeted).await
}

/// Tries each address of the host; a dead one leaves time for the others.
async fn connect(server: &SmtpUrl, limit: Duration) -> io::Result<TcpStream> {
    let found = lookup_host((server.host.as_str(), server.port)).await?;
    let addresses: Vec<SocketAddr> = found.collect();
    let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => failed = error,
            Err(_) => failed = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failed)
}

async fn connect_encrypted(
    server: &SmtpUrl,
    tls: &TlsParameters,
    hello: &ClientId,
    deadline: &Deadline,
) -> Done<AsyncSmtpConnection> {
    // One call does it all, so the phases share their limits.
    let limit = deadline.left_for(Phase::Connect);
    let address = (server.host.as_str(), server.port);
    let opened =
        AsyncSmtpConnection::connect_tokio1(address, Some(limit), hello, Some(tls.clone()), None);
    within(deadline, Phase::Encrypt, opened).await
}

/// What we call ourselves.
fn hello(options: &Options) -> ClientId {
    let is_name = |name: &&String| {
        let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        !name.is_empty() && name.bytes().all(is_good)
    };
    let Some(name) = options.hello.as_ref().filter(is_name) else {
        return ClientId::default();
    };
    match name.parse() {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        _ => ClientId::Domain(name.clone()),
    }
}

/// Waits for an answer as long as the phase may take.
async fn within<T>(
    deadline: &Deadline,
    phase: Phase,
    step: impl Future<Output = Result<T, Error>>,
) -> Done<T> {
    match timeout(deadline.left_for(phase), step).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(Refusal::new(phase, Trouble::Smtp(error))),
        Err(_) => Err(Refusal::new(phase, Trouble::Late)),
    }
}

fn is_ascii(address: &Address) -> bool {
    let text: &str = address.as_ref();
    text.is_ascii()
}
