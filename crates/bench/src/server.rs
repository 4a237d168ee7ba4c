use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use db::Clock;
use pigeon::{App, web};
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    time::sleep,
};

use crate::{Result, client::Client, place, place::Place, requests};

/// A process that serves; ended when dropped.
pub struct Server {
    child: Child,
    pub address: String,
    /// From its start to its first answer.
    pub started_in: Duration,
}

/// The program that was built together with this one.
pub fn beside() -> Result<PathBuf> {
    let path = env::current_exe()?.with_file_name("pigeon");
    if path.exists() {
        return Ok(path);
    }
    Err("no pigeon beside the bench: build it, or name it with --pigeon".into())
}

impl Server {
    pub async fn start(
        program: &Path,
        arguments: &[&str],
        place: &Place,
        more: &[(&str, &str)],
        first: &str,
    ) -> Result<Self> {
        fs::create_dir_all(&place.data_dir)?;
        let began = Instant::now();
        let child = Command::new(program)
            .args(arguments)
            .envs(place.environment())
            .envs(more.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut server = Self {
            child,
            address: place.host(),
            started_in: Duration::ZERO,
        };
        let request = requests::get(first, &server.address, "");
        while began.elapsed() < Duration::from_mins(1) {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended at once: {status}").into());
            }
            if let Ok(mut client) = Client::connect(&server.address).await
                && client.ask(&request).await.is_ok()
            {
                server.started_in = began.elapsed();
                return Ok(server);
            }
            sleep(Duration::from_micros(500)).await;
        }
        Err("the server does not answer".into())
    }

    pub async fn pigeon(program: &Path, place: &Place, worker: Worker) -> Result<Self> {
        let arguments: &[&str] = match worker {
            Worker::Here => &["serve"],
            Worker::Elsewhere => &["serve", "--no-worker"],
        };
        Self::start(program, arguments, place, &[], "/pigeon/health/live").await
    }

    /// One that reads and renders everything each time.
    pub async fn forgetful(place: &Place) -> Result<Self> {
        let arguments = ["serve", "--forgetful"];
        let bench = env::current_exe()?;
        Self::start(&bench, &arguments, place, &[], "/pigeon/health/live").await
    }

    /// The memory that it has now, in MiB.
    pub fn memory(&self) -> Result<f64> {
        let id = self.child.id().ok_or("the server has ended")?;
        memory_of(id)
    }

    pub async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.child.id() {
            Command::new("kill")
                .args(["-TERM", &id.to_string()])
                .status()
                .await?;
        }
        self.child.wait().await?;
        Ok(())
    }
}

/// Whether the server's process sends mail and indexes, too.
#[derive(Clone, Copy, Debug)]
pub enum Worker {
    Here,
    Elsewhere,
}

pub fn memory_of(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.ok_or("no VmRSS")?.parse::<f64>()? / 1024.0)
}

/// Pigeon, but with `batch` transactions to a COMMIT at most; a forgetful one reads and renders
/// everything each time.
pub async fn serve(batch: usize, forgetful: bool) -> Result<()> {
    let mut options = db::Options {
        batch,
        ..db::Options::default()
    };
    if forgetful {
        options.remembered = 0;
    }
    let app = App::open_tuned(place::from_environment()?, Clock::system(), options).await?;
    let listener = TcpListener::bind(app.config.listen).await?;
    let router = web::router(app.clone());
    pigeon::serve::serve(&app, listener, router, pigeon::serve::asked_to_end()).await;
    Ok(())
}
