use std::net::SocketAddr;

use clap::Args;
use tokio::net::TcpListener;

use super::{Failure, Result, say};
use crate::{App, Error, accounts::setup, config::Config, serve, web, worker};

#[derive(Args, Default)]
pub(super) struct Arguments {
    /// The address and port to listen on, instead of the configuration's
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,

    /// Only pages: the queue is worked on elsewhere
    #[arg(long)]
    no_worker: bool,
}

pub(super) async fn run(config: Config, arguments: Arguments) -> Result<()> {
    let address = arguments.listen.unwrap_or(config.listen);
    let listener = TcpListener::bind(address).await;
    let listener =
        listener.map_err(|error| Failure::Other(format!("cannot listen on {address}: {error}")))?;
    // The port that was free, where the configuration says 0.
    let address = listener.local_addr().unwrap_or(address);
    web::panics::quiet();
    let asked_to_end = serve::asked_to_end();

    let app = super::open(config).await?;
    let router = web::router(app.clone());
    say(&format!(
        "Pigeon serves {} on {address}",
        app.config.origin()
    ));
    lead_to_setup(&app).await?;

    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let working = (!arguments.no_worker).then(|| {
        let app = app.clone();
        tokio::spawn(async move {
            let stop = async move {
                // An error means that whoever would tell is gone: time to stop, too.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            worker::work(&app, stop).await;
        })
    });
    serve::serve(&app, listener, router, asked_to_end).await;
    // The last posts' mail may still go out while the worker ends.
    stop.send_replace(true);
    if let Some(working) = working {
        let _ = working.await;
    }
    Ok(())
}

/// Before set-up, the last line is the address to open.
async fn lead_to_setup(app: &App) -> Result<()> {
    if setup::is_done(app).await? {
        return setup::remove_code_file(app)
            .map_err(Error::internal("cannot remove the set-up code"))
            .map_err(Failure::from);
    }
    setup::write_code_file(app).map_err(Error::internal("cannot write the set-up code"))?;
    say("Open this to set it up:");
    say(&setup::address(app));
    Ok(())
}
