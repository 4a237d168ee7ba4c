use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use db::testing::Place;
use tempfile::TempDir;

/// A place to run the program in: a folder, a database, a port.
pub struct House {
    pub folder: TempDir,
    pub database_url: String,
    pub address: SocketAddr,
    smtp_url: String,
    _place: Place,
}

/// The program, running; killed when dropped.
pub struct Program {
    pub child: Child,
    pub up_after: Duration,
}

impl House {
    /// Set up with one admin, who is alerted of every message.
    pub async fn new(smtp_url: &str) -> Self {
        let (place, database_url) = Place::empty().await;
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let house = Self {
            folder: tempfile::tempdir().unwrap(),
            database_url,
            address: port,
            smtp_url: smtp_url.to_owned(),
            _place: place,
        };
        let mut child = house
            .command(&[
                "user",
                "add",
                "--email",
                "maya@fernhill.example",
                "--name",
                "Maya",
            ])
            .args(["--admin", "--password-stdin"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(b"six speckled cups")
            .unwrap();
        assert!(child.wait().unwrap().success());
        house
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pigeon"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PIGEON_LISTEN", self.address.to_string())
            .env(
                "PIGEON_SITE_URL",
                format!("http://localhost:{}", self.address.port()),
            )
            .env("PIGEON_DATA_DIR", self.folder.path().join("data"))
            .env("PIGEON_DATABASE_URL", &self.database_url)
            .env("PIGEON_SMTP_URL", &self.smtp_url)
            .env("PIGEON_TRUSTED_PROXIES", "127.0.0.1")
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null());
        command
    }

    /// Starts serving, and waits until it is ready.
    pub fn serve(&self, arguments: &[&str]) -> Program {
        let started = Instant::now();
        let child = self.command(arguments).spawn().unwrap();
        let mut program = Program {
            child,
            up_after: Duration::ZERO,
        };
        while self
            .get("/pigeon/health/ready")
            .is_none_or(|answer| answer.status != 200)
        {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "does not start"
            );
            assert!(program.child.try_wait().unwrap().is_none(), "ended");
            std::thread::yield_now();
        }
        program.up_after = started.elapsed();
        program
    }

    pub fn get(&self, path: &str) -> Option<Answer> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\n"), "").ok()
    }

    /// Posts the contact form. An error when the connection ends before the answer.
    pub fn ask(&self, email: &str, body: &str) -> io::Result<Answer> {
        let form = format!("name=Ann&email={email}&subject=Cups&body={body}");
        let head = format!(
            "POST /pigeon/actions/pigeon/guest/start HTTP/1.1\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             X-Forwarded-For: {}\r\n",
            client_address(body)
        );
        self.exchange(&head, &form)
    }

    fn exchange(&self, head: &str, body: &str) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut request = head.to_owned();
        let port = self.address.port();
        let length = body.len();
        write!(
            request,
            "Host: localhost:{port}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        stream.write_all(request.as_bytes())?;
        Answer::read(&mut stream)
    }
}

/// A client of its own for each post, so that no limit is reached.
fn client_address(body: &str) -> String {
    let sum = body.bytes().fold(17_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    let [_, b, c, d] = sum.to_be_bytes();
    format!("10.{b}.{c}.{d}")
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Head and body.
    pub text: String,
}

impl Answer {
    /// Up to the end of the connection.
    pub fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let ended = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
        match status {
            Some(status) => Ok(Self { status, text }),
            None => Err(ended.err().unwrap_or(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// Where it leads.
    pub fn location(&self) -> Option<&str> {
        let mut lines = self.text.lines();
        lines.find_map(|line| line.strip_prefix("location: "))
    }
}

impl Program {
    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Sets a limit of the system's on it, such as `--nofile=64:`.
    pub fn limit(&self, limit: &str) {
        let id = self.child.id().to_string();
        let mut command = Command::new("prlimit");
        let set = command.args(["--pid", &id, limit]).status().unwrap();
        assert!(set.success());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks until it is there.
pub fn eventually(what: &str, limit: Duration, mut look: impl FnMut() -> bool) {
    let start = Instant::now();
    while !look() {
        assert!(start.elapsed() < limit, "not in {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
