use db::{Db, Tx};

use crate::Result;

/// Makes the index ready for being filled by [`insert_rows`](super::insert_rows) while it is empty.
/// A `large` one is built faster as a whole, afterwards.
pub(crate) async fn prepare_load(db: &Db, large: bool) -> Result<()> {
    let mut tx = db.begin().await?;
    if large {
        run(&mut tx, NOTHING, "DROP INDEX search_index_terms").await?;
    }
    tx.commit().await?;
    Ok(())
}

/// After the load: `entries` is how many the index has now.
pub(crate) async fn finish_load(db: &Db, entries: i64, large: bool) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.query("UPDATE search_state SET next_num = $1 + 1")
        .bind(entries)
        .execute()
        .await?;
    if large {
        run(&mut tx, NOTHING, "SET LOCAL maintenance_work_mem = '512MB'").await?;
        run(
            &mut tx,
            "INSERT INTO search_index (search_index) VALUES ('optimize')",
            "CREATE INDEX search_index_terms ON search_index USING gin (terms)
             WITH (gin_pending_list_limit = 512)",
        )
        .await?;
    } else {
        run(
            &mut tx,
            "INSERT INTO search_index (search_index) VALUES ('optimize')",
            "SELECT gin_clean_pending_list('search_index_terms'::regclass)",
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// For what one of the databases does without.
const NOTHING: &str = "SELECT 1";

async fn run(tx: &mut Tx, sqlite: &'static str, postgres: &'static str) -> Result<()> {
    tx.query_each(sqlite, postgres).execute().await?;
    Ok(())
}
