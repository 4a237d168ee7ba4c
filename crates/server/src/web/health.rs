//! Whether this node lives, and whether it can serve.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use crate::{Result, web::Visit};

/// The process answers.
#[expect(clippy::unused_async, reason = "pages are asynchronous")]
pub async fn live(_: Visit) -> Result<Response> {
    Ok("alive\n".into_response())
}

/// The database answers too.
pub async fn ready(visit: Visit) -> Result<Response> {
    if visit.app.db.read().await.is_err() {
        let text = "not ready: the database is gone\n";
        return Ok((StatusCode::SERVICE_UNAVAILABLE, text).into_response());
    }
    Ok("ready\n".into_response())
}
