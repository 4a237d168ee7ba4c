use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// A connection that hands out what it reads a line at a time. What somebody on the way appends to the server's last
/// unencrypted answer then stays with the TLS handshake, which fails over it, instead of counting as the server's
/// first encrypted one.
#[derive(Debug)]
pub(super) struct LineStream {
    stream: TcpStream,
    held: Vec<u8>,
    next: usize,
}

impl LineStream {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            held: Vec::new(),
            next: 0,
        }
    }
}

impl AsyncTokioStream for LineStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for LineStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.next == this.held.len() {
            this.held.resize(4096, 0);
            this.next = 0;
            let mut buffer = ReadBuf::new(&mut this.held);
            let polled = Pin::new(&mut this.stream).poll_read(cx, &mut buffer);
            let filled = buffer.filled().len();
            this.held.truncate(filled);
            ready!(polled)?;
        }
        let rest = &this.held[this.next..];
        let line = rest.iter().position(|&byte| byte == b'\n');
        let length = line.map_or(rest.len(), |end| end + 1).min(out.remaining());
        out.put_slice(&rest[..length]);
        this.next += length;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for LineStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
