use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use rusqlite::{
    Statement,
    types::{Type as Stored, Value as Owned, ValueRef as Found},
};
use sqlx::{ColumnIndex, Error, Row, Value, ValueRef};

use super::{
    DirectError,
    driver::{Direct, DirectType},
};
use crate::Result;

/// A row, copied out of SQLite.
pub struct DirectRow {
    columns: Arc<[Column]>,
    cells: Box<[Cell]>,
    /// The texts and blobs of all cells.
    bytes: Box<[u8]>,
    /// Where the next column is looked for first: they are mostly asked for in their order.
    next: AtomicUsize,
}

enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(Place),
    Blob(Place),
}

/// Where a text or blob stands; SQLite has none of 4 GiB.
struct Place {
    start: u32,
    end: u32,
}

#[derive(Debug)]
pub struct Column {
    ordinal: usize,
    name: Box<str>,
}

/// A value in a row, or, once it is owned, out of it.
#[derive(Clone, Copy)]
pub struct DirectValueRef<'r>(pub(super) Found<'r>);

pub struct DirectValue(Owned);

impl Column {
    pub(super) fn of(statement: &Statement<'_>) -> Arc<[Self]> {
        let names = statement.column_names().into_iter().enumerate();
        names
            .map(|(ordinal, name)| Self {
                ordinal,
                name: name.into(),
            })
            .collect()
    }
}

impl DirectRow {
    pub(super) fn of(columns: &Arc<[Column]>, row: &rusqlite::Row<'_>) -> Result<Self> {
        let mut cells = Vec::with_capacity(columns.len());
        let mut bytes = Vec::new();
        let mut keep = |found: &[u8]| {
            let start = bytes.len();
            bytes.extend_from_slice(found);
            let place =
                |at| u32::try_from(at).map_err(|_| Error::Protocol("a row of 4 GiB".into()));
            Ok::<_, Error>(Place {
                start: place(start)?,
                end: place(bytes.len())?,
            })
        };
        for index in 0..columns.len() {
            cells.push(match row.get_ref(index).map_err(DirectError::from)? {
                Found::Null => Cell::Null,
                Found::Integer(number) => Cell::Integer(number),
                Found::Real(number) => Cell::Real(number),
                Found::Text(text) => Cell::Text(keep(text)?),
                Found::Blob(found) => Cell::Blob(keep(found)?),
            });
        }
        Ok(Self {
            columns: Arc::clone(columns),
            cells: cells.into(),
            bytes: bytes.into(),
            next: AtomicUsize::new(0),
        })
    }

    /// In bytes.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len() + self.cells.len() * size_of::<Cell>()
    }
}

impl Row for DirectRow {
    type Database = Direct;

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn try_get_raw<I: ColumnIndex<Self>>(&self, index: I) -> Result<DirectValueRef<'_>> {
        let index = index.index(self)?;
        let bytes = |place: &Place| &self.bytes[place.start as usize..place.end as usize];
        let len = self.cells.len();
        let cell = self.cells.get(index);
        Ok(DirectValueRef(
            match cell.ok_or(Error::ColumnIndexOutOfBounds { index, len })? {
                Cell::Null => Found::Null,
                Cell::Integer(number) => Found::Integer(*number),
                Cell::Real(number) => Found::Real(*number),
                Cell::Text(place) => Found::Text(bytes(place)),
                Cell::Blob(place) => Found::Blob(bytes(place)),
            },
        ))
    }
}

impl ColumnIndex<DirectRow> for usize {
    fn index(&self, _: &DirectRow) -> Result<usize> {
        Ok(*self)
    }
}

impl ColumnIndex<DirectRow> for str {
    fn index(&self, row: &DirectRow) -> Result<usize> {
        let columns = &row.columns;
        let is_it = |index: &usize| &*columns[*index].name == self;
        let next = row.next.load(Relaxed).min(columns.len());
        let found = (next..columns.len()).chain(0..next).find(is_it);
        let index = found.ok_or_else(|| Error::ColumnNotFound(self.to_owned()))?;
        row.next.store(index + 1, Relaxed);
        Ok(index)
    }
}

impl sqlx::Column for Column {
    type Database = Direct;

    fn ordinal(&self) -> usize {
        self.ordinal
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// In SQLite values have types, columns have none.
    fn type_info(&self) -> &DirectType {
        &DirectType(Stored::Null)
    }
}

impl<'r> ValueRef<'r> for DirectValueRef<'r> {
    type Database = Direct;

    fn to_owned(&self) -> DirectValue {
        DirectValue(match self.0 {
            Found::Null => Owned::Null,
            Found::Integer(number) => Owned::Integer(number),
            Found::Real(number) => Owned::Real(number),
            Found::Text(text) => Owned::Text(String::from_utf8_lossy(text).into_owned()),
            Found::Blob(bytes) => Owned::Blob(bytes.to_vec()),
        })
    }

    fn type_info(&self) -> Cow<'_, DirectType> {
        Cow::Owned(DirectType(self.0.data_type()))
    }

    fn is_null(&self) -> bool {
        self.0 == Found::Null
    }
}

impl Value for DirectValue {
    type Database = Direct;

    fn as_ref(&self) -> DirectValueRef<'_> {
        DirectValueRef((&self.0).into())
    }

    fn type_info(&self) -> Cow<'_, DirectType> {
        Cow::Owned(DirectType(self.0.data_type()))
    }

    fn is_null(&self) -> bool {
        self.0 == Owned::Null
    }
}
