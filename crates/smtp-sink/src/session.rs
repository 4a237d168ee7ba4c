use std::{
    fmt::Write as _,
    io,
    sync::{Arc, atomic::Ordering::SeqCst},
};

use tokio::{net::TcpStream, time::sleep};

use crate::{
    mail::Mail,
    mode::Mode,
    sink::{Shared, Tls},
    wire::Wire,
};

/// More than this is refused in the mode `size_small`, in bytes.
const SMALL: usize = 2000;

/// Talks with one client until either side ends it.
pub(crate) async fn serve(shared: Arc<Shared>, stream: TcpStream) -> io::Result<()> {
    let mut wire = Wire::plain(stream)?;
    match shared.mode() {
        Mode::BannerHang => return std::future::pending().await,
        Mode::BannerSlow(time) => sleep(time).await,
        _ => {}
    }
    if let (Tls::Implicit(_), Some(acceptor)) = (shared.tls, &shared.acceptor) {
        wire = wire.encrypt(acceptor).await?;
    }
    wire.say("220 sink.test ESMTP").await?;
    let mut session = Session {
        shared,
        user: None,
        envelope: Mail::default(),
    };
    session.talk(wire).await
}

struct Session {
    shared: Arc<Shared>,
    user: Option<String>,
    envelope: Mail,
}

impl Session {
    async fn talk(&mut self, mut wire: Wire) -> io::Result<()> {
        loop {
            let line = wire.line().await?;
            let verb = line.split(' ').next().unwrap_or("").to_ascii_uppercase();
            let mode = self.shared.mode();
            if mode == Mode::Hang && !["EHLO", "HELO"].contains(&verb.as_str()) {
                return std::future::pending().await;
            }
            match (verb.as_str(), mode) {
                ("EHLO" | "HELO", Mode::EhloDrop) => return Ok(()),
                ("EHLO" | "HELO", _) => self.greet(&mut wire).await?,
                ("STARTTLS", Mode::StarttlsGarbage) => {
                    // In one packet: what a client reads ahead must not be taken for the server's word.
                    wire.write(b"220 go\r\n250-sink.test\r\n250 AUTH PLAIN\r\n")
                        .await?;
                    return std::future::pending().await;
                }
                ("STARTTLS", _) => {
                    let Some(acceptor) = &self.shared.acceptor else {
                        wire.say("502 5.5.1 no TLS here").await?;
                        continue;
                    };
                    wire.say("220 go").await?;
                    wire = wire.encrypt(acceptor).await?;
                }
                ("AUTH", _) => self.sign_in(&mut wire, &line).await?,
                ("MAIL", Mode::Mail451) => wire.say("451 4.3.0 try later").await?,
                ("MAIL", Mode::Mail550) => wire.say("550 5.7.1 sender refused").await?,
                ("MAIL", _) => {
                    self.envelope = Mail {
                        from: in_brackets(&line),
                        user: self.user.clone(),
                        encrypted: wire.is_encrypted(),
                        ..Mail::default()
                    };
                    wire.say("250 2.1.0 ok").await?;
                }
                ("RCPT", _) => self.recipient(&mut wire, &line).await?,
                ("DATA", _) if self.envelope.to.is_empty() => {
                    wire.say("554 5.5.1 no valid recipients").await?;
                }
                ("DATA", _) => {
                    wire.say("354 go").await?;
                    let Some(raw) = self.body(&mut wire).await? else {
                        return wire.reset();
                    };
                    if self.take(&mut wire, raw).await? {
                        return Ok(());
                    }
                }
                ("QUIT", _) => return wire.say("221 2.0.0 bye").await,
                ("RSET" | "NOOP", _) => wire.say("250 2.0.0 ok").await?,
                _ => wire.say("500 5.5.2 what?").await?,
            }
        }
    }

    async fn greet(&mut self, wire: &mut Wire) -> io::Result<()> {
        let mode = self.shared.mode();
        let mut lines = vec!["sink.test", "PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"];
        if mode != Mode::NoUtf8 {
            lines.push("SMTPUTF8");
        }
        let tls = self.shared.acceptor.is_some() && !wire.is_encrypted();
        if mode == Mode::StarttlsGarbage || (tls && mode != Mode::NoStarttls) {
            lines.push("STARTTLS");
        }
        lines.push("AUTH PLAIN LOGIN");
        lines.push(match mode {
            Mode::SizeSmall => "SIZE 2000",
            _ => "SIZE 50000000",
        });
        let (last, others) = lines.split_last().expect("there are lines");
        let mut reply = String::new();
        for line in others {
            write!(reply, "250-{line}\r\n").expect("a string takes all text");
        }
        wire.say(&format!("{reply}250 {last}")).await
    }

    /// Takes any name and password; with the mode `auth_535` none.
    async fn sign_in(&mut self, wire: &mut Wire, line: &str) -> io::Result<()> {
        let mut words = line.split(' ').skip(1);
        let method = words.next().unwrap_or("").to_ascii_uppercase();
        let mut secret = words.next().unwrap_or("").to_owned();
        if method == "LOGIN" {
            wire.say("334 VXNlcm5hbWU6").await?;
            secret = wire.line().await?;
            wire.say("334 UGFzc3dvcmQ6").await?;
            wire.line().await?;
        }
        if self.shared.mode() == Mode::Auth535 {
            return wire.say("535 5.7.8 bad credentials").await;
        }
        self.user = Some(secret);
        wire.say("235 2.7.0 welcome").await
    }

    async fn recipient(&mut self, wire: &mut Wire, line: &str) -> io::Result<()> {
        let refused = match self.shared.mode() {
            Mode::Rcpt451 => return wire.say("451 4.7.1 greylisted").await,
            Mode::RcptMixed => self
                .shared
                .recipients
                .fetch_add(1, SeqCst)
                .is_multiple_of(2),
            mode => mode == Mode::Rcpt550,
        };
        if refused {
            return wire.say("550 5.1.1 no such user").await;
        }
        self.envelope.to.push(in_brackets(line));
        wire.say("250 2.1.5 ok").await
    }

    /// The body up to a line that holds a lone dot, between line ends of any kind; `None` to reset the connection.
    async fn body(&self, wire: &mut Wire) -> io::Result<Option<Vec<u8>>> {
        let mut body: Vec<u8> = Vec::new();
        let mut line = Vec::new(); // as it came, up to now
        loop {
            let byte = wire.byte().await?;
            let is_end = matches!(byte, b'\r' | b'\n');
            if is_end && line == b"." {
                body.pop();
                if byte == b'\r' {
                    wire.byte().await?; // its line feed
                }
                return Ok(Some(body));
            }
            let is_doubled = byte == b'.' && line == b".";
            if is_end {
                line.clear();
            } else {
                line.push(byte);
            }
            if !is_doubled {
                body.push(byte);
            }
            if self.shared.mode() == Mode::DataReset && body.len() > 200 {
                return Ok(None);
            }
        }
    }

    /// Keeps the mail or refuses it, as the mode says; whether the connection ends.
    async fn take(&mut self, wire: &mut Wire, raw: Vec<u8>) -> io::Result<bool> {
        let mode = self.shared.mode();
        let refusal = match mode {
            Mode::Data451 => Some("451 4.3.2 disk full"),
            Mode::Data554 => Some("554 5.6.0 rejected by content"),
            Mode::SizeSmall if raw.len() > SMALL => Some("552 5.3.4 message too big"),
            _ => None,
        };
        let mail = Mail {
            raw,
            ..std::mem::take(&mut self.envelope)
        };
        if let Some(refusal) = refusal {
            wire.say(refusal).await?;
            return Ok(false);
        }
        self.shared.keep(mail)?;
        match mode {
            Mode::AcceptDrop => return Ok(true),
            Mode::AcceptSlow(time) => sleep(time).await,
            _ => {}
        }
        wire.say("250 2.0.0 queued").await?;
        Ok(mode == Mode::CloseAfter)
    }
}

/// What stands in `<…>`.
fn in_brackets(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.rsplit_once('>'))
        .map_or_else(String::new, |(address, _)| address.to_owned())
}
