//! What sqlx asks of a database, so that its `FromRow`, `Decode` and `Encode` work on ours.
//!
//! It asks for connections and transactions, too. Nobody gets those by way of sqlx here, so they
//! are [`Never`].

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use log::LevelFilter;
use rusqlite::types::{Type as Stored, Value as Owned};
use sqlx_core::{
    Either,
    arguments::{Arguments, IntoArguments},
    connection::{ConnectOptions, Connection},
    database::Database,
    encode::Encode,
    error::{BoxDynError, Error},
    from_row::FromRow,
    query::Query,
    query_as::QueryAs,
    query_scalar::QueryScalar,
    sql_str::SqlStr,
    statement::Statement,
    transaction::{Transaction, TransactionManager},
    type_info::TypeInfo,
    types::Type,
};
use url::Url;

use super::row::{Column, DirectRow, DirectValue, DirectValueRef};
use crate::Result;

/// SQLite on the thread that asks.
#[derive(Debug)]
pub struct Direct;

impl Database for Direct {
    type Connection = Never;
    type TransactionManager = Never;
    type Row = DirectRow;
    type QueryResult = ();
    type Column = Column;
    type TypeInfo = DirectType;
    type Value = DirectValue;
    type ValueRef<'r> = DirectValueRef<'r>;
    type Arguments = DirectArguments;
    type ArgumentBuffer = Vec<Owned>;
    type Statement = Never;

    const NAME: &'static str = "SQLite";
    const URL_SCHEMES: &'static [&'static str] = &[];
}

/// How a value is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectType(pub(super) Stored);

impl TypeInfo for DirectType {
    fn is_null(&self) -> bool {
        self.0 == Stored::Null
    }

    fn name(&self) -> &str {
        match self.0 {
            Stored::Null => "NULL",
            Stored::Integer => "INTEGER",
            Stored::Real => "REAL",
            Stored::Text => "TEXT",
            Stored::Blob => "BLOB",
        }
    }
}

impl Display for DirectType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The values that a statement is run with.
#[derive(Default)]
pub struct DirectArguments(Vec<Owned>);

impl DirectArguments {
    /// None was given: NULL, as sqlx does it.
    pub(super) fn get(&self, index: usize) -> &Owned {
        self.0.get(index).unwrap_or(&Owned::Null)
    }

    pub(crate) fn values(&self) -> &[Owned] {
        &self.0
    }
}

impl Arguments for DirectArguments {
    type Database = Direct;

    fn reserve(&mut self, additional: usize, _: usize) {
        self.0.reserve(additional);
    }

    fn add<'t, T: Encode<'t, Direct> + Type<Direct>>(
        &mut self,
        value: T,
    ) -> std::result::Result<(), BoxDynError> {
        if value.encode(&mut self.0)?.is_null() {
            self.0.push(Owned::Null);
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

/// What there is none of.
#[derive(Clone, Copy, Debug)]
pub enum Never {}

impl Connection for Never {
    type Database = Direct;
    type Options = Self;

    async fn close(self) -> Result<()> {
        match self {}
    }

    async fn close_hard(self) -> Result<()> {
        match self {}
    }

    async fn ping(&mut self) -> Result<()> {
        match *self {}
    }

    async fn begin(&mut self) -> Result<Transaction<'_, Direct>> {
        match *self {}
    }

    fn shrink_buffers(&mut self) {
        match *self {}
    }

    async fn flush(&mut self) -> Result<()> {
        match *self {}
    }

    fn should_flush(&self) -> bool {
        match *self {}
    }
}

impl FromStr for Never {
    type Err = Error;

    fn from_str(_: &str) -> Result<Self> {
        Err(none())
    }
}

impl ConnectOptions for Never {
    type Connection = Self;

    fn from_url(_: &Url) -> Result<Self> {
        Err(none())
    }

    async fn connect(&self) -> Result<Self> {
        match *self {}
    }

    fn log_statements(self, _: LevelFilter) -> Self {
        match self {}
    }

    fn log_slow_statements(self, _: LevelFilter, _: std::time::Duration) -> Self {
        match self {}
    }
}

fn none() -> Error {
    Error::Configuration("a database is opened by Db::open".into())
}

impl TransactionManager for Never {
    type Database = Direct;

    async fn begin(conn: &mut Self, _: Option<SqlStr>) -> Result<()> {
        match *conn {}
    }

    async fn commit(conn: &mut Self) -> Result<()> {
        match *conn {}
    }

    async fn rollback(conn: &mut Self) -> Result<()> {
        match *conn {}
    }

    fn start_rollback(conn: &mut Self) {
        match *conn {}
    }

    fn get_transaction_depth(conn: &Self) -> usize {
        match *conn {}
    }
}

impl Statement for Never {
    type Database = Direct;

    fn into_sql(self) -> SqlStr {
        match self {}
    }

    fn sql(&self) -> &SqlStr {
        match *self {}
    }

    fn parameters(&self) -> Option<Either<&[DirectType], usize>> {
        match *self {}
    }

    fn columns(&self) -> &[Column] {
        match *self {}
    }

    fn query(&self) -> Query<'_, Direct, DirectArguments> {
        match *self {}
    }

    fn query_with<A: IntoArguments<Direct>>(&self, _: A) -> Query<'_, Direct, A> {
        match *self {}
    }

    fn query_as<O: for<'r> FromRow<'r, DirectRow>>(
        &self,
    ) -> QueryAs<'_, Direct, O, DirectArguments> {
        match *self {}
    }

    fn query_as_with<'s, O: for<'r> FromRow<'r, DirectRow>, A: IntoArguments<Direct>>(
        &'s self,
        _: A,
    ) -> QueryAs<'s, Direct, O, A> {
        match *self {}
    }

    fn query_scalar<O>(&self) -> QueryScalar<'_, Direct, O, DirectArguments>
    where
        (O,): for<'r> FromRow<'r, DirectRow>,
    {
        match *self {}
    }

    fn query_scalar_with<'s, O, A: IntoArguments<Direct>>(
        &'s self,
        _: A,
    ) -> QueryScalar<'s, Direct, O, A>
    where
        (O,): for<'r> FromRow<'r, DirectRow>,
    {
        match *self {}
    }
}
