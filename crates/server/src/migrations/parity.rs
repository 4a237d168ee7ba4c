//! Both databases have the same schema, but for what is listed here.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
};

use db::{Kind, Options, testing::TestDb};

use super::MIGRATIONS;

/// Tables that only one of them has, or that have little in common: the full-text index.
const APART: &[&str] = &["search_index"];

/// What a table is, in words that are the same for both databases.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// Name → kind of value, and whether it may be absent.
    columns: BTreeMap<String, String>,
    /// The columns of each uniqueness, the primary key among them.
    unique: BTreeSet<String>,
    /// Name → columns in order, of those that are there for speed.
    indexes: BTreeMap<String, String>,
    /// Column → the table and column it refers to, and what happens when that row goes.
    references: BTreeSet<String>,
}

#[tokio::test]
async fn the_schemas_of_both_databases_are_the_same() {
    if env::var_os("TEST_DATABASE_URL").is_none() {
        return; // there is nothing to compare with
    }
    let sqlite = TestDb::sqlite(MIGRATIONS, Options::default()).await;
    let postgres = TestDb::new(MIGRATIONS).await;
    assert_eq!(postgres.db.kind(), Kind::Postgres);
    let (sqlite, postgres) = (tables(&sqlite).await, tables(&postgres).await);
    let names = |tables: &BTreeMap<String, Table>| tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&sqlite), names(&postgres));
    assert!(sqlite.contains_key("threads"));
    for (name, table) in &sqlite {
        assert_eq!(table, &postgres[name], "SQLite's {name}, and PostgreSQL's");
    }
}

async fn tables(test: &TestDb) -> BTreeMap<String, Table> {
    let mut tables = BTreeMap::<String, Table>::new();
    for (table, column, kind, optional) in columns(test).await {
        let optional = if optional { "?" } else { "" };
        let columns = &mut tables.entry(table).or_default().columns;
        columns.insert(column, format!("{}{optional}", word(&kind)));
    }
    for (table, index, unique, columns) in indexes(test).await {
        let table = tables.entry(table).or_default();
        if unique {
            table.unique.insert(columns);
        } else {
            table.indexes.insert(index, columns);
        }
    }
    for (table, reference) in references(test).await {
        tables
            .entry(table)
            .or_default()
            .references
            .insert(reference);
    }
    tables.retain(|name, _| !APART.iter().any(|apart| name.starts_with(apart)));
    tables
}

/// SQLite has fewer kinds of values; an id is a BLOB there, and a truth a number.
fn word(kind: &str) -> &str {
    match kind {
        "BLOB" | "uuid" | "bytea" => "bytes",
        "INTEGER" | "bigint" | "boolean" => "number",
        "TEXT" | "text" => "text",
        other => other,
    }
}

async fn columns(test: &TestDb) -> Vec<(String, String, String, bool)> {
    let mut conn = test.db.read().await.unwrap();
    conn.query_each(
        "SELECT t.name, c.name, c.type, NOT c.\"notnull\" AND NOT c.pk
         FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c
         WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
         FROM information_schema.columns WHERE table_schema = 'public'",
    )
    .fetch_all()
    .await
    .unwrap()
}

/// With the columns' order and direction, and whether there is a condition; a condition's own text
/// is not compared, since PostgreSQL rewrites it.
async fn indexes(test: &TestDb) -> Vec<(String, String, bool, String)> {
    let mut conn = test.db.read().await.unwrap();
    conn.query_each(
        "SELECT t.name, i.name, i.\"unique\" = 1,
                (SELECT group_concat(x.name || CASE x.desc WHEN 1 THEN ' DESC' ELSE '' END, ', ' ORDER BY x.seqno)
                 FROM pragma_index_xinfo(i.name) x WHERE x.key = 1)
                || CASE i.partial WHEN 1 THEN ' WHERE' ELSE '' END
         FROM pragma_table_list t JOIN pragma_index_list(t.name) i
         WHERE t.schema = 'main' AND t.type = 'table'
         UNION ALL
         SELECT t.name, '', 1, c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
         WHERE t.schema = 'main' AND t.type = 'table' AND c.pk = 1 AND c.type = 'INTEGER'
               AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) i WHERE i.origin = 'pk')",
        "SELECT t.relname::text, i.relname::text, x.indisunique,
                (SELECT string_agg(pg_get_indexdef(x.indexrelid, n, true)
                                   || CASE x.indoption[n - 1] & 1 WHEN 1 THEN ' DESC' ELSE '' END, ', ' ORDER BY n)
                 FROM generate_series(1, x.indnkeyatts) n)
                || CASE WHEN x.indpred IS NULL THEN '' ELSE ' WHERE' END
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
         WHERE t.relnamespace = 'public'::regnamespace",
    )
    .fetch_all()
    .await
    .unwrap()
}

async fn references(test: &TestDb) -> Vec<(String, String)> {
    let mut conn = test.db.read().await.unwrap();
    conn.query_each(
        "SELECT t.name, f.\"from\" || ' -> ' || f.\"table\" || ' ' || f.on_delete
         FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f
         WHERE t.schema = 'main' AND t.type = 'table'",
        "SELECT t.relname::text, a.attname::text || ' -> ' || o.relname::text || ' '
                || CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE'
                                      WHEN 'n' THEN 'SET NULL' ELSE c.confdeltype::text END
         FROM pg_constraint c
         JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
         WHERE c.contype = 'f'",
    )
    .fetch_all()
    .await
    .unwrap()
}
