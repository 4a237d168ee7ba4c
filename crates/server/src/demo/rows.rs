//! Rows by the thousand. They go to the database as JSON, so that one statement inserts any number
//! of them.

use db::{Timestamp, Tx};
use serde::Serialize;

use crate::{Error, Result, conversations::search};

/// Rows that are inserted together.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) threads: Vec<Thread>,
    pub(super) participants: Vec<Participant>,
    pub(super) links: Vec<Link>,
    pub(super) reads: Vec<Read>,
    pub(super) messages: Vec<Message>,
    pub(super) index: Vec<search::Row>,
}

#[derive(Serialize)]
pub(super) struct Thread {
    pub(super) id: String,
    pub(super) status: &'static str,
    pub(super) subject: String,
    pub(super) subject_key: String,
    pub(super) starter_name: String,
    pub(super) starter_email: String,
    pub(super) assignee_id: Option<String>,
    pub(super) last_seq: i64,
    pub(super) last_team_seq: i64,
    pub(super) last_visible_seq: i64,
    pub(super) message_count: i64,
    pub(super) preview: String,
    pub(super) preview_by: String,
    pub(super) preview_by_staff: bool,
    pub(super) last_message_at: Timestamp,
    pub(super) waiting_since: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) closed_at: Option<Timestamp>,
}

#[derive(Serialize)]
pub(super) struct Participant {
    pub(super) id: String,
    pub(super) thread_id: String,
    pub(super) user_id: Option<String>,
    pub(super) email: Option<String>,
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) mail_subject: String,
    pub(super) read_seq: i64,
    pub(super) proved_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
}

#[derive(Serialize)]
pub(super) struct Link {
    pub(super) token_hash: String,
    pub(super) participant_id: String,
    pub(super) handed_out: &'static str,
    pub(super) created_at: Timestamp,
}

#[derive(Serialize)]
pub(super) struct Read {
    pub(super) participant_id: String,
    pub(super) seq: i64,
    pub(super) at: Timestamp,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) thread_id: String,
    pub(super) seq: i64,
    pub(super) kind: &'static str,
    pub(super) visibility: &'static str,
    pub(super) author_id: Option<String>,
    pub(super) author_name: String,
    pub(super) by_staff: bool,
    pub(super) origin: &'static str,
    pub(super) proved: bool,
    pub(super) body: String,
    pub(super) created_at: Timestamp,
}

/// A batch as the database gets it.
pub(super) struct Packed {
    tables: [(Insert, String); 5],
    index: String,
}

/// One statement for each database.
type Insert = (&'static str, &'static str);

impl Batch {
    pub(super) fn pack(self) -> Result<Packed> {
        Ok(Packed {
            tables: [
                (THREADS, json(&self.threads)?),
                (PARTICIPANTS, json(&self.participants)?),
                (LINKS, json(&self.links)?),
                (READS, json(&self.reads)?),
                (MESSAGES, json(&self.messages)?),
            ],
            index: json(&self.index)?,
        })
    }
}

impl Packed {
    pub(super) async fn insert(self, tx: &mut Tx) -> Result<()> {
        for ((sqlite, postgres), rows) in self.tables {
            tx.query_each(sqlite, postgres).bind(rows).execute().await?;
        }
        search::insert_rows(tx, &self.index).await
    }
}

fn json<T: Serialize>(rows: &[T]) -> Result<String> {
    serde_json::to_string(rows).map_err(Error::internal("cannot write rows as JSON"))
}

const THREADS: Insert = (
    "INSERT INTO threads (id, kind, status, subject, subject_key, starter_name, starter_email,
         assignee_id, last_seq, last_team_seq, last_visible_seq, message_count, preview, preview_by,
         preview_by_staff, last_message_at, waiting_since, created_at, closed_at)
     SELECT unhex(value ->> 'id'), 'support', value ->> 'status', value ->> 'subject',
         value ->> 'subject_key', value ->> 'starter_name', value ->> 'starter_email', unhex(value ->> 'assignee_id'),
         value ->> 'last_seq', value ->> 'last_team_seq', value ->> 'last_visible_seq',
         value ->> 'message_count', value ->> 'preview', value ->> 'preview_by',
         value ->> 'preview_by_staff', value ->> 'last_message_at', value ->> 'waiting_since',
         value ->> 'created_at', value ->> 'closed_at'
     FROM json_each($1)",
    "INSERT INTO threads (id, kind, status, subject, subject_key, starter_name, starter_email,
         assignee_id, last_seq, last_team_seq, last_visible_seq, message_count, preview, preview_by,
         preview_by_staff, last_message_at, waiting_since, created_at, closed_at)
     SELECT id, 'support', status, subject, subject_key, starter_name, starter_email, assignee_id,
         last_seq, last_team_seq, last_visible_seq, message_count, preview, preview_by,
         preview_by_staff, last_message_at, waiting_since, created_at, closed_at
     FROM json_to_recordset($1::json) AS r (id uuid, status text, subject text,
         subject_key text, starter_name text,
         starter_email text, assignee_id uuid, last_seq bigint, last_team_seq bigint,
         last_visible_seq bigint, message_count bigint, preview text, preview_by text,
         preview_by_staff boolean, last_message_at bigint, waiting_since bigint,
         created_at bigint, closed_at bigint)",
);

const PARTICIPANTS: Insert = (
    "INSERT INTO participants (id, thread_id, user_id, email, email_key, name, role, mail_subject,
         read_seq, notify, proved_at, created_at)
     SELECT unhex(value ->> 'id'), unhex(value ->> 'thread_id'), unhex(value ->> 'user_id'),
         value ->> 'email', value ->> 'email', value ->> 'name', value ->> 'role',
         value ->> 'mail_subject', value ->> 'read_seq', 'on', value ->> 'proved_at',
         value ->> 'created_at'
     FROM json_each($1)",
    "INSERT INTO participants (id, thread_id, user_id, email, email_key, name, role, mail_subject,
         read_seq, notify, proved_at, created_at)
     SELECT id, thread_id, user_id, email, email, name, role, mail_subject, read_seq, 'on',
         proved_at, created_at
     FROM json_to_recordset($1::json) AS r (id uuid, thread_id uuid, user_id uuid, email text,
         name text, role text, mail_subject text, read_seq bigint, proved_at bigint,
         created_at bigint)",
);

const LINKS: Insert = (
    "INSERT INTO links (token_hash, participant_id, handed_out, created_at)
     SELECT unhex(value ->> 'token_hash'), unhex(value ->> 'participant_id'),
         value ->> 'handed_out', value ->> 'created_at'
     FROM json_each($1)",
    "INSERT INTO links (token_hash, participant_id, handed_out, created_at)
     SELECT decode(token_hash, 'hex'), participant_id, handed_out, created_at
     FROM json_to_recordset($1::json) AS r (token_hash text, participant_id uuid, handed_out text,
         created_at bigint)",
);

const READS: Insert = (
    "INSERT INTO reads (participant_id, seq, read_at)
     SELECT unhex(value ->> 'participant_id'), value ->> 'seq', value ->> 'at'
     FROM json_each($1)",
    "INSERT INTO reads (participant_id, seq, read_at)
     SELECT participant_id, seq, at
     FROM json_to_recordset($1::json) AS r (participant_id uuid, seq bigint, at bigint)",
);

const MESSAGES: Insert = (
    "INSERT INTO messages (id, thread_id, seq, kind, visibility, author_id, author_name, by_staff,
         origin, proved, body, created_at)
     SELECT unhex(value ->> 'id'), unhex(value ->> 'thread_id'), value ->> 'seq', value ->> 'kind',
         value ->> 'visibility', unhex(value ->> 'author_id'), value ->> 'author_name',
         value ->> 'by_staff', value ->> 'origin', value ->> 'proved', value ->> 'body',
         value ->> 'created_at'
     FROM json_each($1)",
    "INSERT INTO messages (id, thread_id, seq, kind, visibility, author_id, author_name, by_staff,
         origin, proved, body, created_at)
     SELECT id, thread_id, seq, kind, visibility, author_id, author_name, by_staff, origin, proved,
         body, created_at
     FROM json_to_recordset($1::json) AS r (id uuid, thread_id uuid, seq bigint, kind text,
         visibility text, author_id uuid, author_name text, by_staff boolean, origin text,
         proved boolean, body text, created_at bigint)",
);
