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
