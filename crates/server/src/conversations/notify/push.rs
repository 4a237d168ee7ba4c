use db::{Timestamp, Tx};
use queue::NewJob;

use super::{JOB, Letter, Office, What};
use crate::Result;

/// Queues one mail to `email`. Public for the mails that are not about a thread.
pub async fn push(
    tx: &mut Tx,
    office: &Office,
    email: &str,
    what: What,
    now: Timestamp,
) -> Result<()> {
    all(tx, office, vec![(email.to_owned(), what)], now).await
}

/// Queues a mail to each of these addresses: one statement, however many they are.
pub(super) async fn all(
    tx: &mut Tx,
    office: &Office,
    mails: Vec<(String, What)>,
    now: Timestamp,
) -> Result<()> {
    let lanes: Vec<String> = mails.iter().map(|(email, _)| lane(email)).collect();
    let jobs = mails.into_iter().zip(&lanes).map(|((_, what), lane)| {
        let about = what.about().map(|entry| entry.0);
        let letter = Letter {
            message_id: office.new_message_id(),
            what,
        };
        let job = NewJob {
            kind: JOB,
            lane,
            payload: letter,
            run_at: now,
        };
        (job, about)
    });
    queue::push_all_about(tx, jobs, now).await?;
    Ok(())
}

/// What else goes to that address's mail server.
fn lane(email: &str) -> String {
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    domain.to_ascii_lowercase()
}
