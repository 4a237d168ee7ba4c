use std::collections::HashMap;

use db::Conn;

use super::Row;
use crate::{
    Result,
    conversations::search::{Query, texts_of},
};

/// Rows that a search has found show what was asked for: where the last message does not have it,
/// the one that was found.
pub async fn show_found(conn: &mut Conn, query: &Query, rows: &mut [Row]) -> Result<()> {
    let lacks_it = |row: &&Row| query.marks_in_text(&row.preview).is_empty();
    let entries: Vec<i64> = rows
        .iter()
        .filter(lacks_it)
        .filter_map(|row| row.entry)
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    let said = texts_of(conn, &entries).await?.into_iter();
    let mut said: HashMap<i64, _> = said.map(|said| (said.num, said)).collect();
    for row in rows {
        let said = row.entry.and_then(|entry| said.remove(&entry));
        let Some(said) = said else { continue };
        if let Some(extract) = query.extract(&said.texts.body) {
            row.preview = extract;
            row.preview_by = said.texts.author_name;
            row.preview_by_staff = said.by_staff;
        }
    }
    Ok(())
}
