use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// No answer of the program's takes longer; a test that waits for one has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// A bare connection, for what no browser would send.
pub struct Line(TcpStream);

impl Line {
    pub async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("it listens"))
    }

    /// The other side may have closed by now: what it says then is what counts.
    pub async fn say(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes).await;
    }

    /// What comes next; nothing when the other side has closed.
    pub async fn hear(&mut self) -> Vec<u8> {
        let mut buffer = vec![0; 64 * 1024];
        let read = timeout(PATIENCE, self.0.read(&mut buffer)).await;
        let n = read.expect("it answers or closes").unwrap_or(0);
        buffer.truncate(n);
        buffer
    }
}

/// Whether the answer's head is there.
pub fn is_whole_head(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|four| four == b"\r\n\r\n")
}

/// The answer, up to the end of the connection; of a stream, which has none, the head.
pub async fn answer(line: &mut Line) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let heard = line.hear().await;
        if heard.is_empty() {
            return all;
        }
        all.extend(heard);
        let end = all.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else { continue };
        if String::from_utf8_lossy(&all[..end]).contains("text/event-stream") {
            all.truncate(end + 4);
            all.extend(b"0\r\n\r\n");
            return all;
        }
    }
}

/// Everything up to the end of the connection.
pub async fn rest(line: &mut Line) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let heard = line.hear().await;
        if heard.is_empty() {
            return all;
        }
        all.extend(heard);
    }
}

/// Sends exactly this, and hears the whole answer.
pub async fn talk(address: SocketAddr, text: &str) -> String {
    let mut line = Line::open(address).await;
    line.say(text.as_bytes()).await;
    String::from_utf8_lossy(&rest(&mut line).await).into_owned()
}
