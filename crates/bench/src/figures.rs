use std::time::Duration;

use crate::{load::Load, report::shown};

/// Everything that was measured.
#[derive(Debug, Default)]
pub struct Figures {
    pub machine: String,
    pub tables: Vec<Table>,
}

#[derive(Debug)]
pub struct Table {
    pub title: String,
    pub rows: Vec<Row>,
}

#[derive(Debug)]
pub struct Row {
    pub what: String,
    pub per_second: Option<f64>,
    pub p50: Option<Duration>,
    pub p99: Option<Duration>,
    /// What it comes to beside what it is measured against.
    pub beside: String,
    pub target: String,
    pub is_met: Option<bool>,
}

impl Table {
    pub fn new(title: impl Into<String>) -> Self {
        let (title, rows) = (title.into(), Vec::new());
        eprintln!("\n{title}");
        Self { title, rows }
    }

    /// Adds a figure, and tells it to whoever waits.
    pub fn add(&mut self, row: Row) {
        let rate = row.per_second.map(|rate| format!("{rate:.0}/s "));
        let each = row.p50.map(|p50| format!("{} each ", shown(p50)));
        let figure = rate.or(each).unwrap_or_default();
        eprintln!("  {:58} {figure}{}", row.what, row.beside);
        self.rows.push(row);
    }
}

impl Row {
    pub fn load(what: impl Into<String>, load: &Load) -> Self {
        Self {
            per_second: Some(load.per_second),
            p50: Some(load.p50),
            p99: Some(load.p99),
            ..Self::plain(what, "")
        }
    }

    /// Of things that were done one after the other: the middle one, and nearly the slowest.
    pub fn times(what: impl Into<String>, took: &mut [Duration]) -> Self {
        took.sort_unstable();
        Self {
            p50: took.get(took.len() / 2).copied(),
            p99: took.get(took.len() * 99 / 100).copied(),
            ..Self::plain(what, "")
        }
    }

    pub fn plain(what: impl Into<String>, beside: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            per_second: None,
            p50: None,
            p99: None,
            beside: beside.into(),
            target: String::new(),
            is_met: None,
        }
    }

    pub fn beside(mut self, beside: impl Into<String>) -> Self {
        self.beside = beside.into();
        self
    }

    pub fn target(mut self, target: impl Into<String>, is_met: bool) -> Self {
        self.target = target.into();
        self.is_met = Some(is_met);
        self
    }

    /// Its rate is to be at least `percent` of the rate of `what`.
    pub fn at_least(self, percent: f64, what: &str, ceiling: &Load) -> Self {
        let reached = self.per_second.unwrap_or_default() / ceiling.per_second * 100.0;
        self.beside(format!("{reached:.1} % of {what}"))
            .target(format!("≥ {percent} % of {what}"), reached >= percent)
    }
}
