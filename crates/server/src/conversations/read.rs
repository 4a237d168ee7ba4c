use db::{Timestamp, Tx};

use crate::{
    Result,
    accounts::User,
    conversations::{Participant, Thread},
};

/// Moves the read mark of `participant` to `seq`: only ever forward, and never past the end.
pub async fn mark_read(
    tx: &mut Tx,
    thread: &Thread,
    participant: &mut Participant,
    seq: i64,
    now: Timestamp,
) -> Result<()> {
    let seq = seq.min(thread.last_seq);
    let before = participant.read_seq;
    if !move_quietly(tx, participant, seq).await? {
        return Ok(());
    }
    note_receipt(tx, participant, now).await?;
    tx.announce(thread.topic()).await?;
    // A receipt of a note is none for guests: that there was one, they do not hear.
    let passed: Option<(i64,)> = tx
        .query(
            "SELECT seq FROM messages
             WHERE thread_id = $1 AND seq > $2 AND seq <= $3 AND kind = 'message' LIMIT 1",
        )
        .bind(thread.id)
        .bind(before)
        .bind(seq)
        .fetch_optional()
        .await?;
    if passed.is_some() {
        tx.announce(thread.guests_topic()).await?;
    }
    Ok(())
}

/// Notes when the mark was moved to where it is.
pub(super) async fn note_receipt(
    tx: &mut Tx,
    participant: &Participant,
    now: Timestamp,
) -> Result<()> {
    tx.query(
        "INSERT INTO reads (participant_id, seq, read_at) VALUES ($1, $2, $3)
         ON CONFLICT (participant_id, seq) DO NOTHING",
    )
    .bind(participant.id)
    .bind(participant.read_seq)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Moves the mark without a receipt, for whoever writes a note: a guest must not see that there is
/// one. True if it moved.
pub(super) async fn move_quietly(
    tx: &mut Tx,
    participant: &mut Participant,
    seq: i64,
) -> Result<bool> {
    let moved = tx
        .query("UPDATE participants SET read_seq = $2 WHERE id = $1 AND read_seq < $2")
        .bind(participant.id)
        .bind(seq)
        .execute()
        .await?;
    if moved == 1 {
        participant.read_seq = seq;
    }
    Ok(moved == 1)
}

/// Staff opened the thread: they get a read mark, and so a receipt, but no mail.
pub async fn read_as_staff(
    tx: &mut Tx,
    thread: &Thread,
    staff: &User,
    seq: i64,
    now: Timestamp,
) -> Result<()> {
    let mut participant = Participant::add_staff(tx, thread, staff, now).await?;
    mark_read(tx, thread, &mut participant, seq, now).await
}
