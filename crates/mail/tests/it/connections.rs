use std::time::Duration;

use mail::{Options, SendError};
use smtp_sink::{Mode, Sink};

use crate::people::{ada, mail_to, mailer, mailer_for};

#[tokio::test]
async fn mails_one_after_the_other_share_a_connection() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    for _ in 0..10 {
        mailer.send(&ada()).await.unwrap();
    }
    assert_eq!((sink.mails().len(), sink.connections()), (10, 1));
}

#[tokio::test]
async fn a_refused_mail_leaves_the_connection_to_the_next() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    for mode in [Mode::Mail451, Mode::Rcpt550, Mode::Data554] {
        sink.set_mode(mode).await;
        mailer.send(&mail_to("bob@example.com")).await.unwrap_err();
        sink.set_mode(Mode::Ok).await;
        mailer.send(&ada()).await.unwrap();
    }
    assert_eq!(sink.connections(), 1);
    assert!(
        sink.mails()
            .iter()
            .all(|mail| mail.to == ["ada@example.com"])
    );
    assert_eq!(sink.mails().len(), 3);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced_and_no_mail_is_lost_or_doubled() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    mailer.send(&ada()).await.unwrap();
    sink.drop_connections();
    mailer.send(&ada()).await.unwrap();
    sink.set_mode(Mode::CloseAfter).await;
    mailer.send(&ada()).await.unwrap();
    mailer.send(&ada()).await.unwrap();
    assert_eq!(sink.mails().len(), 4);
}

#[tokio::test]
async fn a_server_that_went_down_between_two_mails_is_temporary() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    mailer.send(&ada()).await.unwrap();
    sink.set_mode(Mode::Down).await;
    let outcome = mailer.send(&ada()).await;
    assert!(
        matches!(outcome, Err(SendError::Temporary(_))),
        "{outcome:?}"
    );
    sink.set_mode(Mode::Ok).await;
    mailer.send(&ada()).await.unwrap();
    assert_eq!(sink.mails().len(), 2);
}

#[tokio::test]
async fn an_old_connection_is_not_used_again() {
    let sink = Sink::start().await;
    let options = Options {
        keep_idle: Duration::ZERO,
        ..Options::default()
    };
    let mailer = mailer(&sink.url(), options);
    mailer.send(&ada()).await.unwrap();
    mailer.send(&ada()).await.unwrap();
    assert_eq!((sink.mails().len(), sink.connections()), (2, 2));
}

#[tokio::test]
async fn a_connection_ends_after_its_share_of_mails() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    for _ in 0..51 {
        mailer.send(&ada()).await.unwrap();
    }
    assert_eq!((sink.mails().len(), sink.connections()), (51, 2));
}

#[tokio::test]
async fn many_mails_at_once_all_arrive() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    let sending: Vec<_> = (0..32)
        .map(|number| {
            let mailer = mailer.clone();
            let email = mail_to(&format!("p{number}@example.com"));
            tokio::spawn(async move { mailer.send(&email).await })
        })
        .collect();
    for sent in sending {
        assert_eq!(sent.await.unwrap(), Ok(()));
    }
    assert_eq!(sink.mails().len(), 32);
    assert!(sink.mails().iter().all(|mail| mail.to.len() == 1));
}
