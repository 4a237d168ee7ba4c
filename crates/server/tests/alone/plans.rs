//! Every statement that a page, a count, a post or a job runs finds what it wants by an index,
//! however many conversations there are.

mod deeds;

use std::collections::BTreeSet;

use db::testing::statements;
use pigeon::{
    conversations::inbox::{Sort, Source},
    demo::{self, Size},
    web,
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::support::{Actors, TestApp};

/// The tables that grow.
const LARGE: [&str; 22] = [
    "threads",
    "participants",
    "messages",
    "drafts",
    "start_drafts",
    "reads",
    "links",
    "post_keys",
    "limits",
    "jobs",
    "deliveries",
    "sessions",
    "presence",
    "mail_refusals",
    "mutes",
    "search_entries",
    "search_index",
    "search_todo",
    "undos",
    "undo_items",
    "mentions",
    "caught_mails",
];

/// Every kind of search.
const QUESTIONS: [&str; 12] = [
    "order",
    "%22the+order%22",
    "from:a",
    "subject:order",
    "order+-desk",
    "order+-%22desk+lamp%22",
    "has:note",
    "order+has:note",
    "status:open",
    "assignee:nobody",
    "before:2030",
    "-order",
];

/// Statements that may read a table, each with its reason.
const MAY: [&str; 5] = [
    "FROM limits LIMIT",                    // a sweep, an hour apart
    "FROM search_todo LIMIT 1",             // whether there is any
    "FROM search_todo ORDER BY message_id", // kept in this order, and it stops at its limit
    "550 no such mailbox",                  // a test's own
    "a test says so",                       // likewise
];

/// Forgets everything, once a mail server is set.
const FORGETS_ALL: &str = "DELETE FROM caught_mails";

/// Statements that may sort, or look at what they count: one person's own direct threads, and what
/// one address takes part in.
const FEW: [&str; 2] = [
    "me.role IN ('owner', 'participant')",
    "participants.email_key = $1",
];

#[tokio::test]
async fn every_statement_of_a_page_and_of_a_deed_uses_its_index() {
    let app = TestApp::with(&[("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "100000")]).await;
    let size = Size::Bulk {
        threads: 300,
        messages: 3,
    };
    let now = app.app.clock.now();
    demo::fill(&app.app.db, size, "correct horse battery", now)
        .await
        .expect("the demo fills it");
    let url = &app.app.config.database_url;
    if url.starts_with("sqlite:") {
        let statistics = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'";
        let why = "with statistics SQLite would take other plans than these";
        assert_eq!(app.number(statistics).await, 0, "{why}");
    }
    let actors = Actors::of(&app).await;
    look_at_everything(&actors).await;
    let looks = heard();
    assert!(
        looks.len() > 30,
        "only {} statements were heard",
        looks.len()
    );
    ensure_found_by_index(url, looks.clone()).await;
    deeds::do_everything(&app, &actors).await;
    let deeds: BTreeSet<_> = heard().difference(&looks).copied().collect();
    assert!(
        deeds.len() > 50,
        "only {} statements were heard",
        deeds.len()
    );
    ensure_found_by_index(url, deeds).await;
}

fn heard() -> BTreeSet<&'static str> {
    let verbs = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"];
    let mut heard = statements();
    heard.retain(|sql| verbs.iter().any(|verb| sql.trim_start().starts_with(verb)));
    heard.retain(|sql| *sql != FORGETS_ALL && !MAY.iter().any(|may| sql.contains(may)));
    heard
}

/// What goes with a row that is deleted is found by an index, too: no plan tells of it.
#[tokio::test]
async fn whatever_goes_with_a_deleted_row_is_found_by_its_index() {
    let app = TestApp::start().await;
    let mut conn = app.app.db.read().await.expect("it is there");
    let references: Vec<(String, String)> = conn
        .query_each(
            "SELECT t.name, r.\"from\" FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS r
             WHERE t.type = 'table' AND r.\"table\" <> 'users' ORDER BY 1, 2",
            "SELECT r.conrelid::regclass::text, c.attname::text FROM pg_constraint AS r
             JOIN pg_attribute AS c ON c.attrelid = r.conrelid AND c.attnum = r.conkey[1]
             WHERE r.contype = 'f' AND r.confrelid <> 'users'::regclass ORDER BY 1, 2",
        )
        .fetch_all()
        .await
        .expect("tables refer to each other");
    drop(conn);
    assert!(references.len() > 12, "{references:?}");
    let lookups = references.iter().map(|(table, column)| {
        let sql = format!("SELECT 1 FROM {table} WHERE {column} = $1");
        &*Box::leak(sql.into_boxed_str())
    });
    ensure_found_by_index(&app.app.config.database_url, lookups.collect()).await;
}

async fn ensure_found_by_index(url: &str, statements: BTreeSet<&'static str>) {
    let mut bad = Vec::new();
    for sql in statements {
        let plan = match url.strip_prefix("sqlite:") {
            Some(path) => plan_of_sqlite(path, sql).await,
            None => plan_of_postgres(url, sql).await,
        };
        let scans: Vec<_> = plan.iter().filter(|line| is_bad(line, sql)).collect();
        if !scans.is_empty() {
            bad.push(format!("{scans:#?}\n{sql}\n"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Every page as everybody, each source of the inbox and pages of it, and a search.
async fn look_at_everything(actors: &Actors) {
    let mut paths: Vec<String> = web::routes()
        .iter()
        .map(|route| route.path.to_owned())
        .collect();
    for source in Source::ALL.map(Source::as_str) {
        for sort in Sort::ALL.map(Sort::as_str) {
            for assignee in ["", "me", "nobody"] {
                paths.push(format!(
                    "/pigeon/admin/threads?source={source}&sort={sort}&assignee={assignee}"
                ));
            }
        }
    }
    for question in QUESTIONS {
        paths.push(format!("/pigeon/admin/threads?source=all&q={question}"));
    }
    for actor in &actors.all {
        let mut person = actor.person.clone();
        for path in &paths {
            let token = actor.token.as_deref().unwrap_or("nobodys");
            let path = path
                .replace("{id}", &actors.thread.id.to_string())
                .replace("{token}", token);
            let answer = person.get(&path).await;
            let page = String::from_utf8_lossy(&answer.body).into_owned();
            for next in page
                .split("href=\"")
                .filter(|link| link.contains("cursor="))
            {
                let next = next
                    .split('"')
                    .next()
                    .unwrap_or_default()
                    .replace("&amp;", "&");
                person.get(&next).await;
            }
        }
    }
}

async fn plan_of_sqlite(path: &str, sql: &str) -> Vec<String> {
    let mut conn = SqliteConnection::connect(path).await.expect("opens");
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(explain).fetch_all(&mut conn).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
    rows.iter().map(|row| row.get(3)).collect()
}

/// The plan for any values, when reading a whole table and sorting it are out of the question if
/// they can be: what is left of them stays whatever the table holds.
async fn plan_of_postgres(url: &str, sql: &str) -> Vec<String> {
    let mut conn = PgConnection::connect(url).await.expect("connects");
    let parameters = (1..20)
        .take_while(|n| sql.contains(&format!("${n}")))
        .count();
    let values = vec!["NULL"; parameters].join(", ");
    let values = if parameters == 0 {
        values
    } else {
        format!("({values})")
    };
    for statement in [
        "SET enable_seqscan = off".to_owned(),
        "SET enable_bitmapscan = off".to_owned(),
        "SET enable_sort = off".to_owned(),
        "SET plan_cache_mode = force_generic_plan".to_owned(),
        format!("PREPARE asked AS {sql}"),
    ] {
        let done = sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut conn)
            .await;
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }
    let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE asked{values}"));
    let rows = sqlx::raw_sql(explain).fetch_all(&mut conn).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
    rows.iter().map(|row| row.get(0)).collect()
}

/// Reads a large table from end to end, sorts a page that an index has in order, or looks at each
/// row that it counts.
fn is_bad(line: &str, sql: &str) -> bool {
    let line = line.trim_start_matches([' ', '-', '>']);
    let is_page = sql.contains("ORDER BY threads.") && !FEW.iter().any(|few| sql.contains(few));
    if is_page && sql.contains("COUNT(*)") && line.contains(" threads USING INDEX") {
        return true; // a count reads its index alone
    }
    if line.starts_with("Sort ") || line.contains("USE TEMP B-TREE FOR ORDER BY") {
        return is_page;
    }
    let Some(rest) = line
        .strip_prefix("SCAN ")
        .or(line.strip_prefix("Seq Scan on "))
    else {
        return false;
    };
    let name = rest.split_whitespace().next().unwrap_or_default();
    let by_index = rest.contains("USING") || rest.contains("VIRTUAL TABLE INDEX");
    is_large(name, sql) && !(by_index && (sql.contains("LIMIT") || sql.contains("MATCH")))
}

/// Whether `name` is a large table, or stands for one in this statement.
fn is_large(name: &str, sql: &str) -> bool {
    let words: Vec<_> = sql.split_whitespace().collect();
    let stands_for = |table: &&str| {
        words.windows(3).any(|words| {
            let alias = if words[1] == "AS" { words[2] } else { words[1] };
            *words[0] == **table && alias.trim_end_matches([',', ')']) == name
        })
    };
    LARGE.contains(&name) || LARGE.iter().any(stands_for)
}
