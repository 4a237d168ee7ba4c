use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use db::{Clock, Options, Timestamp, testing::Place};
use mail::{Email, Mailer, Memory};
use pigeon::{
    App, accounts::NewUser, accounts::Permission, app::Outlet, config::Config,
    conversations::search, serve, web, worker,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::Person;

/// Where every test's site is; its name leads nowhere, and only the Host header says it.
pub const SITE: &str = "http://pigeon.test";
/// Another site, whose guest forms are taken.
pub const FRIEND: &str = "https://friend.test";

/// The program, on a port and a database of its own, at a time that only the test moves.
pub struct TestApp {
    pub app: App,
    pub address: SocketAddr,
    sent: Memory,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
    home: Arc<Home>,
}

/// Where the database and the files of one installation are, for as long as a node of it runs.
struct Home {
    _place: Place,
    _data: TempDir,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With more variables of the environment.
    pub async fn with(more: &[(&str, &str)]) -> Self {
        Self::serving(more, web::router).await
    }

    /// Without a mail server: the catcher takes all mail.
    pub async fn catching() -> Self {
        Self::launch(&[], Some(Outlet::Catcher), Options::default(), web::router).await
    }

    /// With a database that is opened in another way.
    pub async fn tuned(options: Options) -> Self {
        Self::launch(&[], None, options, web::router).await
    }

    /// With other routes than the program's own.
    pub async fn serving(more: &[(&str, &str)], router: impl FnOnce(App) -> Router) -> Self {
        Self::launch(more, None, Options::default(), router).await
    }

    /// With another way for mail to leave.
    pub async fn sending(outlet: Outlet) -> Self {
        Self::launch(&[], Some(outlet), Options::default(), web::router).await
    }

    /// The same, with more variables of the environment.
    pub async fn sending_with(more: &[(&str, &str)], outlet: Outlet) -> Self {
        Self::launch(more, Some(outlet), Options::default(), web::router).await
    }

    async fn launch(
        more: &[(&str, &str)],
        outlet: Option<Outlet>,
        options: Options,
        router: impl FnOnce(App) -> Router,
    ) -> Self {
        let sent = Memory::default();
        let outlet = outlet.unwrap_or_else(|| Outlet::Mailer(Mailer::Memory(sent.clone())));
        let (place, url) = Place::empty().await;
        let data = tempfile::tempdir().expect("a temporary folder");
        let folder = data.path().display().to_string();
        let usual = [
            ("PIGEON_DATABASE_URL", url.as_str()),
            ("PIGEON_DATA_DIR", &folder),
            ("PIGEON_SITE_URL", SITE),
            ("PIGEON_ALLOWED_ORIGINS", FRIEND),
            ("PIGEON_SECRET_KEY", "a-secret-key-that-only-tests-have"),
            ("PIGEON_SETTING_TIME_ZONE", "Europe/London"),
        ];
        let env = usual.iter().chain(more);
        let env = env.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::from_sources("pigeon.toml", "", env).expect("a right configuration");
        // Friday 20 November 2026, 12:05 in London.
        let clock = Clock::manual(Timestamp::from_micros(1_795_176_300_000_000));
        let app = App::open_with(config, clock, outlet, options).await;
        let app = app.expect("the program starts");
        let router = router(app.clone());
        let home = Arc::new(Home {
            _place: place,
            _data: data,
        });
        Self::at(home, app, sent, router).await
    }

    /// Another node of the same installation: the same database, and the same time.
    pub async fn node_beside(&self) -> Self {
        let (config, clock) = (self.app.config.clone(), self.app.clock.clone());
        let outlet = self.app.outlet.clone();
        let app = App::open_with(config, clock, outlet, Options::default()).await;
        let app = app.expect("a second node starts");
        let router = web::router(app.clone());
        Self::at(Arc::clone(&self.home), app, self.sent.clone(), router).await
    }

    async fn at(home: Arc<Home>, app: App, sent: Memory, router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = app.clone();
        let server = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            serve::serve(&served, listener, router, stopped).await;
        });
        Self {
            app,
            address,
            sent,
            stop: Some(stop),
            server: Some(server),
            home,
        }
    }

    pub fn advance(&self, by: Duration) {
        self.app.clock.advance(by);
    }

    /// Runs every job that is due, and what they queue: nothing is left that could be done now.
    pub async fn run_jobs(&self) {
        let ran = worker::worker(&self.app)
            .run_until_empty()
            .await
            .expect("the queue is there");
        assert_eq!(ran.parked, 0, "a job was parked");
        while search::index_batch(&self.app.db)
            .await
            .expect("the database is there")
            > 0
        {}
    }

    /// All mail that was sent, oldest first.
    pub fn mails(&self) -> Vec<Email> {
        self.sent.mails()
    }

    pub fn mails_to(&self, address: &str) -> Vec<Email> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to.as_str() == address);
        mails
    }

    /// The newest mail to `address`, as text.
    pub fn last_mail_to(&self, address: &str) -> Email {
        self.mails_to(address)
            .pop()
            .unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// Somebody whom nobody knows.
    pub fn stranger(&self) -> Person {
        Person::new(self.address, SITE)
    }

    /// Somebody with an account, signed in.
    pub async fn user(&self, name: &str) -> Person {
        self.signed_in(name, false, &[]).await
    }

    /// Somebody who answers conversations, signed in.
    pub async fn staff(&self, name: &str) -> Person {
        self.signed_in(name, false, &[Permission::ManageThreads])
            .await
    }

    /// Somebody with an account and these rights, signed in.
    pub async fn signed_in(&self, name: &str, admin: bool, may: &[Permission]) -> Person {
        let now = self.app.clock.now();
        let address = format!("{name}@example.com");
        let new = NewUser {
            email: address.parse().expect("an address"),
            username: Some(name.to_owned()),
            name: name.to_owned(),
            admin,
            permissions: may.to_vec(),
        };
        let mut tx = self.app.db.begin().await.expect("the database is there");
        let user = pigeon::accounts::User::insert(&mut tx, new, now).await;
        let user = user.expect("an account");
        let session = pigeon::accounts::session::start(&mut tx, user.id, now).await;
        tx.commit().await.expect("the database is there");
        let mut person = self.stranger();
        person.keep_cookie("pigeon", &session.expect("a session"));
        person
    }

    /// Asks the program to end.
    pub fn ask_to_end(&mut self) {
        let _ = self.stop.take().expect("it runs").send(());
    }

    /// Waits until it has ended.
    pub async fn ended(&mut self) {
        let server = self.server.take().expect("it runs");
        server.await.expect("it ends in order");
    }
}
