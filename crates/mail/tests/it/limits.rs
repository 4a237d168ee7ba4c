use std::time::{Duration, Instant};

use mail::{Limits, Options, SendError};
use smtp_sink::Mode;

use crate::people::{ada, hasty, mailer, outcome_of};

#[tokio::test]
async fn every_phase_has_its_time_limit() {
    for mode in [
        Mode::BannerHang,
        Mode::BannerSlow(Duration::from_mins(10)),
        Mode::EhloDrop,
        Mode::Hang,
    ] {
        let started = Instant::now();
        let (outcome, _sink) = outcome_of(mode).await;
        assert!(
            matches!(outcome, Err(SendError::Temporary(_))),
            "{mode}: {outcome:?}"
        );
        assert!(started.elapsed() < Duration::from_secs(2), "{mode}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_leaves_the_mail_uncertain() {
    let (outcome, sink) = outcome_of(Mode::AcceptSlow(Duration::from_mins(1))).await;
    assert!(
        matches!(outcome, Err(SendError::Uncertain(_))),
        "{outcome:?}"
    );
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_within_the_limit_is_an_answer() {
    let (outcome, _sink) = outcome_of(Mode::AcceptSlow(Duration::from_millis(30))).await;
    assert_eq!(outcome, Ok(()));
}

#[tokio::test]
async fn the_whole_mail_has_a_limit_too() {
    let (_, sink) = outcome_of(Mode::Hang).await;
    let limits = Limits {
        whole: Duration::from_millis(50),
        ..Limits::default()
    };
    let options = Options { limits, ..hasty() };
    let started = Instant::now();
    let outcome = mailer(&sink.url(), options).send(&ada()).await;
    assert!(
        matches!(outcome, Err(SendError::Temporary(_))),
        "{outcome:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(Limits::default().whole <= Duration::from_secs(45));
}
