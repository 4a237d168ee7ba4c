//! How many threads there are in each source of the inbox.
//!
//! The counts are in the order of their index only so that a planner takes no other.

use db::Conn;

use crate::{Result, accounts::User, conversations::inbox::Source};

/// Counts are exact up to here.
pub const COUNTED: i64 = 999;

/// How many threads pass a filter, counted up to 1,000.
macro_rules! count {
    ($filter:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM (
                 SELECT 1 FROM threads
                 WHERE threads.kind = 'support' AND threads.trashed_at IS NULL AND ",
            $filter,
            " ORDER BY threads.last_message_at DESC, threads.id DESC LIMIT 1000) AS counted)"
        )
    };
}

/// How many threads each source holds for somebody, each counted up to 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    pub all: i64,
    pub pending: i64,
    pub open: i64,
    pub closed: i64,
    pub mine: i64,
    pub unassigned: i64,
}

const COUNTS: &str = concat!(
    "SELECT ",
    count!("1 = 1"),
    " AS \"all\", ",
    count!("threads.status = 'pending'"),
    " AS pending, ",
    count!("threads.status = 'open'"),
    " AS open, ",
    count!("threads.status = 'closed'"),
    " AS closed, ",
    count!("threads.status <> 'closed' AND threads.assignee_id = $1"),
    " AS mine, ",
    count!("threads.status <> 'closed' AND threads.assignee_id IS NULL"),
    " AS unassigned"
);

/// All counts of the inbox's left side, in one statement.
pub async fn counts(conn: &mut Conn, viewer: &User) -> Result<Counts> {
    Ok(conn.query(COUNTS).bind(viewer.id).fetch_one().await?)
}

impl Counts {
    pub fn of(&self, source: Source) -> i64 {
        match source {
            Source::All => self.all,
            Source::Pending => self.pending,
            Source::Open => self.open,
            Source::Closed => self.closed,
            Source::Mine => self.mine,
            Source::Unassigned => self.unassigned,
        }
    }
}

const PENDING_OF_ALL: &str = concat!("SELECT ", count!("threads.status = 'pending'"));
const PENDING_OF_ME: &str = concat!(
    "SELECT ",
    count!("threads.status = 'pending' AND threads.assignee_id = $1"),
    " + ",
    count!("threads.status = 'pending' AND threads.assignee_id IS NULL")
);

/// What the badge and the dashboard's widget count: pending threads; for staff who are not
/// admins, those that nobody or they are assigned to.
pub async fn count_needing_reply(conn: &mut Conn, viewer: &User) -> Result<i64> {
    let count: i64 = if viewer.admin {
        conn.query(PENDING_OF_ALL).fetch_scalar().await?
    } else {
        let query = conn.query(PENDING_OF_ME).bind(viewer.id);
        query.fetch_scalar().await?
    };
    Ok(count.min(COUNTED + 1))
}

/// Every statement above, for the test of their plans.
pub(super) const STATEMENTS: [&str; 3] = [COUNTS, PENDING_OF_ALL, PENDING_OF_ME];
