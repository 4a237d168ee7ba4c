//! What became of the mails about a thread's entries.
//!
//! A row is written when a mail is handed over, in the transaction that its job's lease is renewed
//! in. While the job is there, the job says how the mail stands; when it is gone, the row does.

use std::collections::BTreeSet;

use db::{Conn, Timestamp, Tx};
use queue::{Dropped, JobId, Retried};

use crate::{
    Error, Result,
    conversations::{
        Thread,
        notify::{Addressee, Letter, What},
    },
    i18n::t,
    ids::{MessageId, ParticipantId, ThreadId, UserId},
};

/// How a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It leaves soon; with a reason: it is tried again.
    Queued,
    /// It will not leave unless somebody tries again.
    Failed,
    /// It grew too old, and waits for somebody's decision.
    Stale,
    Sent,
    /// Kept by the mail catcher: it did not leave the machine.
    Caught,
    /// Somebody decided that it does not leave.
    Discarded,
}

db::text_enum!(DeliveryState {
    Queued = "queued",
    Failed = "failed",
    Stale = "stale",
    Sent = "sent",
    Caught = "caught",
    Discarded = "discarded",
});

/// One mail about one entry.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub message: MessageId,
    pub job: JobId,
    pub to: Addressee,
    pub state: DeliveryState,
    /// When it was handed over, failed, or is tried next.
    pub at: Timestamp,
    /// Why it was not taken the last time, in the words of the server.
    pub reason: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    message_id: MessageId,
    job_id: JobId,
    state: DeliveryState,
    participant_id: Option<ParticipantId>,
    user_id: Option<UserId>,
    address: Option<String>,
    payload: Option<String>,
    reason: Option<String>,
    at: Timestamp,
}

const OF_ENTRIES: &str = "SELECT deliveries.message_id, deliveries.job_id, deliveries.state,
            deliveries.participant_id, deliveries.user_id, deliveries.address,
            NULL AS payload, NULL AS reason, deliveries.at
     FROM messages JOIN deliveries ON deliveries.message_id = messages.id
     WHERE messages.thread_id = $1 AND messages.seq >= $2 AND messages.seq <= $3
       AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = deliveries.job_id)
     UNION ALL
     SELECT messages.id, jobs.id,
            CASE WHEN jobs.stale THEN 'stale' WHEN jobs.parked_at IS NOT NULL THEN 'failed'
                 ELSE 'queued' END,
            NULL, NULL, NULL, jobs.payload, jobs.last_error,
            COALESCE(jobs.parked_at, jobs.run_at)
     FROM messages JOIN jobs ON jobs.about = messages.id
     WHERE messages.thread_id = $1 AND messages.seq >= $2 AND messages.seq <= $3";

/// The mails about the entries from number `first` to `last`, in no order: for staff alone.
pub async fn deliveries(
    conn: &mut Conn,
    thread: &Thread,
    first: i64,
    last: i64,
) -> Result<Vec<Delivery>> {
    let rows: Vec<Row> = conn
        .query(OF_ENTRIES)
        .bind(thread.id)
        .bind(first)
        .bind(last)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().filter_map(Row::read).collect())
}

impl Row {
    /// None for a job that a newer version has queued.
    fn read(self) -> Option<Delivery> {
        let stored = [
            self.participant_id.map(Addressee::Participant),
            self.user_id.map(Addressee::User),
            self.address.map(Addressee::Address),
        ];
        let to = match self.payload {
            Some(payload) => {
                let letter: Letter = serde_json::from_str(&payload).ok()?;
                letter.what.addressee()?
            }
            None => stored.into_iter().flatten().next()?,
        };
        Some(Delivery {
            message: self.message_id,
            job: self.job_id,
            to,
            state: self.state,
            at: self.at,
            reason: self.reason,
        })
    }
}

/// What users are called, each once.
pub async fn names_of(
    conn: &mut Conn,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<(UserId, String)>> {
    let users: BTreeSet<UserId> = users.into_iter().collect();
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let ids = serde_json::to_string(&users).expect("ids are plain text");
    let names = conn
        .query_each(
            "SELECT id, name FROM users
             WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))",
            "SELECT id, name FROM users
             WHERE id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))",
        )
        .bind(ids)
        .fetch_all()
        .await?;
    Ok(names)
}

/// What those listen to who see how a mail stands; None for one that is about no entry.
pub async fn topic_of_mail(conn: &mut Conn, what: &What) -> Result<Option<String>> {
    let Some(message) = what.about() else {
        return Ok(None);
    };
    let thread: Option<(ThreadId,)> = conn
        .query("SELECT thread_id FROM messages WHERE id = $1")
        .bind(message)
        .fetch_optional()
        .await?;
    Ok(thread.map(|(id,)| Thread::topic_of(id)))
}

/// Writes down that a mail is handed over now; the job that does it is still there.
pub async fn hand_over(
    tx: &mut Tx,
    job: JobId,
    what: &What,
    caught: bool,
    now: Timestamp,
) -> Result<()> {
    let state = if caught {
        DeliveryState::Caught
    } else {
        DeliveryState::Sent
    };
    write(tx, job, what, state, now).await
}

/// Writes down that mails were given up by hand.
pub async fn discard(tx: &mut Tx, jobs: &[Dropped], now: Timestamp) -> Result<()> {
    // The home page shows what could not be sent.
    tx.announce("inbox".to_owned()).await?;
    for job in jobs {
        let letter: Option<Letter> = job.payload().ok();
        let Some(Letter { what, .. }) = letter else {
            continue;
        };
        write(tx, job.id, &what, DeliveryState::Discarded, now).await?;
        if let Some(topic) = topic_of_mail(tx, &what).await? {
            tx.announce(topic).await?;
        }
    }
    Ok(())
}

/// Nothing for a mail that is about no entry, or about one that has been deleted for good.
async fn write(
    tx: &mut Tx,
    job: JobId,
    what: &What,
    state: DeliveryState,
    now: Timestamp,
) -> Result<()> {
    let (Some(message), Some(to)) = (what.about(), what.addressee()) else {
        return Ok(());
    };
    let (participant, user, address) = match to {
        Addressee::Participant(id) => (Some(id), None, None),
        Addressee::User(id) => (None, Some(id), None),
        Addressee::Address(address) => (None, None, Some(address)),
    };
    tx.query(
        "INSERT INTO deliveries
             (job_id, message_id, state, participant_id, user_id, address, at)
         SELECT $1, messages.id, $3, $4, $5, $6, $7 FROM messages WHERE messages.id = $2
         ON CONFLICT (job_id) DO UPDATE SET state = excluded.state, at = excluded.at",
    )
    .bind(job)
    .bind(message)
    .bind(state)
    .bind(participant)
    .bind(user)
    .bind(address)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Tries a mail about an entry of `thread` again, at once.
pub async fn retry_mail(tx: &mut Tx, thread: &Thread, job: JobId, now: Timestamp) -> Result<()> {
    let found: Option<(i64,)> = tx
        .query(
            "SELECT messages.seq FROM jobs JOIN messages ON messages.id = jobs.about
             WHERE jobs.id = $1 AND messages.thread_id = $2",
        )
        .bind(job)
        .bind(thread.id)
        .fetch_optional()
        .await?;
    if found.is_none() {
        return Err(Error::NotFound);
    }
    match queue::retry(tx, job, now).await? {
        Retried::Due => tx.announce(thread.topic()).await.map_err(Into::into),
        Retried::LeftAlone => Err(Error::Conflict(
            t("This mail is being sent, or waits for its first try: it is left alone.").to_owned(),
        )),
        Retried::Unknown => Err(Error::NotFound),
    }
}
