//! The *Pigeon inbox* widget and its badge by themselves, for a dashboard of the host site.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use db::Conn;
use serde_json::json;

use crate::{
    Result,
    accounts::User,
    conversations::inbox::{self, count_needing_reply, newest_needing_reply},
    views::{
        dashboard::{Widget, WidgetPage},
        inbox::Row,
        shell::Count,
    },
    web::{Visit, admin::viewer},
};

/// As many as a glance takes in.
pub(super) const ROWS: i64 = 5;

/// A piece of HTML: no page around it, and nothing in it that needs our style or script.
pub async fn fragment(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let (count, rows) = load(&mut visit.read().await?, viewer).await?;
    let rows = rows.into_iter().map(|row| Row::new(row, viewer));
    let view = WidgetPage {
        widget: Widget {
            count,
            rows: rows.collect(),
        },
    };
    visit.page("admin/widget.html", &view)
}

pub async fn as_json(visit: Visit) -> Result<Response> {
    let viewer = viewer(&visit)?;
    let (count, rows) = load(&mut visit.read().await?, viewer).await?;
    let threads = rows.into_iter().map(|row| {
        let path = format!("/pigeon/admin/threads/{}", row.id);
        json!({
            "id": row.id.to_string(),
            "title": row.subject,
            "type": "support",
            "threadStatus": row.status.as_str(),
            "from": row.starter_name,
            "preview": row.preview,
            "assignee": row.assignee_name,
            "unread": row.is_unread_by(viewer),
            "waitingSince": row.waits_since().map(written),
            "lastMessageAt": written(row.last_message_at),
            "url": visit.app.config.url(&path),
        })
    });
    let body = json!({
        "count": count.n,
        "badge": count.shown,
        "url": visit.app.config.url("/pigeon/admin/threads?source=pending"),
        "threads": threads.collect::<Vec<_>>(),
    });
    Ok(Json(body).into_response())
}

async fn load(conn: &mut Conn, viewer: &User) -> Result<(Count, Vec<inbox::Row>)> {
    let count = count_needing_reply(conn, viewer).await?;
    let rows = newest_needing_reply(conn, viewer, ROWS).await?;
    Ok((Count::new(count), rows))
}

/// As RFC 3339 has it, in UTC.
fn written(at: db::Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    at.to_string()
}
