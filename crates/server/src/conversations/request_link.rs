use std::collections::BTreeMap;

use db::{Timestamp, Tx};
use queue::NewJob;
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    conversations::notify::{self, Office, What},
    email_address::Address,
    ids::ParticipantId,
};

/// The kind of job behind *E-mail me a new link*.
pub const LINKS_JOB: &str = "request-link";

/// What that job holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct WantedLinks {
    pub address: String,
}

/// How many threads one mail brings links to.
const THREADS: i64 = 10;

#[derive(sqlx::FromRow)]
struct Found {
    id: ParticipantId,
    email: String,
    is_proved: bool,
}

/// Somebody asks for new links: only queues the job that looks for them, so that asking costs the
/// same for any address.
pub async fn ask_for_links(tx: &mut Tx, address: &Address, now: Timestamp) -> Result<()> {
    let job = NewJob {
        kind: LINKS_JOB,
        lane: "links",
        payload: WantedLinks {
            address: address.as_typed().to_owned(),
        },
        run_at: now,
    };
    queue::push(tx, job, now).await?;
    Ok(())
}

/// The job behind *E-mail me a new link*: queues mail with links to the newest threads of
/// `address`, if there are any. They go to the address as it was stored, not as it was typed now.
pub async fn request_link(
    tx: &mut Tx,
    office: &Office,
    address: &Address,
    now: Timestamp,
) -> Result<()> {
    if office.own.iter().any(|own| own == address.key()) {
        return Ok(());
    }
    let found: Vec<Found> = tx
        .query(
            "SELECT participants.id, participants.email,
                    participants.proved_at IS NOT NULL AS is_proved
             FROM participants JOIN threads ON threads.id = participants.thread_id
             WHERE participants.email_key = $1 AND participants.left_at IS NULL
               AND threads.trashed_at IS NULL
             ORDER BY threads.last_message_at DESC, threads.id DESC LIMIT $2",
        )
        .bind(address.key())
        .bind(THREADS)
        .fetch_all()
        .await?;
    let is_proved = found.iter().any(|found| found.is_proved);
    // Some mail hosts tell capital letters apart: each spelling gets its own links.
    let mut by_spelling: BTreeMap<String, Vec<ParticipantId>> = BTreeMap::new();
    for found in found {
        by_spelling.entry(found.email).or_default().push(found.id);
    }
    for (email, to) in by_spelling {
        if is_proved || notify::may_contact(tx, address.key(), now).await? {
            notify::push(tx, office, &email, What::NewLinks { to }, now).await?;
        }
    }
    Ok(())
}
