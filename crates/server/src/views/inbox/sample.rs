use std::time::Duration;

use super::{Band, Chip, Choice, FirstSteps, Inbox, Row};
use crate::{
    conversations::search::Query,
    views::{
        samples,
        shell::{Count, Place, Shell},
    },
};

const MONTH: Duration = Duration::from_hours(30 * 24);

fn done() -> Inbox {
    Inbox {
        shell: Shell::sample(Place::Inbox).with_toast("3 conversations closed."),
        ..Inbox::pending()
    }
}

fn whole() -> Inbox {
    Inbox {
        all: Some(1_240),
        ..Inbox::all()
    }
}

fn refused() -> Inbox {
    let mut refused = Inbox::pending();
    refused.shell.problem = Some("One of these conversations is in the trash by now.".into());
    refused
}

impl Inbox {
    pub fn samples() -> Vec<(&'static str, Self)> {
        vec![
            ("pending", Self::pending()),
            ("all", Self::all()),
            ("trash", Self::trash()),
            ("done", done()),
            ("whole", whole()),
            ("refused", refused()),
            ("found", Self::found()),
            ("nothing-found", nothing_found()),
            ("wrong", wrong()),
            ("quiet", quiet()),
            ("first-steps", first_steps()),
        ]
    }

    fn pending() -> Self {
        let rows = samples::rows().into_iter().take(7).collect();
        Self {
            shell: Shell::sample(Place::Inbox),
            sources: samples::sources("pending"),
            source: samples::sources("pending").swap_remove(0),
            q: String::new(),
            problem: None,
            query: "?source=pending".into(),
            list_query: "?source=pending".into(),
            total: Some(Count::new(7)),
            needing: Some(Count::new(7)),
            bands: vec![band("Needs a reply", 'p', Some(7), rows)],
            newer: None,
            older: Some("?source=pending&cursor=b.1.x".into()),
            assignees: choices(&[("", "Anyone"), ("me", "Me"), ("nobody", "Nobody")]),
            sorts: choices(&[
                ("activity", "Last activity first"),
                ("subject", "By subject"),
            ]),
            is_sorted: true,
            chips: Vec::new(),
            people: choices(&[
                ("1", "Maya Lindqvist"),
                ("2", "Tom Adeyemi"),
                ("", "Nobody"),
            ]),
            selectable: Some(340),
            all: None,
            here: "/pigeon/admin/threads?source=pending".into(),
            first_steps: None,
        }
    }

    fn all() -> Self {
        let mut rows = samples::rows();
        let closed = rows.split_off(11);
        let waiting = rows.split_off(7);
        Self {
            sources: samples::sources("all"),
            source: samples::sources("all").swap_remove(4),
            total: Some(Count::new(5012)),
            bands: vec![
                band("Needs a reply", 'p', Some(7), rows),
                band("Waiting for them", 'o', Some(4), waiting),
                band("Closed", 'c', Some(5000), closed),
            ],
            newer: Some("?source=all&cursor=a.1.x".into()),
            chips: vec![Chip {
                title: "Assigned to Maya Lindqvist".into(),
                without: "?source=all".into(),
            }],
            ..Self::pending()
        }
    }

    fn trash() -> Self {
        let rows = samples::rows().into_iter().skip(10).map(|row| {
            Row {
                trashed_at: Some(samples::minutes_ago(90)),
                ..row
            }
            .purged_after(MONTH)
        });
        Self {
            sources: samples::sources("trash"),
            source: samples::sources("trash").swap_remove(8),
            total: Some(Count::new(2)),
            needing: None,
            bands: vec![band("In the trash", 't', Some(2), rows.collect())],
            older: None,
            assignees: Vec::new(),
            ..Self::pending()
        }
    }

    fn found() -> Self {
        let cups = Query::words("cups");
        let rows = samples::rows().into_iter().map(|row| row.marked(&cups));
        Self {
            q: "cups".into(),
            query: "?source=pending&q=cups".into(),
            total: None,
            needing: None,
            bands: vec![band("Needs a reply", 'p', None, rows.collect())],
            older: None,
            is_sorted: false,
            chips: vec![Chip {
                title: "The search".into(),
                without: "?source=pending".into(),
            }],
            ..Self::pending()
        }
    }
}

fn nothing_found() -> Inbox {
    Inbox {
        bands: Vec::new(),
        ..Inbox::found()
    }
}

fn wrong() -> Inbox {
    Inbox {
        q: "status:opn".into(),
        problem: Some("“opn” is no status. Write status:open.".into()),
        ..nothing_found()
    }
}

fn quiet() -> Inbox {
    Inbox {
        shell: Shell::sample_reader(Place::Inbox),
        total: Some(Count::new(0)),
        needing: Some(Count::new(0)),
        bands: Vec::new(),
        older: None,
        ..Inbox::pending()
    }
}

fn first_steps() -> Inbox {
    Inbox {
        shell: Shell::sample(Place::Inbox).with_catcher(),
        sources: samples::empty_sources("pending"),
        source: samples::empty_sources("pending").swap_remove(0),
        first_steps: Some(FirstSteps {
            contact_url: "https://post.fernhill.example/pigeon/contact".into(),
            action_url: "https://post.fernhill.example/pigeon/actions/pigeon/guest/start".into(),
            honeypot: Some("pigeon_hp".into()),
        }),
        ..quiet()
    }
}

fn band(title: &'static str, name: char, count: Option<i64>, rows: Vec<Row>) -> Band {
    Band {
        title,
        name,
        hot: name == 'p',
        count: count.map(Count::new),
        rows,
    }
}

fn choices(choices: &[(&str, &str)]) -> Vec<Choice> {
    let choices = choices.iter().enumerate();
    choices
        .map(|(at, (value, title))| Choice {
            value: (*value).into(),
            title: (*title).into(),
            chosen: at == 0,
        })
        .collect()
}
