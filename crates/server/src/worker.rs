//! What happens in the background: queued mail, and the sweeps.

mod index;
mod letter;

use std::{pin::Pin, time::Duration};

use db::Timestamp;
use mail::SendError;
use queue::{Job, Options, Outcome, Schedule, Worker};

use crate::{
    App, Error, Result,
    accounts::{
        forgot::{self, Forgotten},
        reset, session,
    },
    app::Outlet,
    catcher,
    conversations::{
        self, WantedLinks, held,
        notify::{self, Letter, Office, What},
        once,
    },
    email_address::Address,
    limits,
};

/// A mail that has waited for longer leaves only when somebody says so: what was right to say then
/// may be wrong, or too much at once, now.
const LEAVES_BY_ITSELF: Duration = Duration::from_hours(24);

/// The kind of job that forgets what no longer counts.
const SWEEP: &str = "sweep";

/// A worker over the app's queue: it runs jobs until it is told to stop, or until none is due.
pub fn worker(app: &App) -> Worker<impl Fn(Job) -> Running + Send + Sync + 'static> {
    let options = Options {
        schedules: vec![Schedule {
            kind: SWEEP,
            every: Duration::from_hours(1),
        }],
        ..Options::default()
    };
    let handler = app.clone();
    let handler = move |job: Job| -> Running {
        let app = handler.clone();
        Box::pin(async move { run(&app, &job).await })
    };
    Worker::new(app.db.clone(), app.clock.clone(), handler, options)
}

/// A job being run.
pub type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Works on the queue and the search index, until `stop` is ready.
pub async fn work(app: &App, stop: impl Future<Output = ()>) {
    // A configuration that changed since the last start counts at once: caught mail goes.
    if let Err(error) = sweep(app, app.clock.now()).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot sweep");
    }
    let indexing = tokio::spawn(index::keep_up(app.clone()));
    worker(app).run(stop).await;
    indexing.abort();
}

/// Runs one job. What it may not do twice, it does after [`Job::act`].
async fn run(app: &App, job: &Job) -> Outcome {
    if let Err(error) = app.ensure_in_time() {
        let (error, after) = (error.to_owned(), Some(Duration::from_mins(1)));
        return Outcome::Retry { error, after };
    }
    let done = match job.kind() {
        notify::JOB => return send(app, job).await,
        conversations::LINKS_JOB => request_link(app, job).await,
        held::JOB => leave(app, job).await,
        forgot::JOB => send_password_link(app, job).await,
        conversations::PURGE_JOB => purge(app, app.clock.now()).await,
        SWEEP => sweep(app, app.clock.now()).await,
        other => {
            return Outcome::Fail {
                error: format!("no such kind of job: {other}"),
            };
        }
    };
    match done {
        Ok(()) => Outcome::Done,
        Err(error) => failed(&error),
    }
}

async fn send(app: &App, job: &Job) -> Outcome {
    let letter: Letter = match job.payload() {
        Ok(letter) => letter,
        Err(error) => {
            return Outcome::Fail {
                error: format!("cannot be read: {error}"),
            };
        }
    };
    if let Err(error) = tell(app, job, &letter).await {
        return failed(&error);
    }
    if app.clock.now().since(job.waits_since()) > LEAVES_BY_ITSELF {
        return Outcome::Stale;
    }
    if let Some((left, error)) = app.mail_pause.left(app.clock.now()) {
        return Outcome::Retry {
            error,
            after: Some(left),
        };
    }
    let written = match letter::write(app, &letter, app.clock.now()).await {
        Ok(Some(written)) => written,
        Ok(None) => return Outcome::Done,
        Err(error) => return failed(&error),
    };
    match hand_over(app, job, &letter).await {
        Ok(true) => {}
        // Somebody else has the job by now.
        Ok(false) => return Outcome::Done,
        Err(error) => return failed(&error),
    }
    let sent = match &app.outlet {
        Outlet::Mailer(mailer) => mailer.send(&written.email).await,
        Outlet::Catcher => catcher::keep(app, &written.email, written.password_of)
            .await
            .map_err(|error| SendError::Temporary(error.to_string())),
    };
    match sent {
        Ok(()) => {
            app.mail_pause.end();
            Outcome::Done
        }
        Err(SendError::Temporary(error)) => Outcome::Retry { error, after: None },
        Err(SendError::Permanent(error)) => Outcome::Fail { error },
        Err(SendError::Uncertain(error)) => Outcome::Uncertain { error },
        Err(SendError::Channel(error)) => {
            app.mail_pause.begin(&error, app.clock.now());
            Outcome::Down { error }
        }
    }
}

/// Pages that show how the mail stands follow.
async fn tell(app: &App, job: &Job, letter: &Letter) -> Result<()> {
    let topic = conversations::topic_of_mail(&mut app.db.read().await?, &letter.what).await?;
    if let Some(topic) = topic {
        job.tell(topic);
    }
    // The home page says what could not be sent, and what somebody gave another try stood there.
    let inbox = "inbox".to_owned();
    if job.was_released() {
        job.tell(inbox);
    } else {
        job.tell_if_parked(inbox);
    }
    Ok(())
}

/// A message that was held has had its time.
async fn leave(app: &App, job: &Job) -> Result<()> {
    let leaving = job.payload();
    let leaving = leaving.map_err(Error::internal("a job cannot be read"))?;
    let office = Office::new(&app.config, &app.settings());
    let mut tx = app.db.begin().await?;
    held::leave(&mut tx, &office, leaving, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Renews the lease for what cannot be taken back, and writes down that the mail goes.
async fn hand_over(app: &App, job: &Job, letter: &Letter) -> Result<bool> {
    let mut tx = app.db.begin().await?;
    let acting = job.act_within(&mut tx).await?;
    if acting.is_mine() {
        let caught = app.outlet.is_catcher();
        conversations::hand_over(&mut tx, job.id(), &letter.what, caught, app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(acting.committed())
}

async fn request_link(app: &App, job: &Job) -> Result<()> {
    let Some(address) = wanted(job) else {
        return Ok(());
    };
    let office = Office::new(&app.config, &app.settings());
    let mut tx = app.db.begin().await?;
    conversations::request_link(&mut tx, &office, &address, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn send_password_link(app: &App, job: &Job) -> Result<()> {
    let Ok(forgotten) = job.payload::<Forgotten>() else {
        return Ok(());
    };
    let (office, now) = (Office::new(&app.config, &app.settings()), app.clock.now());
    let mut tx = app.db.begin().await?;
    let Some(user) = forgot::find(&mut tx, &forgotten).await? else {
        return Ok(());
    };
    if forgot::may_mail(&mut tx, user.id, now).await? {
        let what = What::Password { to: user.id };
        notify::push(&mut tx, &office, &user.email, what, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn wanted(job: &Job) -> Option<Address> {
    let wanted: WantedLinks = job.payload().ok()?;
    Address::parse(&wanted.address).ok()
}

/// Trouble of ours: worth another try, and logged here, where it is handled.
fn failed(error: &Error) -> Outcome {
    tracing::error!(error = error as &dyn std::error::Error, "a job failed");
    Outcome::Retry {
        error: error.to_string(),
        after: None,
    }
}

/// Forgets what no longer counts: what can be undone no more, links, one-time keys, limits, sessions, password links, caught
/// mail.
async fn sweep(app: &App, now: Timestamp) -> Result<()> {
    loop {
        let mut tx = app.db.begin_large().await?;
        let swept = conversations::sweep_links(&mut tx, now).await?
            + conversations::sweep_undos(&mut tx, now).await?
            + once::sweep(&mut tx, now).await?
            + held::sweep(&mut tx, now).await?
            + limits::sweep(&mut tx, now).await?
            + session::sweep(&mut tx, now).await?
            + reset::sweep(&mut tx, now).await?
            + catcher::sweep(app, &mut tx, now).await?;
        tx.commit().await?;
        if swept == 0 {
            return purge(app, now).await;
        }
    }
}

/// Deletes for good what somebody said is to be, and what was in the trash for its time.
async fn purge(app: &App, now: Timestamp) -> Result<()> {
    let before = now - app.settings().trash_lifetime();
    loop {
        let mut tx = app.db.begin_large().await?;
        if conversations::purge_some(&mut tx, before).await? == 0 {
            return Ok(());
        }
        tx.announce("inbox".to_owned()).await?;
        tx.commit().await?;
    }
}
