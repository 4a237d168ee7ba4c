use std::{convert::Infallible, net::IpAddr, pin::Pin, time::Duration};

use axum::{
    Router,
    http::{HeaderValue, Request, header},
    response::Response,
};
use futures_util::future::BoxFuture;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};
use tower::ServiceExt as _;

use super::wire::Wire;
use crate::web::request::Peer;

/// From a connection's beginning, or the last answer, to the end of the next head.
const HEAD: Duration = Duration::from_secs(10);
/// The largest head, in bytes.
const HEAD_SIZE: usize = 32 * 1024;
/// How long an idle connection stays open when the process is to end: a request may be on its way.
const GRACE: Duration = Duration::from_millis(500);
/// How long, and how much, is still taken in after the last answer: who is cut off while sending
/// never reads it.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 4 * 1024 * 1024;

/// Answers the requests of one connection until it ends.
pub(super) async fn run(
    stream: TcpStream,
    peer: IpAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let stopping = stopped.clone();
    let service = service_fn(move |request| answer(request, peer, &router, &stopping));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_header_size(HEAD_SIZE)
        .max_buf_size(HEAD_SIZE * 2)
        .serve_connection(TokioIo::new(Wire::new(stream)), service);

    let mut is_closing = false;
    let mut grace = std::pin::pin!(async {
        // An error says that the server is gone, which is as good.
        let _ = stopped.wait_for(|stopped| *stopped).await;
        sleep(GRACE).await;
    });
    let ended = std::future::poll_fn(|cx| {
        if !is_closing && grace.as_mut().poll(cx).is_ready() {
            is_closing = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        connection.poll_without_shutdown(cx)
    })
    .await;
    if ended.is_ok() {
        linger(connection.into_parts().io.into_inner()).await;
    }
}

fn answer(
    request: Request<Incoming>,
    peer: IpAddr,
    router: &Router,
    stopping: &watch::Receiver<bool>,
) -> BoxFuture<'static, Result<Response, Infallible>> {
    let (router, stopping) = (router.clone(), stopping.clone());
    let mut request = request.map(axum::body::Body::new);
    request.extensions_mut().insert(Peer(peer));
    Box::pin(async move {
        let mut response = router.oneshot(request).await?;
        if *stopping.borrow() {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        Ok(response)
    })
}

/// Says that nothing more comes, and lets the other side end in peace.
async fn linger(wire: Wire) {
    let mut stream = wire.into_stream();
    let mut buffer = vec![0; 16 * 1024];
    let drained = async {
        stream.shutdown().await?;
        let mut left = LINGER_BYTES;
        while left > 0 {
            match stream.read(&mut buffer).await? {
                0 => break,
                n => left = left.saturating_sub(n),
            }
        }
        std::io::Result::Ok(())
    };
    let _ = timeout(LINGER, drained).await;
}
