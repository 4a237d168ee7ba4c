use std::{collections::HashSet, time::Duration};

use db::{Conn, Timestamp, Tx};

use crate::{
    Result,
    conversations::{
        Participant, Thread, participant::participant_columns, thread::thread_columns,
    },
    ids::{ParticipantId, ThreadId},
    secrets,
};

/// The secret in a private link: 256 random bits. Only its hash is stored.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A token as it comes in an address; none if it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let ours = text.len() == 43
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        ours.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> Vec<u8> {
        secrets::hash(&self.0).to_vec()
    }
}

/// How somebody came by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandedOut {
    /// In the browser, after posting: proves nothing about the typed address.
    Shown,
    /// By mail: whoever posts with it reads that mailbox.
    Mailed,
}

db::text_enum!(HandedOut { Shown = "shown", Mailed = "mailed" });

/// Makes a new link for `participant`. Those made before keep working.
pub async fn mint(
    tx: &mut Tx,
    participant: ParticipantId,
    handed_out: HandedOut,
    now: Timestamp,
) -> Result<Token> {
    let token = Token(secrets::token());
    tx.query(
        "INSERT INTO links (token_hash, participant_id, handed_out, created_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(token.hash())
    .bind(participant)
    .bind(handed_out)
    .bind(now)
    .execute()
    .await?;
    Ok(token)
}

/// A link with whom and what it belongs to, whether it still works or not.
#[derive(sqlx::FromRow)]
pub(super) struct Found {
    pub(super) handed_out: HandedOut,
    pub(super) minted_at: Timestamp,
    pub(super) revoked_at: Option<Timestamp>,
    thread_id: ThreadId,
    participant_id: ParticipantId,
}

/// Looks `token` up: one statement, and the same for any token.
pub(super) async fn find(
    conn: &mut Conn,
    token: &Token,
) -> Result<Option<(Found, Participant, Thread)>> {
    let found: Option<Found> = conn
        .query(
            "SELECT links.handed_out, links.created_at AS minted_at, links.revoked_at,
                    participants.thread_id, links.participant_id
             FROM links JOIN participants ON participants.id = links.participant_id
             WHERE links.token_hash = $1",
        )
        .bind(token.hash())
        .fetch_optional()
        .await?;
    let (participant, thread) = match &found {
        Some(found) => (found.participant_id, found.thread_id),
        // An unknown token costs what a known one does.
        None => (
            ParticipantId(uuid::Uuid::nil()),
            ThreadId(uuid::Uuid::nil()),
        ),
    };
    let participant: Option<Participant> = conn
        .query(concat!(
            "SELECT ",
            participant_columns!(),
            " FROM participants WHERE id = $1"
        ))
        .bind(participant)
        .fetch_optional()
        .await?;
    let thread: Option<Thread> = conn
        .query(concat!(
            "SELECT ",
            thread_columns!(),
            " FROM threads WHERE id = $1"
        ))
        .bind(thread)
        .fetch_optional()
        .await?;
    Ok(found
        .zip(participant)
        .zip(thread)
        .map(|((found, participant), thread)| (found, participant, thread)))
}

/// The working links that `$asked` lists the hashes of.
macro_rules! working_links {
    ($asked:literal) => {
        concat!(
            "SELECT links.token_hash
             FROM links JOIN participants ON participants.id = links.participant_id
             JOIN threads ON threads.id = participants.thread_id
             WHERE links.token_hash IN (",
            $asked,
            ") AND links.revoked_at IS NULL AND participants.left_at IS NULL
               AND threads.trashed_at IS NULL
               AND (links.created_at > $2 OR threads.last_message_at > $2)
               AND (links.handed_out = 'mailed' OR participants.proved_at IS NULL)"
        )
    };
}
/// Of the tokens with these hashes those whose links work in any browser. Others may work, too: ask
/// about them one by one.
pub async fn working(
    conn: &mut Conn,
    hashes: &[[u8; 32]],
    lifetime: Duration,
    now: Timestamp,
) -> Result<HashSet<[u8; 32]>> {
    let found: Vec<(Vec<u8>,)> = conn
        .query_each(
            working_links!("SELECT unhex(value) FROM json_each($1)"),
            working_links!(
                "SELECT decode(value, 'hex')
                 FROM jsonb_array_elements_text(CAST($1 AS jsonb)) AS asked (value)"
            ),
        )
        .bind(secrets::hex_list(hashes))
        .bind(now - lifetime)
        .fetch_all()
        .await?;
    let found = found.into_iter();
    Ok(found.filter_map(|(hash,)| hash.try_into().ok()).collect())
}

/// When a link minted at `minted_at` stops working: computed when it is used, so that a changed
/// setting counts at once.
pub fn works_until(minted_at: Timestamp, thread: &Thread, lifetime: Duration) -> Timestamp {
    minted_at.max(thread.last_message_at) + lifetime
}

/// When the newest link into the thread stops working; none, if no link works.
pub async fn newest_works_until(
    conn: &mut Conn,
    thread: &Thread,
    lifetime: Duration,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let newest: Option<(Timestamp,)> = conn
        .query(
            "SELECT links.created_at
             FROM participants JOIN links ON links.participant_id = participants.id
             WHERE participants.thread_id = $1 AND participants.left_at IS NULL
               AND links.revoked_at IS NULL
             ORDER BY links.created_at DESC LIMIT 1",
        )
        .bind(thread.id)
        .fetch_optional()
        .await?;
    let until = newest.map(|(minted_at,)| works_until(minted_at, thread, lifetime));
    Ok(until.filter(|until| *until > now))
}

/// Whether a link of theirs was left by whoever revoked links.
pub(super) async fn has_any(conn: &mut Conn, participant: ParticipantId) -> Result<bool> {
    let any: Option<(Timestamp,)> = conn
        .query(
            "SELECT created_at FROM links
             WHERE participant_id = $1 AND revoked_at IS NULL LIMIT 1",
        )
        .bind(participant)
        .fetch_optional()
        .await?;
    Ok(any.is_some())
}

/// Ends every link into the thread, at once.
pub async fn revoke_all(tx: &mut Tx, thread: &Thread, now: Timestamp) -> Result<u64> {
    let ended = tx
        .query(
            "UPDATE links SET revoked_at = $2
             WHERE revoked_at IS NULL
               AND participant_id IN (SELECT id FROM participants WHERE thread_id = $1)",
        )
        .bind(thread.id)
        .bind(now)
        .execute()
        .await?;
    tx.announce(thread.topic()).await?;
    tx.announce(thread.guests_topic()).await?;
    Ok(ended)
}

/// Ends every link of one participant.
pub(super) async fn revoke_of(
    tx: &mut Tx,
    participant: ParticipantId,
    now: Timestamp,
) -> Result<()> {
    tx.query("UPDATE links SET revoked_at = $2 WHERE participant_id = $1 AND revoked_at IS NULL")
        .bind(participant)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// The longest lifetime that a setting may give.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// Whether no setting can bring a link back: older than the longest lifetime, in a thread as quiet
/// as that.
pub fn is_forgotten(created: Timestamp, last_message: Timestamp, now: Timestamp) -> bool {
    let longest_ago = now - LONGEST;
    created < longest_ago && last_message < longest_ago
}

/// Deletes links that are [forgotten](is_forgotten).
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let swept = tx
        .query(
            "DELETE FROM links WHERE token_hash IN (
                 SELECT links.token_hash FROM links
                 JOIN participants ON participants.id = links.participant_id
                 JOIN threads ON threads.id = participants.thread_id
                 WHERE links.created_at < $1 AND threads.last_message_at < $1
                 LIMIT 1000)",
        )
        .bind(now - LONGEST)
        .execute()
        .await?;
    Ok(swept)
}
