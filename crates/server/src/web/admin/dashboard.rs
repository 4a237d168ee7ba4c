//! Staff's home.

use axum::response::Response;

use crate::{
    Result,
    conversations::inbox::newest_needing_reply,
    views::{
        dashboard::{Dashboard, Widget},
        inbox::Row,
        shell::Place,
    },
    web::{
        Visit,
        admin::{shell, viewer},
    },
};

/// As many as a glance takes in.
const ROWS: i64 = 5;

pub async fn show(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let shell = shell(&visit, &mut conn, viewer, Place::Home).await?;
    let rows = newest_needing_reply(&mut conn, viewer, ROWS).await?;
    drop(conn);

    let view = Dashboard {
        hour: visit.zoned(visit.now).hour(),
        widget: Widget {
            count: shell.needs_reply.clone(),
            rows: rows.into_iter().map(|row| Row::new(row, viewer)).collect(),
        },
        shell,
    };
    visit.page("admin/dashboard.html", &view)
}
