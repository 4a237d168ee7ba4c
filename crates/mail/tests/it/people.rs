//! What the tests share: a mail, and ways to send it.

use std::time::{Duration, SystemTime};

use mail::{AutoSubmitted, Email, Limits, Mailer, Options, SendError, Smtp};
use smtp_sink::{Mode, Sink};

pub(crate) fn mail_to(recipient: &str) -> Email {
    Email {
        from: "\"Maya, Fernhill\" <hello@fernhill.example>"
            .parse()
            .unwrap(),
        to: recipient.parse().unwrap(),
        subject: "Re: Where is my parcel?".to_owned(),
        text: "Hello Ada,\n\nit left today.\n\nMaya\n".to_owned(),
        html: "<p>Hello Ada,</p>\n<p>it left today.</p>\n<p>Maya</p>\n".to_owned(),
        message_id: "<0193.abc@fernhill.example>".to_owned(),
        in_reply_to: Some("<0192.first@fernhill.example>".to_owned()),
        references: vec![
            "<0192.first@fernhill.example>".to_owned(),
            "<0192.second@fernhill.example>".to_owned(),
        ],
        list_id: Some("conversation-17.fernhill.example".to_owned()),
        list_unsubscribe: Some("https://fernhill.example/pigeon/u/dG9rZW4".to_owned()),
        auto_submitted: AutoSubmitted::Generated,
        date: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000),
    }
}

pub(crate) fn ada() -> Email {
    mail_to("ada@example.com")
}

/// Short limits: what hangs shows it soon.
pub(crate) fn hasty() -> Options {
    let soon = Duration::from_millis(300);
    Options {
        limits: Limits {
            connect: soon,
            greet: soon,
            sign_in: soon,
            envelope: soon,
            data: soon,
            whole: Duration::from_secs(2),
        },
        ..Options::default()
    }
}

pub(crate) fn mailer(url: &str, options: Options) -> Mailer {
    Mailer::Smtp(Smtp::new(url.parse().unwrap(), options).unwrap())
}

pub(crate) fn mailer_for(sink: &Sink) -> Mailer {
    mailer(&sink.url(), Options::default())
}

/// What comes of one mail to a server in this mode.
pub(crate) async fn outcome_of(mode: Mode) -> (Result<(), SendError>, Sink) {
    let sink = Sink::start().await;
    sink.set_mode(mode).await;
    let outcome = mailer(&sink.url(), hasty()).send(&ada()).await;
    (outcome, sink)
}
