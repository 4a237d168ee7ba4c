use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tokio_rustls::TlsAcceptor;

use crate::{
    certificate::{self, Certificate},
    mail::Mail,
    mode::Mode,
    session,
};

/// Whether and how connections are encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    #[default]
    Never,
    /// By the command STARTTLS.
    OnRequest(Certificate),
    /// From the first byte.
    Implicit(Certificate),
}

#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    pub mode: Mode,
    pub tls: Tls,
    /// Every mail becomes a file in this folder too.
    pub dir: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            mode: Mode::Ok,
            tls: Tls::Never,
            dir: None,
        }
    }
}

/// A running server; it ends when this is dropped.
pub struct Sink {
    shared: Arc<Shared>,
    address: SocketAddr,
    authority: Option<String>,
    /// Whether somebody listens: follows the mode.
    listening: watch::Receiver<bool>,
    accepting: JoinHandle<io::Result<()>>,
}

pub(crate) struct Shared {
    mode: watch::Sender<Mode>,
    mails: Mutex<Vec<Mail>>,
    arrived: watch::Sender<usize>,
    /// Goes up to end all open connections.
    kicks: watch::Sender<usize>,
    connections: AtomicUsize,
    pub(crate) recipients: AtomicUsize,
    pub(crate) tls: Tls,
    pub(crate) acceptor: Option<TlsAcceptor>,
    dir: Option<PathBuf>,
}

impl Sink {
    /// A server on a free port of loopback, without TLS.
    pub async fn start() -> Self {
        Self::start_with(Options::default())
            .await
            .expect("loopback has a free port")
    }

    pub async fn start_with(options: Options) -> io::Result<Self> {
        let issued = match options.tls {
            Tls::Never => None,
            Tls::OnRequest(certificate) | Tls::Implicit(certificate) => {
                Some(certificate::issue(certificate))
            }
        };
        let (acceptor, authority) = issued.unzip();
        if let Some(dir) = &options.dir {
            std::fs::create_dir_all(dir)?;
        }
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            mode: watch::Sender::new(options.mode),
            mails: Mutex::default(),
            arrived: watch::Sender::new(0),
            kicks: watch::Sender::new(0),
            connections: AtomicUsize::new(0),
            recipients: AtomicUsize::new(0),
            tls: options.tls,
            acceptor,
            dir: options.dir,
        });
        let (says, listening) = watch::channel(true);
        let accepting = tokio::spawn(accept(Arc::clone(&shared), address, listener, says));
        let sink = Self {
            shared,
            address,
            authority,
            listening,
            accepting,
        };
        sink.set_mode(options.mode).await;
        Ok(sink)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// As `smtp_url` wants it: `smtp://127.0.0.1:PORT`, or `smtps://`.
    pub fn url(&self) -> String {
        let scheme = match self.shared.tls {
            Tls::Implicit(_) => "smtps",
            _ => "smtp",
        };
        format!("{scheme}://{}", self.address)
    }

    /// The PEM of who issued the certificate; it is new at each start.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Changes the behaviour; done when this returns.
    pub async fn set_mode(&self, mode: Mode) {
        self.shared.mode.send_replace(mode);
        let listens = mode != Mode::Down;
        let mut listening = self.listening.clone();
        listening
            .wait_for(|now| *now == listens)
            .await
            .expect("accepts until it is dropped");
    }

    pub fn mode(&self) -> Mode {
        self.shared.mode()
    }

    /// What arrived, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.mails().clone()
    }

    pub fn clear(&self) {
        self.shared.mails().clear();
    }

    /// How many copies of each mail arrived.
    pub fn count_by_message_id(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for mail in self.shared.mails().iter() {
            *counts.entry(mail.message_id()).or_default() += 1;
        }
        counts
    }

    /// Waits until this many mails have arrived since the start; cleared ones count.
    pub async fn wait_for(&self, mails: usize) {
        let mut arrived = self.shared.arrived.subscribe();
        arrived
            .wait_for(|now| *now >= mails)
            .await
            .expect("the sender lives as long as this");
    }

    /// How many connections were made since the start.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(SeqCst)
    }

    /// Ends all open connections, as a server does that has waited long enough.
    pub fn drop_connections(&self) {
        self.shared.kicks.send_modify(|kicks| *kicks += 1);
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.accepting.abort();
        self.drop_connections();
    }
}

impl Shared {
    pub(crate) fn mode(&self) -> Mode {
        *self.mode.borrow()
    }

    fn mails(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.mails.lock().expect("nobody panics while holding it")
    }

    pub(crate) fn keep(&self, mail: Mail) -> io::Result<()> {
        let number = *self.arrived.borrow() + 1;
        if let Some(dir) = &self.dir {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let name = format!("{}.{number}", now.unwrap_or_default().as_nanos());
            mail.store(dir, &name)?;
        }
        self.mails().push(mail);
        self.arrived.send_modify(|arrived| *arrived += 1);
        Ok(())
    }
}

/// Takes connections, except while the mode is `down`.
async fn accept(
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: TcpListener,
    says: watch::Sender<bool>,
) -> io::Result<()> {
    let mut mode = shared.mode.subscribe();
    let mut listener = Some(listener);
    loop {
        let down = *mode.borrow_and_update() == Mode::Down;
        if down {
            listener = None;
            shared.kicks.send_modify(|kicks| *kicks += 1);
        } else if listener.is_none() {
            listener = Some(TcpListener::bind(address).await?);
        }
        says.send_replace(!down);

        let connection = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = mode.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
            }
            accepted = connection => {
                let (stream, _) = accepted?;
                shared.connections.fetch_add(1, SeqCst);
                let shared = Arc::clone(&shared);
                let mut kicks = shared.kicks.subscribe();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = session::serve(shared, stream) => {}
                        _ = kicks.changed() => {}
                    }
                });
            }
        }
    }
}
