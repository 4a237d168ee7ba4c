use sqlx::postgres::PgArguments;

use crate::{
    Query,
    direct::DirectArguments,
    loan::Loan,
    postgres::{PgConn, PgReader},
    query::{On, query_on},
    readers::Reader,
};

/// A connection that statements run on, inside a transaction or not.
pub struct Conn(pub(crate) Inner);

pub(crate) enum Inner {
    Sqlite(Box<Reader>),
    SqliteTx(Loan),
    PostgresReader(PgReader),
    Postgres(PgConn),
}

impl Conn {
    pub fn query(&mut self, sql: &'static str) -> Query<'_> {
        self.query_each(sql, sql)
    }

    /// For what the two databases spell differently.
    pub fn query_each(&mut self, sqlite: &'static str, postgres: &'static str) -> Query<'_> {
        #[cfg(feature = "testing")]
        crate::testing::note(match &self.0 {
            Inner::Sqlite(_) | Inner::SqliteTx(_) => sqlite,
            Inner::PostgresReader(_) | Inner::Postgres(_) => postgres,
        });
        match &mut self.0 {
            Inner::Sqlite(conn) => query_on(sqlite, On::Sqlite(conn, DirectArguments::default())),
            Inner::SqliteTx(loan) => {
                query_on(sqlite, On::SqliteTx(loan, DirectArguments::default()))
            }
            Inner::PostgresReader(reader) => query_on(
                postgres,
                On::PostgresReader(reader, PgArguments::default(), DirectArguments::default()),
            ),
            Inner::Postgres(conn) => query_on(postgres, On::Postgres(conn, PgArguments::default())),
        }
    }
}
