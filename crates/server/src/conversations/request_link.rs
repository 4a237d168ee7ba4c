use db::{Timestamp, Tx};

use crate::{
    Result,
    conversations::notify::{self, Office, What},
    email_address::Address,
    ids::ParticipantId,
};

/// How many threads one mail brings links to.
const THREADS: i64 = 10;

#[derive(sqlx::FromRow)]
struct Found {
    id: ParticipantId,
    email: String,
    is_proved: bool,
}

/// The job behind *E-mail me a new link*: queues a mail with links to the newest threads of
/// `address`, if there are any. It goes to the address as it was stored, not as it was typed now.
/// The request itself only queues this job, so that it costs the same for any address.
pub async fn request_link(
    tx: &mut Tx,
    office: &Office,
    address: &Address,
    now: Timestamp,
) -> Result<()> {
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
    let Some(newest) = found.first() else {
        return Ok(());
    };
    let is_proved = found.iter().any(|found| found.is_proved);
    if !is_proved && !notify::may_contact(tx, address.key(), now).await? {
        return Ok(());
    }
    let email = newest.email.clone();
    let to = found.into_iter().map(|found| found.id).collect();
    notify::push(tx, office, &email, What::NewLinks { to }, now).await
}
