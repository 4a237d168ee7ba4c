use mail::{Options, SendError};
use smtp_sink::{Mode, Sink};

use crate::people::{ada, hasty, mail_to, mailer, mailer_for, outcome_of};

#[tokio::test]
async fn a_mail_arrives_with_its_envelope() {
    let (outcome, sink) = outcome_of(Mode::Ok).await;
    assert_eq!(outcome, Ok(()));
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "hello@fernhill.example");
    assert_eq!(mails[0].to, ["ada@example.com"]);
    assert_eq!(mails[0].raw, ada().to_bytes());
}

#[tokio::test]
async fn a_server_that_is_down_is_tried_again_later() {
    let (outcome, sink) = outcome_of(Mode::Down).await;
    let Err(SendError::Temporary(words)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(words.contains(&format!("{} does not answer", sink.address())));
    assert!(words.contains("check name and port"));

    sink.set_mode(Mode::Ok).await;
    assert_eq!(mailer_for(&sink).send(&ada()).await, Ok(()));
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_tried_again_later() {
    let outcome = mailer("smtp://nowhere.invalid?tls=none", hasty());
    let outcome = outcome.send(&ada()).await;
    assert!(
        matches!(outcome, Err(SendError::Temporary(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn the_server_s_not_now_is_temporary_and_its_no_is_permanent() {
    for (mode, words) in [
        (Mode::Mail451, "451 4.3.0 try later to the sender"),
        (Mode::Rcpt451, "451 4.7.1 greylisted to the recipient"),
        (Mode::Data451, "451 4.3.2 disk full to the mail"),
    ] {
        let (outcome, sink) = outcome_of(mode).await;
        let words = format!("{} answered {words}", sink.address());
        assert_eq!(outcome, Err(SendError::Temporary(words)), "{mode}");
        assert!(sink.mails().is_empty());
    }
    for (mode, words) in [
        (Mode::Rcpt550, "550 5.1.1 no such user to the recipient"),
        (Mode::Data554, "554 5.6.0 rejected by content to the mail"),
    ] {
        let (outcome, sink) = outcome_of(mode).await;
        let words = format!("{} answered {words}", sink.address());
        assert_eq!(outcome, Err(SendError::Permanent(words)), "{mode}");
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn a_refused_sender_says_nothing_against_the_mail() {
    let (outcome, _sink) = outcome_of(Mode::Mail550).await;
    assert!(matches!(outcome, Err(SendError::Channel(_))), "{outcome:?}");
}

#[tokio::test]
async fn one_refused_recipient_costs_nobody_else_a_mail() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::RcptMixed).await;
    let mailer = mailer_for(&sink);
    let mut sent = Vec::new();
    for person in [
        "a@example.com",
        "b@example.com",
        "c@example.com",
        "d@example.com",
    ] {
        if mailer.send(&mail_to(person)).await.is_ok() {
            sent.push(person);
        }
    }
    assert_eq!(sent, ["b@example.com", "d@example.com"]);
    let arrived: Vec<String> = sink.mails().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(arrived, sent);
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn a_mail_that_was_handed_over_without_an_answer_is_uncertain_and_stays_the_same_mail() {
    let (outcome, sink) = outcome_of(Mode::AcceptDrop).await;
    assert!(
        matches!(outcome, Err(SendError::Uncertain(_))),
        "{outcome:?}"
    );

    sink.set_mode(Mode::Ok).await;
    assert_eq!(mailer_for(&sink).send(&ada()).await, Ok(()));
    let counts: Vec<_> = sink.count_by_message_id().into_iter().collect();
    assert_eq!(counts, [("<0193.abc@fernhill.example>".to_owned(), 2)]);
    assert_eq!(sink.mails()[0].raw, sink.mails()[1].raw);
}

#[tokio::test]
async fn a_reset_in_the_middle_of_a_mail_is_temporary() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::DataReset).await;
    let mut email = ada();
    email.text = "More than any buffer on the way holds.\n".repeat(500_000);
    let outcome = mailer_for(&sink).send(&email).await;
    assert!(
        matches!(outcome, Err(SendError::Temporary(_))),
        "{outcome:?}"
    );

    // A small one is in the kernel's hands, end and all, before the reset comes: nobody can know.
    let outcome = mailer_for(&sink).send(&ada()).await;
    let known = matches!(
        outcome,
        Err(SendError::Temporary(_) | SendError::Uncertain(_))
    );
    assert!(known, "{outcome:?}");
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn a_refused_password_stops_the_channel_and_not_the_mail() {
    let sink = Sink::start().await;
    let url = sink.url().replace("://", "://pigeon:s3cret@");
    let mailer = mailer(&url, Options::default());
    sink.set_mode(Mode::Auth535).await;
    let outcome = mailer.send(&ada()).await;
    let Err(SendError::Channel(words)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(words.contains("answered 535 5.7.8 bad credentials to signing in"));
    assert!(!words.contains("s3cret") && !format!("{mailer:?}").contains("s3cret"));

    sink.set_mode(Mode::Ok).await;
    assert_eq!(mailer.send(&ada()).await, Ok(()));
    // base64 of NUL pigeon NUL s3cret
    let user = sink.mails()[0].user.clone();
    assert_eq!(user.as_deref(), Some("AHBpZ2VvbgBzM2NyZXQ="));
}

#[tokio::test]
async fn letters_before_the_at_need_a_server_that_takes_them() {
    let sink = Sink::start().await;
    let mailer = mailer_for(&sink);
    let email = mail_to("jörg@bücher.example");
    assert_eq!(mailer.send(&email).await, Ok(()));
    assert_eq!(sink.mails()[0].to, ["jörg@xn--bcher-kva.example"]);

    sink.drop_connections();
    sink.set_mode(Mode::NoUtf8).await;
    let outcome = mailer.send(&email).await;
    let Err(SendError::Permanent(words)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(words.contains("SMTPUTF8"));
    // Letters in the domain need nothing of the server.
    let email = mail_to("jorg@bücher.example");
    assert_eq!(mailer.send(&email).await, Ok(()));
}

#[tokio::test]
async fn a_mail_that_is_too_big_is_refused_for_good() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::SizeSmall).await;
    let mut email = ada();
    email.text = "A long story.\n".repeat(1000);
    let outcome = mailer_for(&sink).send(&email).await;
    let Err(SendError::Permanent(words)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(words.contains("552 5.3.4 message too big"));
}

#[test]
fn an_error_as_text_repeats_nothing_that_the_server_said() {
    let words = "mail.example answered 550 <ada@example.com> unknown".to_owned();
    assert!(!SendError::Permanent(words).to_string().contains("ada"));
    assert!(!format!("{:?}", ada()).contains("ada@"));
}
