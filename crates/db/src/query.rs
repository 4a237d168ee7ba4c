use sqlx::{
    Arguments as _, Decode, Encode, Error, FromRow, Postgres, Type,
    postgres::{PgArguments, PgRow},
};

use tokio::task::coop::consume_budget;

use crate::{
    Result,
    loan::Loan,
    postgres::PgConn,
    reader::{ReadArguments, ReadRow, Reader, Reading},
};

/// A statement and its parameters, bound to the connection it will run on.
#[must_use = "a query does nothing until it is executed or fetched"]
pub struct Query<'c> {
    sql: &'static str,
    on: On<'c>,
}

pub(crate) enum On<'c> {
    Sqlite(&'c mut Reader, ReadArguments),
    SqliteTx(&'c mut Loan, ReadArguments),
    Postgres(&'c mut PgConn, PgArguments),
}

pub(crate) fn query_on<'c>(sql: &'static str, on: On<'c>) -> Query<'c> {
    Query { sql, on }
}

/// Runs the query on whichever connection it is bound to: on SQLite `$now`, on this thread.
macro_rules! run {
    (
        $query:expr,
        |$open:ident, $read:ident, $given:ident| $now:expr,
        |$conn:ident, $sql:ident, $args:ident| $work:expr
    ) => {{
        let $sql = $query.sql;
        match $query.on {
            On::Sqlite(reader, $given) => {
                consume_budget().await;
                let ($open, $read, $given) = (reader.open(), $sql, &$given);
                $now
            }
            On::SqliteTx(loan, $given) => {
                consume_budget().await;
                let mut lent = loan.lock().await?;
                let ($open, $read, $given) = (&mut lent.open, $sql, &$given);
                let outcome = $now;
                lent.noted(outcome)
            }
            On::Postgres(pg, $args) => {
                let answer = pg.answer();
                let $conn = pg.conn();
                let outcome = PgConn::in_time(answer, $work).await;
                pg.noted(outcome)
            }
        }
    }};
}

impl Query<'_> {
    pub fn bind<'q>(mut self, value: impl Value<'q>) -> Self {
        match &mut self.on {
            On::Sqlite(_, args) | On::SqliteTx(_, args) => args.add(value),
            On::Postgres(_, args) => args.add(value),
        }
        .expect("every stored type can be encoded");
        self
    }

    /// Runs the statement; returns how many rows it touched.
    pub async fn execute(self) -> Result<u64> {
        run!(
            self,
            |open, sql, args| open.execute(sql, args),
            |conn, sql, args| async {
                let done = sqlx::query_with(sql, args).execute(conn).await?;
                Ok(done.rows_affected())
            }
        )
    }

    pub async fn fetch_all<T: Row>(self) -> Result<Vec<T>> {
        run!(
            self,
            |open, sql, args| open.all(sql, args),
            |conn, sql, args| sqlx::query_as_with(sql, args).fetch_all(conn)
        )
    }

    pub async fn fetch_optional<T: Row>(self) -> Result<Option<T>> {
        run!(
            self,
            |open, sql, args| open.first(sql, args),
            |conn, sql, args| sqlx::query_as_with(sql, args).fetch_optional(conn)
        )
    }

    /// For what must be there: no row is an error.
    pub async fn fetch_one<T: Row>(self) -> Result<T> {
        self.fetch_optional().await?.ok_or(Error::RowNotFound)
    }

    /// The one column of the one row: a count, a RETURNING.
    pub async fn fetch_scalar<T: Scalar>(self) -> Result<T> {
        Ok(self.fetch_one::<(T,)>().await?.0)
    }

    pub async fn fetch_scalar_optional<T: Scalar>(self) -> Result<Option<T>> {
        Ok(self.fetch_optional::<(T,)>().await?.map(|(value,)| value))
    }

    pub async fn fetch_scalars<T: Scalar>(self) -> Result<Vec<T>> {
        let rows: Vec<(T,)> = self.fetch_all().await?;
        Ok(rows.into_iter().map(|(value,)| value).collect())
    }
}

/// A value that both databases store.
pub trait Value<'q>:
    Encode<'q, Reading> + Type<Reading> + Encode<'q, Postgres> + Type<Postgres>
{
}

impl<'q, T> Value<'q> for T where
    T: Encode<'q, Reading> + Type<Reading> + Encode<'q, Postgres> + Type<Postgres>
{
}

/// A type that a row of either database is read into, by `#[derive(sqlx::FromRow)]`.
pub trait Row: for<'r> FromRow<'r, ReadRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, ReadRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A type that a column of either database is read into.
pub trait Scalar:
    for<'r> Decode<'r, Reading>
    + Type<Reading>
    + for<'r> Decode<'r, Postgres>
    + Type<Postgres>
    + Send
    + Unpin
{
}

impl<T> Scalar for T where
    T: for<'r> Decode<'r, Reading>
        + Type<Reading>
        + for<'r> Decode<'r, Postgres>
        + Type<Postgres>
        + Send
        + Unpin
{
}
