//! Whether this node lives, and whether it can serve.

use std::time::Duration;

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use tokio::time::timeout;

use crate::{Result, migrations::MIGRATIONS, web::Visit};

/// A database that answers later than this is no use to a visitor.
const PATIENCE: Duration = Duration::from_secs(3);

/// The process answers.
#[expect(clippy::unused_async, reason = "pages are asynchronous")]
pub async fn live(_: Visit) -> Result<Response> {
    Ok("alive\n".into_response())
}

/// The database answers and takes writes, its schema is there, and the disk has room.
pub async fn ready(visit: Visit) -> Result<Response> {
    let ready = timeout(PATIENCE, visit.app.db.ready(MIGRATIONS)).await;
    let why = match ready {
        Ok(Ok(())) => return Ok("ready\n".into_response()),
        Ok(Err(unready)) => unready.to_string(),
        Err(_) => "the database takes too long".to_owned(),
    };
    let text = format!("not ready: {why}\n");
    Ok((StatusCode::SERVICE_UNAVAILABLE, text).into_response())
}
