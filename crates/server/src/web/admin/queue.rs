//! The jobs: what waits, what failed and why, and what somebody must decide.

use axum::response::Response;
use queue::{Cursor, JobId, Listed, Retried, State};

use crate::{
    App, Error, Result,
    accounts::User,
    conversations::{LINKS_JOB, discard, held, notify},
    i18n::{plural, t},
    views::{
        queue::{Job, QueuePage},
        shell::{Count, Place},
    },
    web::{
        Call, Done, Visit,
        admin::{shell, viewer},
    },
};

const PAGE: &str = "/pigeon/admin/queue";

/// Which jobs a page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Waiting,
    Failed,
    Stale,
}

impl Show {
    fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Failed, Self::Stale]
            .into_iter()
            .find(|show| show.as_str() == text)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Stale => "stale",
        }
    }
}

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let mut conn = visit.read().await?;
    let mut shell = shell(&visit, &mut conn, viewer, Place::Queue).await?;
    let counts = queue::counts(&mut conn, visit.now).await?;
    let show =
        Show::parse(visit.query.get("show")).unwrap_or(match (counts.stale, counts.failed) {
            (1.., _) => Show::Stale,
            (0, 1..) => Show::Failed,
            _ => Show::Waiting,
        });
    let cursor = Cursor::parse(visit.query.get("cursor"));
    let newest = cursor.unwrap_or_else(Cursor::newest);
    let mut jobs = match show {
        Show::Waiting => {
            queue::waiting_page(&mut conn, cursor.unwrap_or_else(Cursor::first)).await?
        }
        Show::Failed => queue::failed_page(&mut conn, newest).await?,
        Show::Stale => queue::stale_page(&mut conn, newest).await?,
    };
    drop(conn);

    shell.notice = notice(visit.query.get("done"));
    let last = jobs.last().filter(|_| jobs.len() == queue::PAGE);
    let next = last.map(|last| format!("{PAGE}?show={}&cursor={}", show.as_str(), last.cursor()));
    // That somebody holds a message back is nobody else's business, until it does not leave.
    jobs.retain(|job| {
        let is_in_time = job.state(visit.now) == State::Waiting && job.attempt == 0;
        job.kind != held::JOB || !is_in_time
    });
    let view = QueuePage {
        shell,
        show: show.as_str(),
        due: Count::new(counts.due),
        failed: Count::new(counts.failed),
        stale: Count::new(counts.stale),
        jobs: jobs
            .into_iter()
            .map(|job| shown(&visit, viewer, job))
            .collect(),
        next,
    };
    visit.page("admin/queue.html", &view)
}

/// The reason may hold an address, or what somebody wrote: it is for admins.
fn shown(visit: &Visit, viewer: &User, job: Listed) -> Job {
    let state = job.state(visit.now);
    let reason = job.last_error.filter(|_| viewer.admin);
    let is_held = job.kind == held::JOB;
    Job {
        id: job.id.to_string(),
        kind: match job.kind.as_str() {
            notify::JOB => t("Mail").to_owned(),
            LINKS_JOB => t("Look-up of an address").to_owned(),
            held::JOB => t("Message that was held").to_owned(),
            _ => job.kind,
        },
        lane: if is_held { "-".to_owned() } else { job.lane },
        state: match state {
            State::Failed => "failed",
            State::Stale => "stale",
            State::Running => "running",
            State::Due => "due",
            State::Waiting => "waiting",
        },
        at: job.parked_at.unwrap_or(job.run_at),
        queued_at: job.created_at,
        tries: job.attempt,
        reason,
        may_retry: match state {
            State::Failed | State::Stale => true,
            State::Due | State::Waiting => job.attempt > 0 && !job.running,
            State::Running => false,
        },
    }
}

fn notice(done: &str) -> Option<String> {
    let text = match done {
        "retried" => t("It is tried again."),
        "dropped" => t("It is discarded."),
        _ => return None,
    };
    Some(text.to_owned())
}

/// One `job`, or `all` that failed or wait for a decision.
pub async fn retry(call: Call) -> Result<Done> {
    let (app, now) = (&call.app, call.now);
    if let Some(all) = call.fields.find("all") {
        let count = match parked(all)? {
            Show::Stale => queue::release_stale(&app.db, now).await?,
            Show::Failed | Show::Waiting => queue::retry_all(&app.db, now).await?,
        };
        let text = plural(
            count,
            "{n} job is tried again.",
            "{n} jobs are tried again.",
        );
        return Ok(done(all, "retried", text));
    }
    let job = job(&call)?;
    let mut tx = app.db.begin().await?;
    let retried = queue::retry(&mut tx, job, now).await?;
    tx.commit().await?;
    match retried {
        Retried::Due => Ok(done(
            call.fields.get("show"),
            "retried",
            t("It is tried again."),
        )),
        Retried::LeftAlone => Err(Error::Conflict(
            t("This job is being tried, or was never tried: it is left alone.").to_owned(),
        )),
        Retried::Unknown => Err(Error::NotFound),
    }
}

/// One `job`, or `all` that failed or wait for a decision: they will never be done.
pub async fn discard_jobs(call: Call) -> Result<Done> {
    if let Some(all) = call.fields.find("all") {
        let count = discard_all(&call.app, parked(all)?).await?;
        let text = plural(count, "{n} job is discarded.", "{n} jobs are discarded.");
        return Ok(done(all, "dropped", text));
    }
    let job = job(&call)?;
    let mut tx = call.app.db.begin().await?;
    let dropped = queue::drop_job(&mut tx, job).await?;
    discard(&mut tx, dropped.as_slice(), call.now).await?;
    tx.commit().await?;
    dropped.ok_or(Error::NotFound)?;
    Ok(done(
        call.fields.get("show"),
        "dropped",
        t("It is discarded."),
    ))
}

/// In several transactions, so that nobody who posts has to wait for long.
async fn discard_all(app: &App, which: Show) -> Result<u64> {
    let mut count = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let dropped = match which {
            Show::Stale => queue::drop_some_stale(&mut tx).await?,
            Show::Failed | Show::Waiting => queue::drop_some_failed(&mut tx).await?,
        };
        if dropped.is_empty() {
            return Ok(count);
        }
        discard(&mut tx, &dropped, app.clock.now()).await?;
        tx.commit().await?;
        count += dropped.len() as u64;
    }
}

fn job(call: &Call) -> Result<JobId> {
    call.fields.get("job").parse().map_err(|_| Error::NotFound)
}

fn parked(all: &str) -> Result<Show> {
    let which = Show::parse(all).filter(|show| *show != Show::Waiting);
    which.ok_or_else(|| Error::invalid("all", t("Choose failed or stale.")))
}

fn done(show: &str, what: &str, text: impl Into<String>) -> Done {
    let show = Show::parse(show).map_or(String::new(), |show| format!("show={}&", show.as_str()));
    Done::lead_to(format!("{PAGE}?{show}done={what}"), text)
}
