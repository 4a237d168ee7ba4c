//! Staff's home.

use axum::response::Response;
use db::Conn;

use crate::{
    Result,
    accounts::{Permission, User},
    conversations::{
        Workload,
        inbox::{self, List, Source, newest_needing_reply, some},
        workload,
    },
    views::{
        dashboard::{Dashboard, Failed, FailedJob, Load, Widget},
        inbox::Row,
        shell::{Count, Place},
    },
    web::{
        Visit,
        admin::{mark_drafts, shell, viewer, week::week, widget::ROWS},
    },
};

const SHOWN: usize = 5;

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let mut conn = visit.read().await?;
    let shell = shell(&visit, &mut conn, viewer, Place::Home).await?;
    let rows = newest_needing_reply(&mut conn, viewer, ROWS).await?;
    let mut rows: Vec<_> = rows.into_iter().map(|row| Row::new(row, viewer)).collect();
    mark_drafts(&mut conn, viewer, &mut rows).await?;
    let yours = if viewer.is_staff() {
        let mine = List::of(Source::Mine);
        some(&mut conn, viewer, &mine, &inbox::Place::First, ROWS).await?
    } else {
        Vec::new()
    };
    let who = workload(&mut conn).await?;
    let week = week(&visit, &mut conn).await?;
    let failed = failed(&visit, &mut conn, viewer).await?;
    drop(conn);

    let view = Dashboard {
        hour: visit.zoned(visit.now).hour(),
        widget: Widget {
            count: shell.needs_reply.clone(),
            rows,
        },
        yours: yours.into_iter().map(|row| Row::new(row, viewer)).collect(),
        who: who.into_iter().map(|one| load(one, viewer)).collect(),
        week,
        failed,
        shell,
    };
    visit.page("admin/dashboard.html", &view)
}

fn load(one: Workload, viewer: &User) -> Load {
    Load {
        me: one.id == Some(viewer.id),
        name: one.id.map(|_| one.name),
        has: Count::new(one.open + one.pending),
        pending: Count::new(one.pending),
    }
}

/// Whoever looks after the queue sees what could not be sent, and admins why.
async fn failed(visit: &Visit, conn: &mut Conn, viewer: &User) -> Result<Option<Failed>> {
    if !viewer.can(Permission::ManageSettings) {
        return Ok(None);
    }
    let count = queue::counts(conn, visit.now).await?.failed;
    if count == 0 {
        return Ok(None);
    }
    let newest = queue::failed_page(conn, queue::Cursor::newest()).await?;
    let newest = newest.into_iter().take(SHOWN).map(|job| FailedJob {
        at: job.parked_at.unwrap_or(job.created_at),
        lane: job.lane,
        reason: job.last_error.filter(|_| viewer.admin),
    });
    Ok(Some(Failed {
        count: Count::new(count),
        newest: newest.collect(),
    }))
}
