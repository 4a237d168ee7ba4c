//! `smtp-sink --listen 127.0.0.1:2525 --control 127.0.0.1:2526 --dir mails --mode ok`
//!
//! The control port takes lines: a mode (`down`, `accept_slow:60` …), `count` (how many copies of each mail arrived),
//! `clear`, `drop` (ends the open connections), `quit`. Each is answered with a line that begins with `ok` or `error`.

use std::{io, net::SocketAddr, path::PathBuf};

use clap::Parser;
use smtp_sink::{Certificate, Mode, Options, Sink, Tls};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail server for tests: keeps what it gets, and fails on demand.
#[derive(Parser)]
struct Arguments {
    /// Where mails come in; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where the behaviour is changed.
    #[arg(long)]
    control: Option<SocketAddr>,
    /// Mails become files in this folder.
    #[arg(long)]
    dir: Option<PathBuf>,
    #[arg(long, default_value = "ok")]
    mode: Mode,
    /// Offers STARTTLS, with a certificate for localhost; its authority's PEM is written to this file.
    #[arg(long)]
    starttls: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let tls = match arguments.starttls {
        Some(_) => Tls::OnRequest(Certificate::Good),
        None => Tls::Never,
    };
    let sink = Sink::start_with(Options {
        listen: arguments.listen,
        mode: arguments.mode,
        tls,
        dir: arguments.dir,
    })
    .await?;
    if let (Some(file), Some(authority)) = (arguments.starttls, sink.authority()) {
        std::fs::write(file, authority)?;
    }
    println!("smtp {}", sink.address());

    let Some(control) = arguments.control else {
        return std::future::pending().await;
    };
    let control = TcpListener::bind(control).await?;
    println!("control {}", control.local_addr()?);
    loop {
        let (stream, _) = control.accept().await?;
        match obey(&sink, stream).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => eprintln!("control: {error}"),
        }
    }
}

/// Does what the lines of one control connection say; whether to end.
async fn obey(sink: &Sink, stream: TcpStream) -> io::Result<bool> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let answer = match line.trim() {
            "quit" => return Ok(true),
            "count" => {
                let counts = sink.count_by_message_id().into_iter();
                let counts: Vec<String> = counts.map(|(id, n)| format!("{n} {id}")).collect();
                format!("ok {}", counts.join(", "))
            }
            "clear" => {
                sink.clear();
                "ok".to_owned()
            }
            "drop" => {
                sink.drop_connections();
                "ok".to_owned()
            }
            word => match word.parse() {
                Ok(mode) => {
                    sink.set_mode(mode).await;
                    format!("ok {mode}")
                }
                Err(error) => format!("error {error}"),
            },
        };
        stream.write_all(format!("{answer}\n").as_bytes()).await?;
        line.clear();
    }
    Ok(false)
}
