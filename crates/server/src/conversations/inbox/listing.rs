use db::Conn;

use super::{Cursor, List, Place, Row, Source, rows_of, some, walk::PAGE};
use crate::{
    Result,
    accounts::User,
    conversations::search::{self, Facts, Query, Scope},
};

/// How many rows are looked at together for what a query without words leaves of them.
const LOOK: i64 = 200;
/// How often: then a page is shorter than it could be, and leads on.
const MOST_LOOKS: usize = 20;

/// What is listed: a source, or what a query finds in all of them.
#[derive(Clone, Debug)]
pub enum Listing {
    List(List),
    /// Threads with the words, the newest message that has them first.
    Words(Query),
    /// A query without words: the threads of a list that it leaves.
    Sifted(List, Query),
}

/// How far down a listing somebody has got.
#[derive(Clone, Debug)]
pub enum Position {
    Start,
    List(Cursor),
    Words(search::Cursor),
}

/// Some rows of a listing, from top to bottom.
#[derive(Debug)]
pub struct Batch {
    pub rows: Vec<Row>,
    /// Where to go on, if there may be more.
    pub next: Option<Position>,
}

impl Listing {
    /// What `query` finds: in everything but the trash, whatever `list` is shown beside it.
    pub fn found(list: List, query: Query) -> Self {
        // Signs alone ask for nothing, and find nothing.
        if query.has_words() || query.is_empty() {
            return Self::Words(query);
        }
        let list = List {
            source: Source::Support,
            status: query.status(),
            active: query.active(),
            ..list
        };
        Self::Sifted(list, query)
    }

    /// As it stands in an address.
    pub fn position(&self, text: &str) -> Position {
        match self {
            Self::List(list) | Self::Sifted(list, _) => match Place::parse(text, list.sort) {
                Place::Below(cursor) => Position::List(cursor),
                Place::First | Place::Above(_) => Position::Start,
            },
            Self::Words(_) => text.parse().map_or(Position::Start, Position::Words),
        }
    }

    /// The next rows, as many as a page has or fewer. Those of a person's own view: what `viewer`
    /// may not see is not among them.
    pub async fn batch(&self, conn: &mut Conn, viewer: &User, position: Position) -> Result<Batch> {
        match self {
            Self::List(list) => {
                let rows = some(conn, viewer, list, &place(position), PAGE + 1).await?;
                Ok(Batch::of(rows, list))
            }
            Self::Words(query) => words(conn, viewer, query, position).await,
            Self::Sifted(list, query) => sifted(conn, viewer, list, query, position).await,
        }
    }
}

impl Position {
    /// As it stands in an address.
    pub fn to_text(&self) -> String {
        match self {
            Self::Start => String::new(),
            Self::List(cursor) => format!("b{cursor}"),
            Self::Words(cursor) => cursor.to_string(),
        }
    }
}

impl Batch {
    /// Of the rows that were read, one more than a page if there is more.
    fn of(mut rows: Vec<Row>, list: &List) -> Self {
        let full = usize::try_from(PAGE).expect("a page fits");
        let more = rows.len() > full;
        rows.truncate(full);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| Position::List(Cursor::of(row, list.sort)));
        Self { rows, next }
    }
}

fn place(position: Position) -> Place {
    match position {
        Position::List(cursor) => Place::Below(cursor),
        Position::Start | Position::Words(_) => Place::First,
    }
}

/// Everybody who reads the inbox reads its notes, and finds them.
async fn words(conn: &mut Conn, viewer: &User, query: &Query, position: Position) -> Result<Batch> {
    let cursor = match position {
        Position::Words(cursor) => cursor,
        Position::Start | Position::List(_) => search::Cursor::NEWEST,
    };
    let found = search::page(conn, Scope::Staff, query, cursor).await?;
    let mut rows = rows_of(conn, viewer, &found.threads).await?;
    for row in &mut rows {
        row.entry = found.entries.get(&row.id).copied();
    }
    Ok(Batch {
        rows,
        next: found.next.map(Position::Words),
    })
}

async fn sifted(
    conn: &mut Conn,
    viewer: &User,
    list: &List,
    query: &Query,
    position: Position,
) -> Result<Batch> {
    let full = usize::try_from(PAGE).expect("a page fits");
    let mut place = place(position);
    let mut rows = Vec::new();
    for _ in 0..MOST_LOOKS {
        let looked = some(conn, viewer, list, &place, LOOK).await?;
        let Some(last) = looked.last() else {
            return Ok(Batch { rows, next: None });
        };
        place = Place::Below(Cursor::of(last, list.sort));
        let asked: Vec<_> = looked.iter().map(|row| (row.id, facts(row))).collect();
        let found = search::sift(conn, Scope::Staff, query, &asked).await?;
        rows.extend(looked.into_iter().filter(|row| found.contains(&row.id)));
        if rows.len() > full {
            return Ok(Batch::of(rows, list));
        }
    }
    let next = match place {
        Place::Below(cursor) => Some(Position::List(cursor)),
        Place::First | Place::Above(_) => None,
    };
    Ok(Batch { rows, next })
}

fn facts(row: &Row) -> Facts {
    Facts {
        status: row.status,
        assignee_id: row.assignee_id,
        last_message_at: row.last_message_at,
    }
}
