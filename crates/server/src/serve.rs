//! Takes connections, and lets nobody hold them up: time limits for heads, bodies and answers, a
//! cap for each client and for all, and an orderly end.

mod clients;
mod connection;
mod head;
mod open_files;
mod wire;

use std::{future::Future, io, net::IpAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::timeout,
};

use crate::App;
use clients::Clients;

/// Connections at one time, of all clients together; fewer where the system allows fewer files.
const MOST: usize = 16_384;
/// How long requests under way may take when the process is to end.
const LAST_ORDERS: Duration = Duration::from_secs(10);
/// The longest wait when the system has no file left for a connection.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Serves until `stop` is ready. Then nobody new is taken in, and whoever has sent a request is
/// answered.
pub async fn serve(
    app: &App,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let clients = Clients::new(app.config.trusted_proxies.clone());
    let places = Arc::new(Semaphore::new(open_files::raise().min(MOST)));
    let (stopping, stopped) = watch::channel(false);
    let take_in = |stream: TcpStream, peer: IpAddr| {
        let (Some(client), Ok(place)) =
            (clients.enter(peer), Arc::clone(&places).try_acquire_owned())
        else {
            return; // One too many: closed at once.
        };
        let connection = connection::run(stream, peer, router.clone(), stopped.clone());
        tokio::spawn(async move {
            connection.await;
            drop((client, place));
        });
    };

    let mut stop = std::pin::pin!(stop);
    let mut rest = Duration::from_millis(5);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                rest = Duration::from_millis(5);
                take_in(stream, peer.ip());
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::warn!("cannot take a connection: {error}");
                tokio::time::sleep(rest).await;
                rest = (rest * 2).min(LONGEST_REST);
            }
        }
    }

    // Streams have no end of their own.
    app.streams.close();
    // Who has connected by now may have sent a request.
    for (stream, peer) in waiting(listener) {
        take_in(stream, peer);
    }
    stopping.send_replace(true);
    drop(stopped);
    if timeout(LAST_ORDERS, stopping.closed()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

/// Ready once the process is asked to end: by a service manager, or from the keyboard. Whoever asks
/// from the call on is heard.
pub fn asked_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let handled = |kind| signal(kind).expect("the runtime handles signals");
    let mut terminate = handled(SignalKind::terminate());
    let mut interrupt = handled(SignalKind::interrupt());
    async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// The connections that the system has taken for us already; nobody else gets in.
fn waiting(listener: TcpListener) -> Vec<(TcpStream, IpAddr)> {
    let Ok(listener) = listener.into_std() else {
        return Vec::new();
    };
    let waiting = std::iter::from_fn(|| listener.accept().ok());
    let streams = waiting.filter_map(|(stream, peer)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer.ip()))
    });
    streams.collect()
}

/// The other side's trouble, and none of ours.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
