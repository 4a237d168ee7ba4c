use db::Db;

use crate::Result;

/// Makes the index ready for being filled by [`insert_rows`](super::insert_rows) while it is empty.
/// A `large` one is built faster as a whole, afterwards.
pub(crate) async fn prepare_load(db: &Db, large: bool) -> Result<()> {
    if large {
        db.run_apart(NOTHING, "DROP INDEX search_index_terms")
            .await?;
    }
    Ok(())
}

/// After the load: `entries` is how many the index has now.
pub(crate) async fn finish_load(db: &Db, entries: i64, large: bool) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.query("UPDATE search_state SET next_num = $1 + 1")
        .bind(entries)
        .execute()
        .await?;
    tx.commit().await?;
    let postgres = if large { BUILD } else { TIDY };
    db.run_apart(OPTIMIZE, postgres).await?;
    Ok(())
}

/// For what one of the databases does without.
const NOTHING: &str = "SELECT 1";
const OPTIMIZE: &str = "INSERT INTO search_index (search_index) VALUES ('optimize')";
const TIDY: &str = "SELECT gin_clean_pending_list('search_index_terms'::regclass)";
const BUILD: &str = "
    SET maintenance_work_mem = '512MB';
    CREATE INDEX search_index_terms ON search_index USING gin (terms)
        WITH (gin_pending_list_limit = 512)";
