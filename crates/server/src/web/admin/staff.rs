//! Who is of the team, for a script that completes `@names`: no addresses.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use crate::{Result, accounts::User, web::Visit};

pub async fn list(visit: Visit) -> Result<Response> {
    let mut conn = visit.read().await?;
    let staff = User::list_staff(&mut conn).await?;
    let staff = staff.iter().map(|user| {
        let handle = user.username.as_deref().unwrap_or(&user.name);
        json!({ "name": user.name, "handle": handle })
    });
    Ok(Json(json!({ "staff": staff.collect::<Vec<_>>() })).into_response())
}
