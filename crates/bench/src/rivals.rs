//! What other programs did on a machine of the same kind, with 10,000 conversations × 5 messages
//! and 8 connections: it takes half a day to install them, so they are not measured in each run.

use std::time::Duration;

use crate::figures::{Figures, Row, Table};

/// Times as fast, at least.
type Times = f64;

struct Rival {
    name: &'static str,
    /// A second.
    posts: (f64, Times),
    lists: f64,
    conversations: f64,
    /// In milliseconds, for a rare word; none: it does not search texts.
    search: Option<f64>,
}

const LISTS: Times = 150.0;
const CONVERSATIONS: Times = 50.0;
const SEARCH: Times = 50.0;

/// The faster of each, where one was measured on two databases.
const RIVALS: [Rival; 4] = [
    Rival {
        name: "FreeScout 1.8",
        posts: (55.0, 10.0),
        lists: 25.0,
        conversations: 30.0,
        search: Some(452.0),
    },
    Rival {
        name: "Request Tracker 5",
        posts: (7.0, 10.0),
        lists: 6.0,
        conversations: 7.0,
        search: Some(78.0),
    },
    Rival {
        name: "django-helpdesk 2.6",
        posts: (175.0, 5.0),
        lists: 8.0,
        conversations: 35.0,
        search: None,
    },
    Rival {
        name: "django-postman 4.6",
        posts: (429.0, 2.0),
        lists: 22.0,
        conversations: 106.0,
        search: None,
    },
];

/// How both databases do beside them.
pub fn table(figures: &Figures) -> Table {
    let mut table = Table::new("Beside other programs, 10,000 conversations × 5 messages");
    for name in ["SQLite", "PostgreSQL"] {
        let title = format!("{name}, 10,000 conversations × 5 messages");
        let Some(measured) = figures.tables.iter().find(|table| table.title == title) else {
            continue;
        };
        let find = |what: &str| measured.rows.iter().find(|row| row.what == what);
        let rate = |what: &str| {
            find(what)
                .and_then(|row| row.per_second)
                .unwrap_or_default()
        };
        let word = find("search, a customer’s address, 8 clients");
        let word = word.and_then(|row| row.p50).unwrap_or(Duration::MAX);
        for rival in RIVALS {
            let (posts, times) = rival.posts;
            let mut against = vec![
                ("posts", rate("guest post, 8 clients") / posts, times),
                ("lists", rate("inbox, 8 clients") / rival.lists, LISTS),
                (
                    "conversations",
                    rate("conversation, 8 clients") / rival.conversations,
                    CONVERSATIONS,
                ),
            ];
            against.extend(
                rival
                    .search
                    .map(|search| ("a rare word", search / 1_000.0 / word.as_secs_f64(), SEARCH)),
            );
            for (what, reached, asked) in against {
                let row = Row::plain(
                    format!("{name} beside {}: {what}", rival.name),
                    format!("{reached:.0} ×"),
                );
                table.add(row.target(format!("≥ {asked:.0} ×"), reached >= asked));
            }
        }
    }
    table
}
