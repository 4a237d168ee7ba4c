//! A filled database, and what a load needs to know of it.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use db::Clock;
use pigeon::{
    App,
    accounts::{NewUser, Permission, User, session},
    conversations::{HandedOut, inbox, mint, search},
    ids::{ParticipantId, ThreadId, UserId},
};
use tokio::{process::Command, time::sleep};

use crate::{Result, place::Place, server::memory_of};

/// How long filling took, and the memory at its highest, in MiB.
#[derive(Clone, Copy, Debug)]
pub struct Filled {
    pub took: Duration,
    pub memory: f64,
}

/// What a load asks for.
#[derive(Clone, Debug)]
pub struct Targets {
    pub cookie: String,
    pub threads: Vec<String>,
    pub links: Vec<String>,
    /// Words that few conversations have.
    pub rare: Vec<String>,
}

/// Fills the place with so many conversations, unless that was done before.
pub async fn fill(pigeon: &Path, place: &Place, threads: u32) -> Result<Option<Filled>> {
    if is_filled(place).await? {
        return Ok(None);
    }
    let began = Instant::now();
    let mut child = Command::new(pigeon)
        .args(["demo", "--threads", &threads.to_string(), "--messages", "5"])
        .envs(place.environment())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut memory: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if let Some(now) = child.id().and_then(|id| memory_of(id).ok()) {
            memory = memory.max(now);
        }
        sleep(Duration::from_millis(20)).await;
    };
    if !status.success() {
        return Err("pigeon demo failed".into());
    }
    let took = began.elapsed();
    place.settle().await?;
    Ok(Some(Filled { took, memory }))
}

async fn is_filled(place: &Place) -> Result<bool> {
    let app = App::open(place.config()?, Clock::system()).await?;
    let first: Option<(ThreadId,)> = app
        .db
        .read()
        .await?
        .query("SELECT id FROM threads LIMIT 1")
        .fetch_optional()
        .await?;
    app.db.close().await;
    Ok(first.is_some())
}

/// Signs the admin in, and mints links for some of the newest conversations' customers.
pub async fn targets(place: &Place) -> Result<Targets> {
    let app = App::open(place.config()?, Clock::system()).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let admin: (UserId,) = tx
        .query("SELECT id FROM users ORDER BY admin DESC, id LIMIT 1")
        .fetch_one()
        .await?;
    let session = session::start(&mut tx, admin.0, now).await?;
    let customers: Vec<(ThreadId, ParticipantId, String)> = tx
        .query(
            "SELECT t.id, p.id, t.starter_email
             FROM (SELECT id, starter_email FROM threads ORDER BY id DESC LIMIT 500) AS t
             JOIN participants p ON p.thread_id = t.id
             WHERE p.user_id IS NULL",
        )
        .fetch_all()
        .await?;
    let mut targets = Targets {
        cookie: format!("pigeon={session}"),
        threads: Vec::new(),
        links: Vec::new(),
        rare: Vec::new(),
    };
    for (thread, customer, email) in customers {
        let link = mint(&mut tx, customer, HandedOut::Mailed, now).await?;
        targets.links.push(link.as_str().to_owned());
        targets.threads.push(thread.to_string());
        targets.rare.push(email);
    }
    tx.commit().await?;
    app.db.close().await;
    Ok(targets)
}

/// Somebody who may do everything to conversations, signed in.
#[derive(Clone, Debug)]
pub struct Staff {
    pub id: String,
    /// One for each time that they have signed in.
    pub cookies: Vec<String>,
}

/// Makes an account for this run, and signs it in so many times.
pub async fn staff(place: &Place, run: u64, times: usize) -> Result<Staff> {
    let app = App::open(place.config()?, Clock::system()).await?;
    let now = app.clock.now();
    let new = NewUser {
        email: format!("staff.run{run}@example.com").parse()?,
        username: None,
        name: "Bench".to_owned(),
        admin: false,
        permissions: vec![Permission::ManageThreads, Permission::AssignThreads],
    };
    let mut tx = app.db.begin().await?;
    let user = User::insert(&mut tx, new, now).await?;
    let mut cookies = Vec::new();
    for _ in 0..times {
        let session = session::start(&mut tx, user.id, now).await?;
        cookies.push(format!("pigeon={session}"));
    }
    tx.commit().await?;
    app.db.close().await;
    let id = user.id.to_string();
    Ok(Staff { id, cookies })
}

/// The newest conversations that are not closed.
pub async fn open_threads(place: &Place, most: usize) -> Result<Vec<String>> {
    let app = App::open(place.config()?, Clock::system()).await?;
    let threads: Vec<(ThreadId,)> = app
        .db
        .read()
        .await?
        .query(
            "SELECT id FROM threads
             WHERE kind = 'support' AND trashed_at IS NULL AND status <> 'closed'
             ORDER BY id DESC LIMIT $1",
        )
        .bind(i64::try_from(most)?)
        .fetch_all()
        .await?;
    app.db.close().await;
    Ok(threads.into_iter().map(|(id,)| id.to_string()).collect())
}

/// How long all the inbox's counts take together, and a search for `word`, without HTTP.
pub async fn counts(place: &Place, word: &str) -> Result<Vec<(String, Duration)>> {
    let options = db::Options {
        remembered: 0,
        ..db::Options::default()
    };
    let app = App::open_tuned(place.config()?, Clock::system(), options).await?;
    let mut conn = app.db.read().await?;
    let (admin,): (UserId,) = conn
        .query("SELECT id FROM users ORDER BY admin DESC, id LIMIT 1")
        .fetch_one()
        .await?;
    let admin = User::find(&mut conn, admin).await?.ok_or("no admin")?;
    let mut figures = Vec::new();
    let mut took = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        inbox::counts(&mut conn, &admin).await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    figures.push(("all counts of the inbox".to_owned(), took[took.len() / 2]));
    let mut took = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        search::page(
            &mut conn,
            search::Scope::Staff,
            &search::Query::words(word),
            search::Cursor::NEWEST,
        )
        .await?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    figures.push((
        format!("search for “{word}”, the commonest word"),
        took[took.len() / 2],
    ));
    drop(conn);
    app.db.close().await;
    Ok(figures)
}
