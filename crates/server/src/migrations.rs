//! The schema's steps, built into the binary.

use db::Migration;

macro_rules! migration {
    ($number:literal, $name:literal, $file:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../../migrations/postgres/", $file)),
        }
    };
}

/// In order. What was released is never changed: mend it with a further one.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "start", "0001_start.sql"),
    migration!(2, "search", "0002_search.sql"),
    migration!(3, "inbox", "0003_inbox.sql"),
    migration!(4, "undo_and_trash", "0004_undo_and_trash.sql"),
    migration!(5, "drafts", "0005_drafts.sql"),
    migration!(6, "saved_replies", "0006_saved_replies.sql"),
    migration!(7, "preferences", "0007_preferences.sql"),
    migration!(8, "deliveries", "0008_deliveries.sql"),
    migration!(9, "presence", "0009_presence.sql"),
    migration!(10, "writing", "0010_writing.sql"),
    migration!(11, "start_drafts", "0011_start_drafts.sql"),
];

#[cfg(test)]
mod parity;
#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::MIGRATIONS;

    #[test]
    fn every_file_of_the_folder_is_listed_once_and_in_order() {
        let listed: Vec<String> = MIGRATIONS
            .iter()
            .map(|migration| format!("{:04}_{}.sql", migration.number, migration.name))
            .collect();
        assert!(MIGRATIONS.is_sorted_by_key(|migration| migration.number));
        assert_eq!(listed.len(), listed.iter().collect::<BTreeSet<_>>().len());
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        for database in ["sqlite", "postgres"] {
            let files: BTreeSet<String> = fs::read_dir(root.join(database))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            assert!(files.iter().eq(&listed), "{database}: {files:?}");
        }
        for (migration, label) in MIGRATIONS.iter().zip(&listed) {
            for (database, text) in [
                ("sqlite", migration.sqlite),
                ("postgres", migration.postgres),
            ] {
                let file = fs::read_to_string(root.join(database).join(label)).unwrap();
                assert_eq!(text, file, "{database}/{label} is listed with another file");
            }
        }
    }
}
