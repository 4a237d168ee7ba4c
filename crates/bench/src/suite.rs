//! What is measured, in order.

mod deeds;
mod lists;
mod pages;
mod posts;
mod program;
mod streams;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use crate::{
    Result,
    figures::{Figures, Row, Table},
    machine,
    place::Place,
    prepare::{self, Filled},
    report::shown,
    rivals,
};

pub struct Plan {
    pub large: bool,
    pub soak: bool,
    pub each: Duration,
    pub data: PathBuf,
    pub pigeon: PathBuf,
}

/// A figure of each size, for what must not grow with it.
type BySize = BTreeMap<(String, String), Vec<Duration>>;

const SMALL: (u32, &str) = (10_000, "10000");
const LARGE: (u32, &str) = (1_000_000, "1000000");

pub async fn run(plan: &Plan) -> Result<Figures> {
    let mut figures = Figures {
        machine: machine::describe(),
        tables: vec![program::table(plan).await?],
    };
    let mut by_size = BySize::new();
    let sizes: &[_] = if plan.large {
        &[SMALL, LARGE]
    } else {
        &[SMALL]
    };
    for (threads, folder) in sizes {
        let mut places = vec![Place::sqlite(&plan.data, folder, 18_081)];
        places.extend(Place::postgres(&plan.data, folder, 18_082).await?);
        for place in places {
            let title = format!(
                "{}, {} conversations × 5 messages",
                place.name,
                grouped(*threads)
            );
            let mut table = Table::new(title);
            let filled = prepare::fill(&plan.pigeon, &place, *threads).await?;
            table.add(fill_row(*threads, &place, filled));
            pages::measure(plan, &place, &mut table, &mut by_size).await?;
            lists::measure(plan, &place, &mut table, &mut by_size).await?;
            deeds::measure(plan, &place, &mut table).await?;
            streams::measure(plan, &place, &mut table).await?;
            posts::measure(plan, &place, &mut table).await?;
            figures.tables.push(table);
        }
    }
    if plan.large {
        figures.tables.push(growth(by_size));
    }
    figures.tables.push(rivals::table(&figures));
    Ok(figures)
}

/// Tells the posts of one load from those of any other.
fn new_run() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let micros = since.unwrap_or_default().as_micros();
    u64::try_from(micros).unwrap_or_default()
}

fn fill_row(threads: u32, place: &Place, filled: Option<Filled>) -> Row {
    let what = format!("`pigeon demo --threads {threads} --messages 5`");
    let Some(Filled { took, memory }) = filled else {
        return Row::plain(what, "filled by an earlier run");
    };
    let most = match (threads > 100_000, place.is_postgres()) {
        (false, _) => Duration::from_secs(20),
        (true, false) => Duration::from_mins(15),
        (true, true) => Duration::from_mins(30),
    };
    Row::plain(
        what,
        format!("{:.1} s, {memory:.0} MiB", took.as_secs_f64()),
    )
    .target(
        format!("≤ {} s, ≤ 300 MiB", most.as_secs()),
        took <= most && memory <= 300.0,
    )
}

fn growth(by_size: BySize) -> Table {
    let mut table = Table::new("1,000,000 conversations against 10,000");
    for ((place, what), took) in by_size {
        let [small, large] = took[..] else { continue };
        let times = large.as_secs_f64() / small.as_secs_f64();
        let beside = format!("{} → {}: {times:.2} ×", shown(small), shown(large));
        // What takes a few microseconds either way is not told apart.
        let is_met = times <= 2.0 || large < Duration::from_micros(100);
        table.add(Row::plain(format!("{place}: {what}, p50"), beside).target("≤ 2 ×", is_met));
    }
    table
}

fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
