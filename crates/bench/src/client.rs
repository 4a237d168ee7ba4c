//! As little of an HTTP client as a load needs, so that the load takes little of the machine.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A connection that is kept open.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back, as far as a load looks at it.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
}

impl Client {
    pub async fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request, and waits for the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let status = head
            .get(9..12)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| io::Error::other("not an HTTP answer"))?;
        self.read_body(&head, head_end).await?;
        Ok(Answer { status, head })
    }

    async fn read_body(&mut self, head: &str, head_end: usize) -> io::Result<()> {
        if let Some(length) = header(head, "content-length") {
            let length: usize = length.parse().map_err(io::Error::other)?;
            while self.buffer.len() < head_end + length {
                self.more().await?;
            }
        } else if header(head, "transfer-encoding").is_some() {
            while !self.buffer[head_end..].ends_with(b"0\r\n\r\n") {
                self.more().await?;
            }
        }
        Ok(())
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

pub fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
