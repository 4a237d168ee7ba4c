//! How many threads there are in each source of the inbox, counted up to 1,000.
//!
//! The counts are in the order of their index only so that a planner takes no other. What is known
//! to be enough from smaller counts is not counted again: however many threads there are, all
//! counts together read a few thousand entries of their indexes.

use db::Conn;

use super::{Band, List, Source, Whose};
use crate::{Result, accounts::User, conversations::Status};

/// Counts are exact up to here.
pub const COUNTED: i64 = 999;
const CAP: i64 = COUNTED + 1;

/// How many support threads outside the trash pass a filter.
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

/// How many of one's own direct threads there are with a status.
macro_rules! count_direct {
    ($status:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM (
                 SELECT 1 FROM participants AS me JOIN threads ON threads.id = me.thread_id
                 WHERE me.user_id = $1 AND me.left_at IS NULL
                   AND me.role IN ('owner', 'participant')
                   AND threads.kind = 'direct' AND threads.trashed_at IS NULL
                   AND threads.status = '",
            $status,
            "' LIMIT 1000) AS counted)"
        )
    };
}

/// How many threads each source holds for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    pub pending: i64,
    pub open: i64,
    pub closed: i64,
    pub my_pending: i64,
    /// Not counted where `my_pending` is more than is told anyhow; likewise nobody's.
    pub my_open: i64,
    pub nobodys_pending: i64,
    pub nobodys_open: i64,
    pub direct: i64,
    pub closed_direct: i64,
    pub trash: i64,
}

const COUNTS: &str = concat!(
    "WITH needing AS MATERIALIZED (SELECT ",
    count!("threads.status = 'pending' AND threads.assignee_id = $1"),
    " AS mine, ",
    count!("threads.status = 'pending' AND threads.assignee_id IS NULL"),
    " AS nobodys), waiting AS MATERIALIZED (SELECT
     CASE WHEN needing.mine < 1000 THEN ",
    count!("threads.status = 'open' AND threads.assignee_id = $1"),
    " ELSE 0 END AS mine,
     CASE WHEN needing.nobodys < 1000 THEN ",
    count!("threads.status = 'open' AND threads.assignee_id IS NULL"),
    " ELSE 0 END AS nobodys FROM needing)
     SELECT needing.mine AS my_pending, needing.nobodys AS nobodys_pending,
            waiting.mine AS my_open, waiting.nobodys AS nobodys_open,
            CASE WHEN needing.mine + needing.nobodys < 1000 THEN ",
    count!("threads.status = 'pending'"),
    " ELSE 1000 END AS pending,
            CASE WHEN waiting.mine + waiting.nobodys < 1000 THEN ",
    count!("threads.status = 'open'"),
    " ELSE 1000 END AS open, ",
    count!("threads.status = 'closed'"),
    " AS closed, ",
    count_direct!("open"),
    " AS direct, ",
    count_direct!("closed"),
    " AS closed_direct,
     (SELECT COUNT(*) FROM (
          SELECT 1 FROM threads
          WHERE threads.kind = 'support' AND threads.trashed_at > 0
          ORDER BY threads.trashed_at DESC, threads.id DESC LIMIT 1000) AS counted) AS trash
     FROM needing CROSS JOIN waiting"
);

/// All counts of the inbox's left side, in one statement.
pub async fn counts(conn: &mut Conn, viewer: &User) -> Result<Counts> {
    Ok(conn.query(COUNTS).bind(viewer.id).fetch_one().await?)
}

impl Counts {
    pub fn of(&self, source: Source) -> i64 {
        let support = self.pending + self.open + self.closed;
        let direct = self.direct + self.closed_direct;
        let count = match source {
            Source::All => support + direct,
            Source::Pending => self.pending,
            Source::Open => self.open + self.direct,
            Source::Closed => self.closed + self.closed_direct,
            Source::Support => support,
            Source::Direct => direct,
            Source::Mine => self.my_pending + self.my_open,
            Source::Unassigned => self.nobodys_pending + self.nobodys_open,
            Source::Trash => self.trash,
        };
        count.min(CAP)
    }

    /// What the badge and the dashboard's widget count: pending threads; for staff who are not
    /// admins, those that nobody or they are assigned to.
    pub fn needing_reply(&self, viewer: &User) -> i64 {
        if viewer.admin {
            self.pending
        } else {
            (self.my_pending + self.nobodys_pending).min(CAP)
        }
    }

    fn in_band(&self, band: Band) -> i64 {
        match band {
            Band::NeedsReply => self.pending,
            Band::WaitingForThem => self.open,
            Band::Closed => self.closed,
            Band::Direct => self.direct,
            Band::ClosedDirect => self.closed_direct,
            Band::Trash => self.trash,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Whoses {
    pending: i64,
    open: i64,
    closed: i64,
}

const ONES: &str = concat!(
    "SELECT ",
    count!("threads.status = 'pending' AND threads.assignee_id = $1"),
    " AS pending, ",
    count!("threads.status = 'open' AND threads.assignee_id = $1"),
    " AS open, ",
    count!("threads.status = 'closed' AND threads.assignee_id = $1"),
    " AS closed"
);
const NOBODYS: &str = concat!(
    "SELECT ",
    count!("threads.status = 'pending' AND threads.assignee_id IS NULL"),
    " AS pending, ",
    count!("threads.status = 'open' AND threads.assignee_id IS NULL"),
    " AS open, ",
    count!("threads.status = 'closed' AND threads.assignee_id IS NULL"),
    " AS closed"
);

/// How many threads each band of a list holds, where `counts` are those of its source's side.
pub async fn count_in_bands(
    conn: &mut Conn,
    viewer: &User,
    list: &List,
    counts: &Counts,
) -> Result<Vec<(Band, i64)>> {
    let known = match list.source {
        Source::Mine => Some((counts.my_pending, counts.my_open)),
        Source::Unassigned => Some((counts.nobodys_pending, counts.nobodys_open)),
        _ => None,
    };
    let whose = match (list.whose_for(viewer), known) {
        (Whose::Anyones, _) => None,
        (whose, Some((pending, mut open))) => {
            if pending == CAP {
                open = count_some(conn, whose, Status::Open, CAP).await?;
            }
            Some(Whoses {
                pending,
                open,
                closed: 0,
            })
        }
        (Whose::Nobodys, None) => Some(conn.query(NOBODYS).fetch_one().await?),
        (Whose::One(user), None) => Some(conn.query(ONES).bind(user).fetch_one().await?),
    };
    let count = |band| match (&whose, band) {
        (Some(whose), Band::NeedsReply) => whose.pending,
        (Some(whose), Band::WaitingForThem) => whose.open,
        (Some(whose), Band::Closed) => whose.closed,
        _ => counts.in_band(band),
    };
    let bands = list.bands().into_iter();
    Ok(bands.map(|band| (band, count(band))).collect())
}

/// The same as the inbox counts, but as far as somebody wants to know.
macro_rules! exactly {
    ($filter:literal) => {
        concat!(
            "SELECT COUNT(*) FROM (
                 SELECT 1 FROM threads
                 WHERE threads.kind = 'support' AND threads.trashed_at IS NULL AND ",
            $filter,
            " ORDER BY threads.last_message_at DESC, threads.id DESC LIMIT $1) AS counted"
        )
    };
}
const ANYONES: &str = exactly!("threads.status = $2");
const SOMEBODYS: &str = exactly!("threads.status = $2 AND threads.assignee_id = $3");
const NO_ONES: &str = exactly!("threads.status = $2 AND threads.assignee_id IS NULL");
const TRASHED: &str = "SELECT COUNT(*) FROM (
    SELECT 1 FROM threads
    WHERE threads.kind = 'support' AND threads.trashed_at > 0
    ORDER BY threads.trashed_at DESC, threads.id DESC LIMIT $1) AS counted";

/// How many support threads a list holds; of more than `most` it is not told how many.
pub async fn count_up_to(
    conn: &mut Conn,
    viewer: &User,
    list: &List,
    most: i64,
) -> Result<Option<i64>> {
    let mut total: i64 = 0;
    for band in list.bands() {
        let left = most - total + 1;
        let count: i64 = match band.status() {
            _ if band.is_direct() => continue,
            None => conn.query(TRASHED).bind(left).fetch_scalar().await?,
            Some(status) => count_some(conn, list.whose_for(viewer), status, left).await?,
        };
        total += count;
        if total > most {
            return Ok(None);
        }
    }
    Ok(Some(total))
}

/// How many support threads with a status are `whose`, counted up to `most`.
async fn count_some(conn: &mut Conn, whose: Whose, status: Status, most: i64) -> Result<i64> {
    let query = match whose {
        Whose::Anyones => conn.query(ANYONES).bind(most).bind(status),
        Whose::Nobodys => conn.query(NO_ONES).bind(most).bind(status),
        Whose::One(user) => conn.query(SOMEBODYS).bind(most).bind(status).bind(user),
    };
    Ok(query.fetch_scalar().await?)
}

const PENDING_OF_ALL: &str = concat!("SELECT ", count!("threads.status = 'pending'"));
const PENDING_OF_ME: &str = concat!(
    "SELECT ",
    count!("threads.status = 'pending' AND threads.assignee_id = $1"),
    " + ",
    count!("threads.status = 'pending' AND threads.assignee_id IS NULL")
);

/// The same as [`Counts::needing_reply`], where the other counts are not wanted.
pub async fn count_needing_reply(conn: &mut Conn, viewer: &User) -> Result<i64> {
    let count: i64 = if viewer.admin {
        conn.query(PENDING_OF_ALL).fetch_scalar().await?
    } else {
        let query = conn.query(PENDING_OF_ME).bind(viewer.id);
        query.fetch_scalar().await?
    };
    Ok(count.min(CAP))
}
