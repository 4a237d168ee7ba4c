use db::Conn;

use super::{
    Band, Cursor, List, Place, Row, Sort, Whose,
    place::{Key, Way},
    statements,
};
use crate::{Result, accounts::User, ids::ThreadId};

/// How many rows a page has.
pub const PAGE: i64 = 50;

/// A page of rows, from top to bottom.
#[derive(Clone, Debug)]
pub struct Page {
    pub rows: Vec<Row>,
    /// Where the next page down begins, if there is one.
    pub below: Option<Cursor>,
    pub above: Option<Cursor>,
}

/// A page of a list, as `viewer` sees it, of those bands that are known to hold something.
pub async fn page(
    conn: &mut Conn,
    viewer: &User,
    list: &List,
    bands: &[Band],
    place: &Place,
) -> Result<Page> {
    let rows = walk(conn, viewer, list, bands, place, PAGE + 1).await?;
    Ok(Page::of(rows, list, place))
}

/// The `most` rows of a list that are nearest to a place; above it, from there upwards.
pub async fn some(
    conn: &mut Conn,
    viewer: &User,
    list: &List,
    place: &Place,
    most: i64,
) -> Result<Vec<Row>> {
    walk(conn, viewer, list, &list.bands(), place, most).await
}

/// From one band into the next, until there are enough rows.
async fn walk(
    conn: &mut Conn,
    viewer: &User,
    list: &List,
    bands: &[Band],
    place: &Place,
    most: i64,
) -> Result<Vec<Row>> {
    let mut bands = bands.to_vec();
    let way = match place {
        Place::First | Place::Below(_) => Way::Down,
        Place::Above(_) => Way::Up,
    };
    if way == Way::Up {
        bands.reverse();
    }
    let (start, mut first) = match place {
        Place::First => (0, None),
        Place::Below(cursor) | Place::Above(cursor) => start(&bands, list, way, cursor),
    };
    let mut rows = Vec::new();
    for band in bands.into_iter().skip(start) {
        let cursor = first.take().unwrap_or_else(|| edge(band, list, way));
        let left = most - i64::try_from(rows.len()).expect("a page fits");
        let found = some_of(conn, viewer, list, &cursor, way, left).await?;
        rows.extend(found.into_iter().filter(|row| list.holds(row)));
        if i64::try_from(rows.len()).expect("a page fits") >= most {
            break;
        }
    }
    Ok(rows)
}

/// Where a band begins; by activity, with what was active in the list's time.
fn edge(band: Band, list: &List, way: Way) -> Cursor {
    let edge = Cursor::edge(band, list.sort, way);
    match list.active {
        Some(span) if list.sort.within(band) == Sort::Activity && way == Way::Down => {
            let (key, id) = (Key::At(span.to), ThreadId(uuid::Uuid::nil()));
            Cursor { key, id, ..edge }
        }
        _ => edge,
    }
}

/// Which of the bands a walk from `cursor` begins with, and where in it. A row that has left the
/// list keeps its place among those of the first band, as far as they stand by the same key.
fn start(bands: &[Band], list: &List, way: Way, cursor: &Cursor) -> (usize, Option<Cursor>) {
    if let Some(at) = bands.iter().position(|band| *band == cursor.band) {
        return (at, Some(cursor.clone()));
    }
    let at = match way {
        Way::Down => 0,
        Way::Up => bands.len().saturating_sub(1),
    };
    let moved = bands.get(at).map(|band| Cursor {
        band: *band,
        ..cursor.clone()
    });
    let same_key =
        moved.filter(|moved| list.sort.within(moved.band) == list.sort.within(cursor.band));
    match (same_key, way) {
        (Some(cursor), _) => (at, Some(cursor)),
        (None, Way::Down) => (at, None),
        (None, Way::Up) => (bands.len(), None),
    }
}

async fn some_of(
    conn: &mut Conn,
    viewer: &User,
    list: &List,
    cursor: &Cursor,
    way: Way,
    most: i64,
) -> Result<Vec<Row>> {
    let band = cursor.band;
    let (whose, sort) = (list.whose_for(viewer), list.sort.within(band));
    let query = conn.query(statements::of(band, whose, sort).of(way));
    let query = query.bind(viewer.id);
    let query = match &cursor.key {
        Key::At(at) => query.bind(*at),
        Key::Text(text) => query.bind(text.as_str()),
    };
    let query = query.bind(cursor.id).bind(most);
    let is_by_wait = sort == Sort::Wait;
    let query = match band.status() {
        // Who waits has one status, and the statement names it.
        Some(status) if !is_by_wait => query.bind(status),
        _ => query,
    };
    let query = match whose {
        Whose::One(assignee) if !band.is_direct() && band != Band::Trash => query.bind(assignee),
        _ => query,
    };
    let mut rows: Vec<Row> = query.fetch_all().await?;
    for row in &mut rows {
        row.band = band;
    }
    Ok(rows)
}

impl Page {
    /// `rows` as they were read, one more than a page if there is another page that way.
    fn of(mut rows: Vec<Row>, list: &List, place: &Place) -> Self {
        let full = usize::try_from(PAGE).expect("a page fits");
        let more = rows.len() > full;
        rows.truncate(full);
        if let Place::Above(_) = place {
            rows.reverse();
        }
        let cursor = |row: &Row| Cursor::of(row, list.sort);
        let first = rows.first().map(cursor);
        let last = rows.last().map(cursor);
        let (below, above) = match place {
            Place::First => (last.filter(|_| more), None),
            Place::Below(_) => (last.filter(|_| more), first),
            Place::Above(_) => (last, first.filter(|_| more)),
        };
        Self { rows, below, above }
    }
}
