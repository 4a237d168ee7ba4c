//! One static text for each list, order and way: the planner finds the index of each.
//!
//! `$1` is who looks, `$2` and `$3` the cursor, `$4` how many, then the status where there is one,
//! then the assignee.

use super::{Band, Sort, Whose, place::Way};

/// The statements of one list in one order.
pub(super) struct Statements {
    pub(super) down: &'static str,
    pub(super) up: &'static str,
}

impl Statements {
    pub(super) fn of(&self, way: Way) -> &'static str {
        match way {
            Way::Down => self.down,
            Way::Up => self.up,
        }
    }
}

macro_rules! columns {
    ($at:literal, $text:literal) => {
        concat!(
            "SELECT threads.id, threads.status, threads.subject, threads.starter_name,
                    threads.message_count, threads.preview, threads.preview_by,
                    threads.preview_by_staff, threads.last_message_at, threads.waiting_since,
                    threads.assignee_id, assignee.name AS assignee_name, threads.last_team_seq,
                    threads.trashed_at, me.read_seq, ",
            $at,
            " AS sort_at, ",
            $text,
            " AS sort_text "
        )
    };
}

macro_rules! support {
    ($at:literal, $text:literal, $filter:literal, $rest:expr) => {
        concat!(
            columns!($at, $text),
            "FROM threads
             LEFT JOIN users AS assignee ON assignee.id = threads.assignee_id
             LEFT JOIN participants AS me
                    ON me.thread_id = threads.id AND me.user_id = $1
             WHERE threads.kind = 'support' AND ",
            $filter,
            $rest
        )
    };
}

/// Somebody's own: the read mark is theirs anyhow.
macro_rules! direct {
    ($at:literal, $text:literal, $rest:expr) => {
        concat!(
            columns!($at, $text),
            "FROM participants AS me
             JOIN threads ON threads.id = me.thread_id
             LEFT JOIN users AS assignee ON assignee.id = threads.assignee_id
             WHERE me.user_id = $1 AND me.left_at IS NULL AND me.role IN ('owner', 'participant')
               AND threads.kind = 'direct' AND threads.trashed_at IS NULL
               AND threads.status = $5",
            $rest
        )
    };
}

macro_rules! falling {
    ($select:ident!($($column:literal),+; $key:literal $(, $filter:literal)?)) => {
        Statements {
            down: $select!($($column),+ $(, $filter)?, concat!(
                " AND (", $key, ", threads.id) < ($2, $3)
                  ORDER BY ", $key, " DESC, threads.id DESC LIMIT $4")),
            up: $select!($($column),+ $(, $filter)?, concat!(
                " AND (", $key, ", threads.id) > ($2, $3)
                  ORDER BY ", $key, ", threads.id LIMIT $4")),
        }
    };
}

macro_rules! rising {
    ($select:ident!($($column:literal),+; $key:literal $(, $filter:literal)?)) => {
        Statements {
            down: $select!($($column),+ $(, $filter)?, concat!(
                " AND (", $key, ", threads.id) > ($2, $3)
                  ORDER BY ", $key, ", threads.id LIMIT $4")),
            up: $select!($($column),+ $(, $filter)?, concat!(
                " AND (", $key, ", threads.id) < ($2, $3)
                  ORDER BY ", $key, " DESC, threads.id DESC LIMIT $4")),
        }
    };
}

/// Every order of one list.
pub(super) struct Orders {
    activity: Statements,
    wait: Statements,
    created: Statements,
    subject: Statements,
}

macro_rules! orders {
    ($filter:literal, $waiting:literal) => {
        Orders {
            activity: falling!(support!("threads.last_message_at", "''"; "threads.last_message_at", $filter)),
            wait: rising!(support!("threads.waits_since", "''"; "threads.waits_since", $waiting)),
            created: falling!(support!("threads.created_at", "''"; "threads.created_at", $filter)),
            subject: rising!(support!("threads.created_at", "threads.subject_key"; "threads.subject_key", $filter)),
        }
    };
}

static ANYONES: Orders = orders!(
    "threads.trashed_at IS NULL AND threads.status = $5",
    "threads.trashed_at IS NULL AND threads.status = 'pending'"
);
static NOBODYS: Orders = orders!(
    "threads.trashed_at IS NULL AND threads.assignee_id IS NULL AND threads.status = $5",
    "threads.trashed_at IS NULL AND threads.assignee_id IS NULL AND threads.status = 'pending'"
);
static ONES: Orders = orders!(
    "threads.trashed_at IS NULL AND threads.status = $5 AND threads.assignee_id = $6",
    "threads.trashed_at IS NULL AND threads.status = 'pending' AND threads.assignee_id = $5"
);
static TRASH: Orders = Orders {
    activity: falling!(
        support!("threads.trashed_at", "''"; "threads.trashed_at", "threads.trashed_at > 0")
    ),
    wait: falling!(
        support!("threads.trashed_at", "''"; "threads.trashed_at", "threads.trashed_at > 0")
    ),
    created: falling!(
        support!("threads.created_at", "''"; "threads.created_at", "threads.trashed_at > 0")
    ),
    subject: rising!(
        support!("threads.created_at", "threads.subject_key"; "threads.subject_key", "threads.trashed_at > 0")
    ),
};
static DIRECT: Orders = Orders {
    activity: falling!(direct!("threads.last_message_at", "''"; "threads.last_message_at")),
    wait: falling!(direct!("threads.last_message_at", "''"; "threads.last_message_at")),
    created: falling!(direct!("threads.created_at", "''"; "threads.created_at")),
    subject: rising!(direct!("threads.created_at", "threads.subject_key"; "threads.subject_key")),
};

impl Orders {
    fn by(&self, sort: Sort) -> &Statements {
        match sort {
            Sort::Activity => &self.activity,
            Sort::Wait => &self.wait,
            Sort::Created => &self.created,
            Sort::Subject => &self.subject,
        }
    }
}

/// Of a band's threads that are `whose`, in an order that the band has.
pub(super) fn of(band: Band, whose: Whose, sort: Sort) -> &'static Statements {
    let orders = match (band, whose) {
        (Band::Trash, _) => &TRASH,
        (Band::Direct | Band::ClosedDirect, _) => &DIRECT,
        (_, Whose::Anyones) => &ANYONES,
        (_, Whose::Nobodys) => &NOBODYS,
        (_, Whose::One(_)) => &ONES,
    };
    orders.by(sort)
}

macro_rules! needing {
    ($filter:literal) => {
        support!(
            "threads.last_message_at",
            "''",
            $filter,
            " ORDER BY threads.last_message_at DESC, threads.id DESC LIMIT $2"
        )
    };
}

/// The newest that need a reply from `$1`, and from nobody yet.
pub(super) const NEEDING_ME: &str = needing!(
    "threads.trashed_at IS NULL AND threads.status = 'pending' AND threads.assignee_id = $1"
);
pub(super) const NEEDING_SOMEBODY: &str = needing!(
    "threads.trashed_at IS NULL AND threads.status = 'pending' AND threads.assignee_id IS NULL"
);

/// A statement that the two databases spell differently.
pub(super) struct Each {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

/// The threads of a JSON list of ids.
pub(super) const BY_IDS: Each = Each {
    sqlite: support!(
        "threads.last_message_at",
        "''",
        "threads.trashed_at IS NULL",
        " AND threads.id IN (SELECT unhex(value, '-') FROM json_each($2))"
    ),
    postgres: support!(
        "threads.last_message_at",
        "''",
        "threads.trashed_at IS NULL",
        " AND threads.id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))"
    ),
};
