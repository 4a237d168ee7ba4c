//! What every request and every job works with.

mod clock_watch;
mod lately;
mod outlet;
mod pause;
mod secret_key;
pub mod streams;

use std::{
    fs,
    ops::Deref,
    os::unix::fs::DirBuilderExt as _,
    sync::{Arc, PoisonError, RwLock, Weak, atomic::AtomicBool},
    time::Duration,
};

use db::{Clock, Db, Event, Events, Options, Timestamp};
use templates::Templates;
use tokio::sync::Mutex;

use crate::{
    Error, Result, assets,
    config::Config,
    limits::Guesses,
    migrations::MIGRATIONS,
    secrets::Secrets,
    settings::{self, Settings},
};

pub use lately::{Lately, Traffic};
pub use outlet::Outlet;
pub use pause::Pause;
pub(crate) use secret_key::write_private;
pub use streams::Streams;

/// How long a change of the settings may go unnoticed when its announcement was lost.
const POLL: Duration = Duration::from_secs(5);

/// The metric of how many transactions shared a wait for the disk.
pub const COMMIT_BATCH: &str = "pigeon_commit_batch_size";

/// That this node can serve, or why not.
pub type Readiness = Result<(), String>;

/// Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub secrets: Secrets,
    pub templates: Templates,
    pub outlet: Outlet,
    /// While the mail server does not take us.
    pub mail_pause: Pause,
    /// What was last found when asked whether this node can serve, and when.
    pub readiness: Mutex<Option<(Timestamp, Readiness)>>,
    /// Whether a proxy forwards to us that `trusted_proxies` does not name: staff are told.
    pub unnamed_proxy: AtomicBool,
    /// Whether the database's clock is too far from this machine's.
    skewed: AtomicBool,
    /// Who listens for what changes.
    pub streams: Streams,
    /// Who comes with links that do not work.
    pub guesses: Guesses,
    /// What the dashboard tells of this week.
    pub traffic: Lately<Traffic>,
    settings: RwLock<Arc<Settings>>,
    /// Whether an admin was seen: once there is one, there always is.
    pub(crate) set_up: AtomicBool,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Opens the database and brings it up to date.
    pub async fn open(config: Config, clock: Clock) -> Result<Self> {
        Self::open_tuned(config, clock, Options::default()).await
    }

    /// The same with another tuning of the database.
    pub async fn open_tuned(config: Config, clock: Clock, options: Options) -> Result<Self> {
        let outlet = Outlet::new(&config)?;
        Self::open_with(config, clock, outlet, options).await
    }

    /// The same with another way for mail to leave, too.
    pub async fn open_with(
        config: Config,
        clock: Clock,
        outlet: Outlet,
        options: Options,
    ) -> Result<Self> {
        Settings::check_pins(&config).map_err(Error::internal("the configuration is wrong"))?;
        let templates = Templates::new(assets::url);
        let templates = if options.remembered == 0 {
            templates.keeping_no_pages()
        } else {
            templates
        };
        let db = open_database(&config, options).await?;
        let secrets = secret_key::load(&config, &db).await?;
        let settings = Settings::load(&mut db.read().await?, &config).await?;
        let app = Self(Arc::new(Inner {
            config,
            db,
            clock,
            secrets,
            templates,
            outlet,
            mail_pause: Pause::default(),
            readiness: Mutex::default(),
            unnamed_proxy: AtomicBool::new(false),
            skewed: AtomicBool::new(false),
            streams: Streams::default(),
            guesses: Guesses::default(),
            traffic: Lately::default(),
            settings: RwLock::new(Arc::new(settings)),
            set_up: AtomicBool::new(false),
        }));
        app.look_at_clocks().await?;
        app.ensure_in_time().map_err(|_| clock_watch::refused())?;
        tokio::spawn(clock_watch::watch(Arc::downgrade(&app.0)));
        tokio::spawn(follow_settings(Arc::downgrade(&app.0), app.db.events()));
        Ok(app)
    }

    pub fn downgrade(&self) -> WeakApp {
        WeakApp(Arc::downgrade(&self.0))
    }
}

/// An app that may be gone: what runs beside it does not keep it.
pub struct WeakApp(Weak<Inner>);

impl WeakApp {
    pub fn upgrade(&self) -> Option<App> {
        self.0.upgrade().map(App)
    }
}

impl Inner {
    /// As they were at most five seconds ago.
    pub fn settings(&self) -> Arc<Settings> {
        let settings = self.settings.read();
        Arc::clone(&settings.unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over what the database holds now.
    pub async fn reload_settings(&self) -> Result<()> {
        let loaded = Settings::load(&mut self.db.read().await?, &self.config).await?;
        let mut settings = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *settings = Arc::new(loaded);
        Ok(())
    }
}

/// Until the app is gone.
async fn follow_settings(app: Weak<Inner>, mut events: Events) {
    let mut polls = tokio::time::interval(POLL);
    loop {
        tokio::select! {
            event = events.next() => {
                // Others are not ours; having missed some may have lost one of ours.
                if matches!(&event, Event::Topic(topic) if **topic != *settings::CHANGED) {
                    continue;
                }
            }
            _ = polls.tick() => {}
        }
        let Some(app) = app.upgrade() else { return };
        if let Err(error) = app.reload_settings().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "cannot load the settings"
            );
        }
    }
}

/// The folder, which holds secrets, is for its owner alone.
async fn open_database(config: &Config, options: Options) -> Result<Db> {
    let mut folder = fs::DirBuilder::new();
    folder
        .recursive(true)
        .mode(0o700)
        .create(&config.data_dir)
        .map_err(Error::internal("cannot make the folder in data_dir"))?;
    let options = Options {
        on_batch: |size| {
            let size = u32::try_from(size).unwrap_or(u32::MAX);
            metrics::histogram!(COMMIT_BATCH).record(f64::from(size));
        },
        ..options
    };
    let db = Db::open(&config.database_url, options).await?;
    db::migrate(&db, MIGRATIONS)
        .await
        .map_err(Error::internal("the database is not up to date"))?;
    Ok(db)
}
