use pigeon::{
    accounts::Permission,
    conversations::{NewThread, Thread, notify::Office, start_by_guest},
};

use super::{Person, TestApp};

/// Everybody who may stand before a door, in the order in which the doors' rows name them.
pub struct Actors {
    pub all: [Actor; 9],
    /// The thread that the guest started, and the others did not.
    pub thread: Thread,
}

/// Somebody, and the secret of their private link.
#[derive(Clone)]
pub struct Actor {
    pub name: &'static str,
    pub person: Person,
    /// A guest's address.
    pub email: Option<&'static str>,
    pub token: Option<String>,
}

impl Actors {
    pub async fn of(app: &TestApp) -> Self {
        let (thread, token) = ask(app, "ann@example.com").await;
        let (_, other) = ask(app, "bob@example.com").await;
        let guest = |name, email, token| Actor {
            name,
            person: app.stranger(),
            email: Some(email),
            token: Some(token),
        };
        let with = async |name, admin, may: &[Permission]| Actor {
            name,
            person: app.signed_in(name, admin, may).await,
            email: None,
            token: None,
        };
        let assigner = [Permission::ManageThreads, Permission::AssignThreads];
        let stranger = Actor {
            name: "stranger",
            person: app.stranger(),
            email: None,
            token: None,
        };
        let all = [
            stranger,
            guest("guest", "ann@example.com", token),
            guest("other-guest", "bob@example.com", other),
            with("user", false, &[]).await,
            with("reader", false, &[Permission::AccessPlugin]).await,
            with("staff", false, &assigner[..1]).await,
            with("assigner", false, &assigner).await,
            with("admin", true, &[]).await,
            with("keeper", false, &[Permission::ManageSettings]).await,
        ];
        Self { all, thread }
    }
}

/// Starts a thread by a guest; returns it and the secret of the link that they see.
async fn ask(app: &TestApp, email: &str) -> (Thread, String) {
    let app = &app.app;
    let office = Office::new(&app.config, &app.settings());
    let new = NewThread::parse("", email, "A question", "Where is my parcel?");
    let mut tx = app.db.begin().await.expect("the database is there");
    let started = start_by_guest(
        &mut tx,
        &office,
        new.expect("a thread"),
        false,
        app.clock.now(),
    );
    let (started, token) = started.await.expect("a thread");
    tx.commit().await.expect("the database is there");
    (started.thread, token.as_str().to_owned())
}
