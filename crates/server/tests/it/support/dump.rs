use std::sync::OnceLock;

use super::TestApp;

impl TestApp {
    /// Every value of every row of the database, as text.
    pub async fn dump(&self) -> String {
        let mut conn = self.app.db.read().await.expect("the database is there");
        let mut dump = String::new();
        for table in self.tables().await {
            let of_sqlite = if self.app.config.is_sqlite() {
                let columns: Vec<String> = conn
                    .query("SELECT name FROM pragma_table_info($1) ORDER BY cid")
                    .bind(table.as_str())
                    .fetch_scalars()
                    .await
                    .expect("a table has columns");
                let quoted = |column: &String| format!("quote(\"{column}\")");
                let values: Vec<_> = columns.iter().map(quoted).collect();
                let values = values.join(", ");
                format!("SELECT concat_ws(' ', {values}) FROM \"{table}\" ORDER BY 1")
            } else {
                String::new()
            };
            let of_postgres = format!("SELECT t::text FROM \"{table}\" AS t ORDER BY 1");
            let rows: Vec<String> = conn
                .query_each(kept(of_sqlite), kept(of_postgres))
                .fetch_scalars()
                .await
                .unwrap_or_else(|error| panic!("{table}: {error}"));
            dump.push_str(&table);
            for row in rows {
                dump.push('\n');
                dump.push_str(&row);
            }
            dump.push('\n');
        }
        dump
    }

    /// How many rows each table has: where the whole dump takes too long.
    pub async fn rows(&self) -> String {
        static COUNTS: OnceLock<&str> = OnceLock::new();
        if COUNTS.get().is_none() {
            let tables = self.tables().await;
            let counts = tables
                .iter()
                .map(|table| format!("'{table} ' || (SELECT count(*) FROM \"{table}\")"));
            let counts: Vec<_> = counts.collect();
            let _ = COUNTS.set(kept(format!(
                "SELECT concat_ws(' ', {})",
                counts.join(", ")
            )));
        }
        let counts = COUNTS.get().expect("it was set");
        let mut conn = self.app.db.read().await.expect("the database is there");
        conn.query(counts)
            .fetch_scalar()
            .await
            .expect("tables can be counted")
    }

    async fn tables(&self) -> Vec<String> {
        let mut conn = self.app.db.read().await.expect("the database is there");
        conn.query_each(
            "SELECT name FROM sqlite_master
             WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
            "SELECT table_name::text FROM information_schema.tables
             WHERE table_schema = 'public' ORDER BY table_name",
        )
        .fetch_scalars()
        .await
        .expect("there are tables")
    }

    /// The number that a statement gives.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut conn = self.app.db.read().await.expect("the database is there");
        let number = conn.query(sql).fetch_scalar().await;
        number.expect("the statement gives a number")
    }

    /// Does what no door of the program does yet.
    pub async fn force(&self, sql: &'static str) {
        self.force_each(sql, sql).await;
    }

    pub async fn force_each(&self, sqlite: &'static str, postgres: &'static str) {
        let mut tx = self.app.db.begin().await.expect("the database is there");
        tx.query_each(sqlite, postgres)
            .execute()
            .await
            .expect("the statement runs");
        tx.commit().await.expect("the database is there");
    }
}

/// The statements since [`db::testing::record_statements`], but for what the program asks by
/// itself now and then.
pub fn statements() -> Vec<&'static str> {
    let mut statements = db::testing::recorded_statements();
    statements.retain(|sql| !sql.contains("FROM settings"));
    statements
}

/// Statements are fixed texts everywhere else.
fn kept(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}
