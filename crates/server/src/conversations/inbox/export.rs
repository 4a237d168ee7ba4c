use db::{Conn, Timestamp};

use crate::{
    Result,
    conversations::{Kind, Status},
    ids::ThreadId,
};

/// A thread as it leaves in a file: nothing of its notes.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Exported {
    pub id: ThreadId,
    pub kind: Kind,
    pub status: Status,
    pub subject: String,
    pub starter_name: String,
    pub starter_email: Option<String>,
    pub assignee_name: Option<String>,
    pub message_count: i64,
    /// The beginning of the last message.
    pub preview: String,
    pub last_message_at: Timestamp,
    pub waits_since: Option<Timestamp>,
    pub created_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub trashed_at: Option<Timestamp>,
}

macro_rules! exported {
    ($ids:literal) => {
        concat!(
            "SELECT threads.id, threads.kind, threads.status, threads.subject,
                    threads.starter_name, threads.starter_email, assignee.name AS assignee_name,
                    threads.message_count, threads.preview, threads.last_message_at,
                    threads.waits_since, threads.created_at, threads.closed_at, threads.trashed_at
             FROM threads LEFT JOIN users AS assignee ON assignee.id = threads.assignee_id
             WHERE threads.id IN ",
            $ids
        )
    };
}

/// The threads of some rows that somebody may see, in the same order.
pub async fn exported(conn: &mut Conn, rows: &[ThreadId]) -> Result<Vec<Exported>> {
    let ids = serde_json::to_string(rows).expect("ids are plain text");
    let mut found: Vec<Exported> = conn
        .query_each(
            exported!("(SELECT unhex(value, '-') FROM json_each($1))"),
            exported!(
                "(SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))"
            ),
        )
        .bind(ids)
        .fetch_all()
        .await?;
    found.sort_by_key(|thread| rows.iter().position(|id| *id == thread.id));
    Ok(found)
}
