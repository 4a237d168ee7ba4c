use db::{Conn, Timestamp};
use uuid::Uuid;

use crate::{
    Result,
    app::Traffic,
    ids::{MessageId, ThreadId},
};

/// So many messages are looked at, the newest ones, whatever came in a week.
const QUARTERS: &str = "SELECT recent.created_at / 900000000 AS quarter,
            SUM(CASE WHEN recent.by_staff THEN 0 ELSE 1 END) AS came,
            SUM(CASE WHEN recent.by_staff THEN 1 ELSE 0 END) AS answered
     FROM (SELECT thread_id, created_at, by_staff FROM messages
           WHERE id >= $1 AND kind = 'message' ORDER BY id DESC LIMIT 20000) AS recent
     JOIN threads ON threads.id = recent.thread_id
     WHERE threads.kind = 'support' AND threads.trashed_at IS NULL
     GROUP BY recent.created_at / 900000000";

/// The newest conversations that a customer began, each with its first answer.
const FIRST_ANSWERS: &str = "SELECT threads.created_at,
            (SELECT messages.created_at FROM messages
             WHERE messages.thread_id = threads.id AND messages.kind = 'message'
               AND messages.by_staff = $2
             ORDER BY messages.seq LIMIT 1) AS answered_at
     FROM threads
     WHERE threads.id >= $1 AND threads.kind = 'support' AND threads.trashed_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM messages
                       WHERE messages.thread_id = threads.id AND messages.seq = 1
                         AND messages.by_staff = $2)
     ORDER BY threads.id DESC LIMIT 1000";

/// What was written in support threads since a moment. Ids sort by time, so it reads no more than
/// that, and never more than the newest 20,000 messages and 1,000 conversations.
pub async fn traffic(conn: &mut Conn, since: Timestamp) -> Result<Traffic> {
    let first = first_id_of(since);
    let quarters: Vec<(i64, i64, i64)> = conn
        .query(QUARTERS)
        .bind(MessageId(first))
        .fetch_all()
        .await?;
    let begun: Vec<(Timestamp, Option<Timestamp>)> = conn
        .query(FIRST_ANSWERS)
        .bind(ThreadId(first))
        .bind(true)
        .fetch_all()
        .await?;
    let waits = begun.into_iter().filter_map(|(began, answered)| {
        let waited = answered?.since(began).as_micros();
        i64::try_from(waited).ok()
    });
    Ok(Traffic {
        quarters,
        median_wait: median(waits.collect()),
    })
}

/// The smallest id that can have been made at that moment.
fn first_id_of(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.as_micros() / 1000).unwrap_or_default();
    Uuid::from_u128(u128::from(millis) << 80)
}

/// Of an even number the lower one.
fn median(mut waits: Vec<i64>) -> Option<i64> {
    waits.sort_unstable();
    let middle = waits.len().checked_sub(1)? / 2;
    waits.get(middle).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_a_moment_are_not_before_its_first() {
        let at = Timestamp::from_micros(1_795_176_300_000_000);
        for _ in 0..100 {
            assert!(at.new_uuid() >= first_id_of(at));
        }
        let before = Timestamp::from_micros(at.as_micros() - 2000);
        assert!(before.new_uuid() < first_id_of(at));
    }

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![7]), Some(7));
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![4, 1, 9, 3]), Some(3));
    }
}
