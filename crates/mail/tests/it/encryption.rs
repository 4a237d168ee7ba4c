use mail::{Mailer, Options, SendError};
use smtp_sink::{Certificate, Mode, Sink, Tls};

use crate::people::{ada, hasty, mailer};

async fn sink_with(tls: Tls) -> Sink {
    let options = smtp_sink::Options {
        tls,
        ..smtp_sink::Options::default()
    };
    Sink::start_with(options).await.unwrap()
}

/// Insists on TLS, and trusts the server's authority.
fn trusting(sink: &Sink) -> Mailer {
    let url = format!("{}?tls=required", sink.url());
    let options = Options {
        authority: sink.authority().map(str::to_owned),
        ..hasty()
    };
    mailer(&url, options)
}

#[tokio::test]
async fn a_mail_goes_over_starttls_and_over_tls_from_the_start() {
    for tls in [
        Tls::OnRequest(Certificate::Good),
        Tls::Implicit(Certificate::Good),
    ] {
        let sink = sink_with(tls).await;
        let mailer = trusting(&sink);
        assert_eq!(mailer.send(&ada()).await, Ok(()));
        assert_eq!(mailer.send(&ada()).await, Ok(()));
        assert!(sink.mails().iter().all(|mail| mail.encrypted));
        assert_eq!((sink.mails().len(), sink.connections()), (2, 1));
    }
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_stops_the_channel() {
    for certificate in [Certificate::Expired, Certificate::WrongName] {
        for tls in [Tls::OnRequest(certificate), Tls::Implicit(certificate)] {
            let sink = sink_with(tls).await;
            let outcome = trusting(&sink).send(&ada()).await;
            assert!(
                matches!(outcome, Err(SendError::Channel(_))),
                "{tls:?} {outcome:?}"
            );
            assert!(sink.mails().is_empty());
        }
    }
    // Nobody whom we trust issued this one.
    let sink = sink_with(Tls::OnRequest(Certificate::Good)).await;
    let url = format!("{}?tls=required", sink.url());
    let outcome = mailer(&url, hasty()).send(&ada()).await;
    let Err(SendError::Channel(words)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(words.contains("UnknownIssuer"), "{words}");
}

#[tokio::test]
async fn a_server_without_encryption_gets_no_mail_in_the_clear() {
    let plain = Sink::start().await;
    let dropped = sink_with(Tls::OnRequest(Certificate::Good)).await;
    dropped.set_mode(Mode::NoStarttls).await;
    for sink in [plain, dropped] {
        let outcome = trusting(&sink).send(&ada()).await;
        let Err(SendError::Channel(words)) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(words.contains("does not offer encryption (STARTTLS)"));
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn nonsense_after_starttls_is_not_read_as_the_server_s_encrypted_word() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::StarttlsGarbage).await;
    for tls in ["required", "opportunistic"] {
        let mailer = mailer(&format!("{}?tls={tls}", sink.url()), hasty());
        let outcome = mailer.send(&ada()).await;
        let Err(SendError::Channel(words)) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(words.contains("failed at encryption"), "{words}");
    }
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn tls_is_taken_where_it_is_offered_and_not_asked_of_this_machine() {
    let offering = sink_with(Tls::OnRequest(Certificate::Good)).await;
    let plain = Sink::start().await;
    for (sink, encrypted) in [(&offering, true), (&plain, false)] {
        let options = Options {
            authority: sink.authority().map(str::to_owned),
            ..hasty()
        };
        let mailer = mailer(&format!("{}?tls=opportunistic", sink.url()), options);
        assert_eq!(mailer.send(&ada()).await, Ok(()));
        assert_eq!(sink.mails()[0].encrypted, encrypted);
    }
    assert_eq!(mailer(&offering.url(), hasty()).send(&ada()).await, Ok(()));
    assert!(!offering.mails()[1].encrypted);
}
