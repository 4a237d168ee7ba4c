//! The inbox: a page of threads in one of its sources, and how many there are in each.
//!
//! Every page and count reads only what it shows: each source has an index that holds its filter
//! and its order.

mod count;

use db::{Conn, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    accounts::User,
    conversations::Status,
    ids::{ThreadId, UserId},
};

pub use count::{COUNTED, Counts, count_needing_reply, counts};

/// How many rows a page has.
pub const PAGE: i64 = 50;

/// A named filter at the inbox's left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    All,
    Pending,
    Open,
    Closed,
    Mine,
    Unassigned,
}

/// A row of the inbox.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    pub id: ThreadId,
    pub status: Status,
    pub subject: String,
    pub starter_name: String,
    pub message_count: i64,
    pub preview: String,
    pub preview_by: String,
    pub preview_by_staff: bool,
    pub last_message_at: Timestamp,
    pub waiting_since: Option<Timestamp>,
    pub assignee_id: Option<UserId>,
    pub assignee_name: Option<String>,
    /// Of the last message or note.
    pub last_team_seq: i64,
    /// The read mark of whoever looks, if they have one.
    pub read_seq: Option<i64>,
}

/// Where a page begins or ends: the activity and id of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: Timestamp,
    pub id: ThreadId,
}

/// Which page of a source.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    First,
    /// What is older than the cursor.
    Before(Cursor),
    /// What is newer.
    After(Cursor),
}

/// A page of rows, newest activity first.
#[derive(Clone, Debug)]
pub struct Page {
    pub rows: Vec<Row>,
    /// Where the next older page begins, if there is one.
    pub older: Option<Cursor>,
    pub newer: Option<Cursor>,
}

impl Source {
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Pending,
        Self::Open,
        Self::Closed,
        Self::Mine,
        Self::Unassigned,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

macro_rules! rows {
    ($filter:literal, $order:literal) => {
        concat!(
            "SELECT threads.id, threads.status, threads.subject, threads.starter_name,
                    threads.message_count, threads.preview, threads.preview_by,
                    threads.preview_by_staff, threads.last_message_at, threads.waiting_since,
                    threads.assignee_id, assignee.name AS assignee_name, threads.last_team_seq,
                    me.read_seq
             FROM threads
             LEFT JOIN users AS assignee ON assignee.id = threads.assignee_id
             LEFT JOIN participants AS me
                    ON me.thread_id = threads.id AND me.user_id = $1
             WHERE threads.kind = 'support' AND threads.trashed_at IS NULL AND ",
            $filter,
            $order
        )
    };
}

/// The statements of one filter: older than a cursor, and newer than it.
struct Statements {
    older: &'static str,
    newer: &'static str,
}

macro_rules! statements {
    ($filter:literal) => {
        Statements {
            older: rows!(
                $filter,
                " AND (threads.last_message_at, threads.id) < ($2, $3)
                  ORDER BY threads.last_message_at DESC, threads.id DESC LIMIT $4"
            ),
            newer: rows!(
                $filter,
                " AND (threads.last_message_at, threads.id) > ($2, $3)
                  ORDER BY threads.last_message_at, threads.id LIMIT $4"
            ),
        }
    };
}

const ALL: Statements = statements!("1 = 1");
const PENDING: Statements = statements!("threads.status = 'pending'");
const OPEN: Statements = statements!("threads.status = 'open'");
const CLOSED: Statements = statements!("threads.status = 'closed'");
const MINE: Statements = statements!("threads.status <> 'closed' AND threads.assignee_id = $1");
const UNASSIGNED: Statements =
    statements!("threads.status <> 'closed' AND threads.assignee_id IS NULL");

impl Source {
    fn statements(self) -> &'static Statements {
        match self {
            Self::All => &ALL,
            Self::Pending => &PENDING,
            Self::Open => &OPEN,
            Self::Closed => &CLOSED,
            Self::Mine => &MINE,
            Self::Unassigned => &UNASSIGNED,
        }
    }
}

/// A page of `source`, as `viewer` sees it.
pub async fn page(conn: &mut Conn, viewer: &User, source: Source, place: Place) -> Result<Page> {
    let rows = some(conn, viewer, source, place, PAGE + 1).await?;
    Ok(Page::of(rows, place))
}

/// The `most` rows of `source` that are nearest to a place; above it, from there upwards.
pub async fn some(
    conn: &mut Conn,
    viewer: &User,
    source: Source,
    place: Place,
    most: i64,
) -> Result<Vec<Row>> {
    let statements = source.statements();
    let (sql, cursor) = match place {
        Place::First => (statements.older, Cursor::END),
        Place::Before(cursor) => (statements.older, cursor),
        Place::After(cursor) => (statements.newer, cursor),
    };
    let query = conn.query(sql).bind(viewer.id);
    let query = query.bind(cursor.at).bind(cursor.id).bind(most);
    Ok(query.fetch_all().await?)
}

const NEEDING_ME: &str = rows!(
    "threads.status = 'pending' AND threads.assignee_id = $1",
    " ORDER BY threads.last_message_at DESC, threads.id DESC LIMIT $2"
);
const NEEDING_SOMEBODY: &str = rows!(
    "threads.status = 'pending' AND threads.assignee_id IS NULL",
    " ORDER BY threads.last_message_at DESC, threads.id DESC LIMIT $2"
);

/// The newest threads that [`count_needing_reply`] counts.
pub async fn newest_needing_reply(conn: &mut Conn, viewer: &User, limit: i64) -> Result<Vec<Row>> {
    if viewer.admin {
        return some(conn, viewer, Source::Pending, Place::First, limit).await;
    }
    let mut rows: Vec<Row> = conn
        .query(NEEDING_ME)
        .bind(viewer.id)
        .bind(limit)
        .fetch_all()
        .await?;
    let nobodys: Vec<Row> = conn
        .query(NEEDING_SOMEBODY)
        .bind(viewer.id)
        .bind(limit)
        .fetch_all()
        .await?;
    rows.extend(nobodys);
    rows.sort_by_key(|row| std::cmp::Reverse((row.last_message_at, row.id)));
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(rows)
}

/// The rows of `threads`, in that order; those that `viewer` may not see are left out.
pub async fn rows_of(conn: &mut Conn, viewer: &User, threads: &[ThreadId]) -> Result<Vec<Row>> {
    let ids = serde_json::to_string(threads).expect("ids are plain text");
    let mut rows: Vec<Row> = conn
        .query_each(
            rows!(
                "threads.id IN (SELECT unhex(value, '-') FROM json_each($2))",
                ""
            ),
            rows!(
                "threads.id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))",
                ""
            ),
        )
        .bind(viewer.id)
        .bind(ids)
        .fetch_all()
        .await?;
    rows.sort_by_key(|row| threads.iter().position(|id| *id == row.id));
    Ok(rows)
}

/// Every statement above, for the test of their plans.
pub fn statements() -> Vec<&'static str> {
    let each = Source::ALL.map(Source::statements);
    each.iter()
        .flat_map(|statements| [statements.older, statements.newer])
        .chain(count::STATEMENTS)
        .chain([NEEDING_ME, NEEDING_SOMEBODY])
        .collect()
}

impl Cursor {
    /// Newer than any row.
    const END: Self = Self {
        at: Timestamp::from_micros(i64::MAX),
        id: ThreadId(uuid::Uuid::max()),
    };

    /// As it stands in an address.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        Some(Self {
            at: Timestamp::from_micros(at.parse().ok()?),
            id: id.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.as_micros(), self.id)
    }
}

impl Row {
    pub fn waits_since(&self) -> Option<Timestamp> {
        self.status
            .waits_since(self.waiting_since, self.last_message_at)
    }

    pub fn cursor(&self) -> Cursor {
        Cursor {
            at: self.last_message_at,
            id: self.id,
        }
    }

    /// Whether `viewer` has something to read. Threads older than their account count as read,
    /// and so does everything for those who leave no read marks.
    pub fn is_unread_by(&self, viewer: &User) -> bool {
        viewer.is_staff()
            && self.last_message_at > viewer.created_at
            && self.last_team_seq > self.read_seq.unwrap_or(0)
    }
}

impl Page {
    /// `rows` as they were read, one more than a page if there is another page that way.
    pub(super) fn of(mut rows: Vec<Row>, place: Place) -> Self {
        let full = usize::try_from(PAGE).expect("a page fits");
        let more = rows.len() > full;
        rows.truncate(full);
        if let Place::After(_) = place {
            rows.reverse();
        }
        let first = rows.first().map(Row::cursor);
        let last = rows.last().map(Row::cursor);
        let (older, newer) = match place {
            Place::First => (last.filter(|_| more), None),
            Place::Before(_) => (last.filter(|_| more), first),
            Place::After(_) => (last, first.filter(|_| more)),
        };
        Self { rows, older, newer }
    }
}
