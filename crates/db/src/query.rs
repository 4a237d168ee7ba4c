use sqlx::{
    Arguments as _, Decode, Encode, Error, FromRow, Postgres, Type,
    postgres::{PgArguments, PgRow},
};

use tokio::task::coop::consume_budget;

use crate::{
    Result,
    direct::{Direct, DirectArguments, DirectRow},
    loan::Loan,
    postgres::{PgConn, PgReader},
    readers::Reader,
    remembered::Wanted,
};

/// A statement and its parameters, bound to the connection it will run on.
#[must_use = "a query does nothing until it is executed or fetched"]
pub struct Query<'c> {
    sql: &'static str,
    on: On<'c>,
}

pub(crate) enum On<'c> {
    Sqlite(&'c mut Reader, DirectArguments),
    SqliteTx(&'c mut Loan, DirectArguments),
    /// The values twice: as they are compared, too.
    PostgresReader(&'c mut PgReader, PgArguments, DirectArguments),
    Postgres(&'c mut PgConn, PgArguments),
}

pub(crate) fn query_on<'c>(sql: &'static str, on: On<'c>) -> Query<'c> {
    Query { sql, on }
}

impl Query<'_> {
    pub fn bind<'q>(mut self, value: impl Value<'q> + Clone) -> Self {
        match &mut self.on {
            On::Sqlite(_, args) | On::SqliteTx(_, args) => args.add(value),
            On::PostgresReader(_, args, values) => {
                values.add(value.clone()).and_then(|()| args.add(value))
            }
            On::Postgres(_, args) => args.add(value),
        }
        .expect("every stored type can be encoded");
        self
    }

    /// Runs the statement; returns how many rows it touched.
    pub async fn execute(self) -> Result<u64> {
        let sql = self.sql;
        match self.on {
            On::Sqlite(reader, args) => {
                consume_budget().await;
                reader.open().execute(sql, &args)
            }
            On::SqliteTx(loan, args) => {
                consume_budget().await;
                let mut lent = loan.lock().await?;
                let outcome = lent.open.execute(sql, &args);
                lent.noted(outcome)
            }
            On::PostgresReader(reader, args, _) => reader.conn().await?.execute(sql, args).await,
            On::Postgres(conn, args) => conn.execute(sql, args).await,
        }
    }

    pub async fn fetch_all<T: Row>(self) -> Result<Vec<T>> {
        self.rows(Wanted::All).await
    }

    pub async fn fetch_optional<T: Row>(self) -> Result<Option<T>> {
        Ok(self.rows(Wanted::First).await?.pop())
    }

    async fn rows<T: Row>(self, wanted: Wanted) -> Result<Vec<T>> {
        let sql = self.sql;
        match self.on {
            On::Sqlite(reader, args) => {
                consume_budget().await;
                let found = reader.rows(sql, &args, wanted)?;
                found.iter().map(T::from_row).collect()
            }
            On::SqliteTx(loan, args) => {
                consume_budget().await;
                let mut lent = loan.lock().await?;
                let found = lent.open.rows(sql, &args, wanted);
                let found = lent.noted(found)?;
                found.iter().map(T::from_row).collect()
            }
            On::PostgresReader(reader, args, values) => {
                let found = reader.rows(sql, args, &values, wanted).await?;
                found.iter().map(T::from_row).collect()
            }
            On::Postgres(conn, args) => {
                let found = conn.rows(sql, args, wanted).await?;
                found.iter().map(T::from_row).collect()
            }
        }
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
    Encode<'q, Direct> + Type<Direct> + Encode<'q, Postgres> + Type<Postgres>
{
}

impl<'q, T> Value<'q> for T where
    T: Encode<'q, Direct> + Type<Direct> + Encode<'q, Postgres> + Type<Postgres>
{
}

/// A type that a row of either database is read into, by `#[derive(sqlx::FromRow)]`.
pub trait Row: for<'r> FromRow<'r, DirectRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, DirectRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

/// A type that a column of either database is read into.
pub trait Scalar:
    for<'r> Decode<'r, Direct>
    + Type<Direct>
    + for<'r> Decode<'r, Postgres>
    + Type<Postgres>
    + Send
    + Unpin
{
}

impl<T> Scalar for T where
    T: for<'r> Decode<'r, Direct>
        + Type<Direct>
        + for<'r> Decode<'r, Postgres>
        + Type<Postgres>
        + Send
        + Unpin
{
}
