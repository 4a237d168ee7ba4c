//! Whether this node lives, and whether it can serve.

use std::time::Duration;

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use tokio::time::timeout;

use crate::{Result, app::Readiness, migrations::MIGRATIONS, web::Visit};

/// How long what was found counts.
const AGE: Duration = Duration::from_secs(1);
/// A database that answers later than this is no use to a visitor.
const PATIENCE: Duration = Duration::from_secs(3);

/// The process answers.
#[expect(clippy::unused_async, reason = "pages are asynchronous")]
pub async fn live(_: Visit) -> Result<Response> {
    Ok("alive\n".into_response())
}

/// The database answers and takes writes, its schema is there, and the disk has room. Looked at
/// once a second at most: whoever asks oftener hears what was found.
pub async fn ready(visit: Visit) -> Result<Response> {
    let mut last = visit.app.readiness.lock().await;
    let found = match &*last {
        Some((at, found)) if visit.now.since(*at) < AGE && visit.now >= *at => found.clone(),
        _ => {
            let found = look(&visit).await;
            *last = Some((visit.now, found.clone()));
            found
        }
    };
    let Err(why) = found else {
        return Ok("ready\n".into_response());
    };
    let text = format!("not ready: {why}\n");
    Ok((StatusCode::SERVICE_UNAVAILABLE, text).into_response())
}

async fn look(visit: &Visit) -> Readiness {
    visit.app.ensure_in_time()?;
    match timeout(PATIENCE, visit.app.db.ready(MIGRATIONS)).await {
        Ok(ready) => ready.map_err(|unready| unready.to_string()),
        Err(_) => Err("the database takes too long".to_owned()),
    }
}
