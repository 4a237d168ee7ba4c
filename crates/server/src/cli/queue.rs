use std::str::FromStr;

use clap::Subcommand;
use db::Timestamp;
use queue::{Cursor, JobId, Listed, Ran, Retried};

use super::{Failure, Result, open, say};
use crate::{
    App, Error,
    config::Config,
    conversations::discard,
    i18n::{plural, t, t_with},
    serve::asked_to_end,
    worker,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Deliver every due job, then exit
    #[command(after_help = "Example:\n  pigeon queue run

A job that fails for now is tried again by a later run. It is safe beside `pigeon serve`.")]
    Run,

    /// Deliver jobs as they fall due, until told to stop
    #[command(after_help = "Example:\n  pigeon queue listen")]
    Listen,

    /// List the jobs: id, state, kind, lane, tries, time, last error; with tabs between
    #[command(after_help = "Example:\n  pigeon queue list --failed | cut -f 1,7

The state is due, running, waiting, failed, or stale: a mail older than a day, which leaves only when
somebody says so. The time is when the job is due, when a running one's lease ends, or when it failed
for good.")]
    List {
        /// Only those that failed for good
        #[arg(long)]
        failed: bool,
    },

    /// Make a job that failed or waits for its next try due at once
    #[command(after_help = "Example:\n  pigeon queue retry all")]
    Retry {
        /// One job, all that failed or wait, or all stale ones; those that run are left alone
        #[arg(value_name = "ID|all|stale")]
        which: Which,
    },

    /// Delete a job: it will never run
    #[command(after_help = "Example:\n  pigeon queue drop 01936f3e-7a4b-7000-8000-0123456789ab")]
    Drop {
        #[arg(value_name = "ID", value_parser = parse_id)]
        id: JobId,
    },
}

#[derive(Clone, Copy)]
pub(super) enum Which {
    One(JobId),
    All,
    Stale,
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            "stale" => Ok(Self::Stale),
            id => parse_id(id).map(Self::One),
        }
    }
}

fn parse_id(text: &str) -> Result<JobId, String> {
    text.parse()
        .map_err(|_| t("not the id of a job; `pigeon queue list` shows them").to_owned())
}

pub(super) async fn run(config: Config, command: Command) -> Result<()> {
    let app = open(config).await?;
    match command {
        Command::Run => run_due(&app).await,
        Command::Listen => {
            worker::work(&app, asked_to_end()).await;
            Ok(())
        }
        Command::List { failed: false } => list_all(&app).await,
        Command::List { failed: true } => list_failed(&app).await,
        Command::Retry { which } => retry(&app, which).await,
        Command::Drop { id } => drop_job(&app, id).await,
    }
}

async fn run_due(app: &App) -> Result<()> {
    let worker = worker::worker(app);
    let Ran {
        done,
        put_off,
        parked,
    } = worker.run_until_empty_or(asked_to_end()).await?;
    say(&t_with(
        "{done} done, {later} to be tried again, {failed} failed.",
        &[
            ("done", &done.to_string()),
            ("later", &put_off.to_string()),
            ("failed", &parked.to_string()),
        ],
    ));
    Ok(())
}

async fn list_all(app: &App) -> Result<()> {
    let mut cursor = Cursor::first();
    loop {
        let page = queue::waiting_page(&mut app.db.read().await?, cursor).await?;
        let Some(last) = page.last() else { break };
        cursor = last.cursor();
        say_all(&page, app.clock.now());
    }
    list_failed(app).await
}

async fn list_failed(app: &App) -> Result<()> {
    let mut cursor = Cursor::newest();
    loop {
        let page = queue::failed_page(&mut app.db.read().await?, cursor).await?;
        let Some(last) = page.last() else { break };
        cursor = last.cursor();
        say_all(&page, app.clock.now());
    }
    let mut cursor = Cursor::newest();
    loop {
        let page = queue::stale_page(&mut app.db.read().await?, cursor).await?;
        let Some(last) = page.last() else { break };
        cursor = last.cursor();
        say_all(&page, app.clock.now());
    }
    Ok(())
}

fn say_all(page: &[Listed], now: Timestamp) {
    for job in page {
        say(&line(job, now));
    }
}

fn line(job: &Listed, now: Timestamp) -> String {
    let at = job.parked_at.unwrap_or(job.run_at);
    let columns = [
        job.id.to_string(),
        job.state(now).to_string(),
        job.kind.clone(),
        job.lane.clone(),
        job.attempt.to_string(),
        jiff::Timestamp::from_microsecond(at.as_micros())
            .map_or_else(|_| at.as_micros().to_string(), |at| at.to_string()),
        job.last_error.clone().unwrap_or_default(),
    ];
    columns.map(|text| on_one_line(&text)).join("\t")
}

/// A column holds no tab, no line break, and nothing that moves a terminal's cursor.
fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

async fn retry(app: &App, which: Which) -> Result<()> {
    let now = app.clock.now();
    let id = match which {
        Which::One(id) => id,
        Which::All => {
            say_due(queue::retry_all(&app.db, now).await?);
            return Ok(());
        }
        Which::Stale => {
            say_due(queue::release_stale(&app.db, now).await?);
            return Ok(());
        }
    };
    let mut tx = app.db.begin().await?;
    let retried = queue::retry(&mut tx, id, now).await?;
    tx.commit().await?;
    match retried {
        Retried::Due => {
            say(&t_with("{id} is due now.", &[("id", &id.to_string())]));
            Ok(())
        }
        Retried::LeftAlone => Err(Failure::Error(Error::Conflict(format!(
            "job {id} is running, or was never tried: it is left alone"
        )))),
        Retried::Unknown => Err(unknown(id)),
    }
}

fn say_due(jobs: u64) {
    say(&plural(
        jobs,
        "{n} job is due now.",
        "{n} jobs are due now.",
    ));
}

async fn drop_job(app: &App, id: JobId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let dropped = queue::drop_job(&mut tx, id).await?;
    discard(&mut tx, dropped.as_slice(), app.clock.now()).await?;
    tx.commit().await?;
    if dropped.is_none() {
        return Err(unknown(id));
    }
    say(&t_with("{id} is dropped.", &[("id", &id.to_string())]));
    Ok(())
}

fn unknown(id: JobId) -> Failure {
    Failure::Input(format!("there is no job {id}"))
}
