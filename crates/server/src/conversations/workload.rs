use db::Conn;

use crate::{Result, ids::UserId};

/// How much somebody of the team has, each counted up to 1,000; nobody's, where `id` is none.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Workload {
    pub id: Option<UserId>,
    pub name: String,
    /// Threads that were answered, and are not closed.
    pub open: i64,
    /// Those that need a reply.
    pub pending: i64,
}

macro_rules! count {
    ($status:literal, $whose:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM (
                 SELECT 1 FROM threads
                 WHERE threads.kind = 'support' AND threads.trashed_at IS NULL AND ",
            $status,
            " AND threads.assignee_id ",
            $whose,
            " ORDER BY threads.last_message_at DESC, threads.id DESC LIMIT 1000) AS counted)"
        )
    };
}

const OF_STAFF: &str = concat!(
    "SELECT users.id, users.name, ",
    count!("threads.status = 'open'", "= users.id"),
    " AS open, ",
    count!("threads.status = 'pending'", "= users.id"),
    " AS pending
     FROM users WHERE users.disabled_at IS NULL AND (users.admin = $1 OR EXISTS (
         SELECT 1 FROM user_permissions
         WHERE user_id = users.id AND permission = 'pigeon:manageThreads'))
     LIMIT 50"
);

const OF_NOBODY: &str = concat!(
    "SELECT ",
    count!("threads.status = 'open'", "IS NULL"),
    " AS open, ",
    count!("threads.status = 'pending'", "IS NULL"),
    " AS pending"
);

/// Who has what: everybody who answers, by name, and then nobody.
pub async fn workload(conn: &mut Conn) -> Result<Vec<Workload>> {
    let mut all: Vec<Workload> = conn.query(OF_STAFF).bind(true).fetch_all().await?;
    all.sort_by_key(|one| (one.name.to_lowercase(), one.id));
    let nobodys: Vec<(i64, i64)> = conn.query(OF_NOBODY).fetch_all().await?;
    all.extend(nobodys.into_iter().map(|(open, pending)| Workload {
        id: None,
        name: String::new(),
        open,
        pending,
    }));
    Ok(all)
}
