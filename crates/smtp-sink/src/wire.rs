use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// A connection, plain or encrypted, read by the byte and by the line.
pub(crate) struct Wire {
    stream: Stream,
    held: Vec<u8>,
    next: usize,
}

enum Stream {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Wire {
    pub(crate) fn plain(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self::over(Stream::Plain(stream)))
    }

    fn over(stream: Stream) -> Self {
        Self {
            stream,
            held: Vec::new(),
            next: 0,
        }
    }

    pub(crate) async fn encrypt(self, acceptor: &TlsAcceptor) -> io::Result<Self> {
        let Stream::Plain(stream) = self.stream else {
            return Err(io::Error::other("is encrypted already"));
        };
        let stream = acceptor.accept(stream).await?;
        Ok(Self::over(Stream::Encrypted(Box::new(stream))))
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Encrypted(_))
    }

    /// Ends the connection with a reset instead of a goodbye.
    pub(crate) fn reset(self) -> io::Result<()> {
        match &self.stream {
            Stream::Plain(stream) => stream.set_zero_linger(),
            Stream::Encrypted(stream) => stream.get_ref().0.set_zero_linger(),
        }
    }

    pub(crate) async fn say(&mut self, line: &str) -> io::Result<()> {
        self.write(format!("{line}\r\n").as_bytes()).await
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(bytes).await,
            Stream::Encrypted(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    /// The next line without its end; an error when the connection ends.
    pub(crate) async fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        loop {
            match self.byte().await? {
                b'\n' => break,
                byte => line.push(byte),
            }
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    pub(crate) async fn byte(&mut self) -> io::Result<u8> {
        if self.next == self.held.len() {
            self.held.resize(16 * 1024, 0);
            self.next = 0;
            let read = match &mut self.stream {
                Stream::Plain(stream) => stream.read(&mut self.held).await?,
                Stream::Encrypted(stream) => stream.read(&mut self.held).await?,
            };
            self.held.truncate(read);
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.next += 1;
        Ok(self.held[self.next - 1])
    }
}
