use axum::{Router, routing::get};
use db::Clock;
use pigeon::{App, serve};
use tokio::net::TcpListener;

use crate::{Result, place};

/// The program's own HTTP server with a trivial answer: what a page can be measured against.
pub async fn serve() -> Result<()> {
    let app = App::open(place::from_environment()?, Clock::system()).await?;
    let listener = TcpListener::bind(app.config.listen).await?;
    let router = Router::new().route("/", get(|| async { "hello" }));
    serve::serve(&app, listener, router, serve::asked_to_end()).await;
    Ok(())
}
