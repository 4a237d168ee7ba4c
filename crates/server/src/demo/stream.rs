use std::{collections::BTreeMap, mem, time::Duration};

use db::Timestamp;
use tokio::sync::mpsc::Sender;

use super::{
    conversation::{self, Said},
    outline::Outline,
    people::{Customer, Staff},
    random::Random,
    rows::{Batch, Packed},
    texts::{Language, Script, languages},
};
use crate::{
    Result,
    conversations::{Status, search},
};

/// How much the demo makes.
#[derive(Clone, Copy, Debug)]
pub enum Size {
    /// Each of the scripts, and some of them twice.
    Tour,
    Bulk {
        threads: usize,
        /// In each of them.
        messages: usize,
    },
}

const TOUR: usize = 46;
const DAY: Duration = Duration::from_hours(24);
/// How many messages go to the database together: it is held for less than a second.
const BATCH: usize = 2_500;

impl Size {
    pub(super) fn is_large(self) -> bool {
        matches!(self, Self::Bulk { threads, .. } if threads > 20_000)
    }

    fn threads(self) -> usize {
        match self {
            Self::Tour => TOUR,
            Self::Bulk { threads, .. } => threads,
        }
    }

    /// How far back the conversations go.
    fn span(self) -> Duration {
        match self {
            Self::Tour => 21 * DAY,
            Self::Bulk { .. } => 730 * DAY,
        }
    }
}

/// Makes conversations, oldest first, and sends them off in batches. Returns how many entries the
/// search index got. Ends early when nobody takes the batches.
pub(super) fn invent(
    size: Size,
    staff: &[Staff],
    now: Timestamp,
    send: &Sender<Packed>,
) -> Result<i64> {
    let languages = languages();
    let mut random = Random::seeded(1);
    let mut stream = Stream::default();
    for number in 0..size.threads() {
        let outline = outline(size, number, &languages, staff, now, &mut random);
        stream.say_until(outline.start);
        let link = link(number, size.threads(), &mut random);
        let said = conversation::write(&outline, link, &mut random, &mut stream.batch);
        stream.remember(said);
        if stream.batch.messages.len() >= BATCH && !stream.flush(send)? {
            return Ok(stream.entries);
        }
    }
    while !stream.waiting.is_empty() {
        stream.say_some();
        if !stream.flush(send)? {
            break;
        }
    }
    Ok(stream.entries)
}

/// Messages of conversations that overlap, put in the order in which they were posted.
#[derive(Default)]
struct Stream {
    batch: Batch,
    waiting: BTreeMap<(Timestamp, u64), Said>,
    remembered: u64,
    entries: i64,
}

impl Stream {
    fn remember(&mut self, said: Vec<Said>) {
        for said in said {
            self.remembered += 1;
            let when = (said.row.created_at, self.remembered);
            self.waiting.insert(when, said);
        }
    }

    fn say_until(&mut self, end: Timestamp) {
        while let Some(first) = self.waiting.first_entry() {
            if first.key().0 >= end {
                break;
            }
            let said = first.remove();
            self.say(said);
        }
    }

    fn say_some(&mut self) {
        for _ in 0..BATCH {
            let Some((_, said)) = self.waiting.pop_first() else {
                break;
            };
            self.say(said);
        }
    }

    fn say(&mut self, said: Said) {
        if let Some(entry) = said.entry {
            self.entries += 1;
            self.batch
                .index
                .push(search::Row::new(self.entries, &entry));
        }
        self.batch.messages.push(said.row);
    }

    /// Whether there is somebody who takes it.
    fn flush(&mut self, send: &Sender<Packed>) -> Result<bool> {
        let packed = mem::take(&mut self.batch).pack()?;
        Ok(send.blocking_send(packed).is_ok())
    }
}

fn outline<'t>(
    size: Size,
    number: usize,
    languages: &'t [Language],
    staff: &'t [Staff],
    now: Timestamp,
    random: &mut Random,
) -> Outline<'t> {
    let start = start(size, number, now, random);
    let (language, script) = match size {
        Size::Tour => script_of_the_tour(number, languages),
        Size::Bulk { .. } => script_for_many(languages, random),
    };
    let status = status(size, number, random);
    let messages = match (size, status) {
        (Size::Bulk { messages, .. }, _) => messages.max(1),
        (Size::Tour, Status::Closed) => script.turns.len(),
        (Size::Tour, _) => random.between(1, script.turns.len()),
    };
    let alone = matches!(size, Size::Tour);
    let namesake = if alone { 0 } else { random.below(2_000) };
    Outline {
        language,
        script,
        notes: &languages[0].notes,
        customer: Customer::invent(language, namesake, random),
        staff: random.pick(staff),
        // Somebody who wrote once has no answer yet.
        status: if messages == 1 && status == Status::Open {
            Status::Pending
        } else {
            status
        },
        messages,
        start,
        end: now,
    }
}

/// Conversations begin one after the other, evenly until now.
fn start(size: Size, number: usize, now: Timestamp, random: &mut Random) -> Timestamp {
    let left = u32::try_from(size.threads() - number).expect("millions at most");
    let all = u32::try_from(size.threads()).expect("millions at most");
    let step = size.span() / all;
    let within = u64::try_from(step.as_micros()).expect("two years at most") / 2;
    let jitter = if within == 0 {
        0
    } else {
        random.next() % within
    };
    now - step * left + Duration::from_micros(jitter)
}

/// The scripts by turns through the languages, every second one in English.
fn script_of_the_tour(number: usize, languages: &[Language]) -> (&Language, &Script) {
    let (english, others) = languages.split_first().expect("there are languages");
    if number.is_multiple_of(2) {
        let scripts = &english.scripts;
        return (english, &scripts[number / 2 % scripts.len()]);
    }
    let all: Vec<_> = others
        .iter()
        .flat_map(|language| {
            language
                .scripts
                .iter()
                .map(move |script| (language, script))
        })
        .collect();
    // A step that has no divisor in common with their number meets them all.
    all[number / 2 * 5 % all.len()]
}

fn script_for_many<'t>(
    languages: &'t [Language],
    random: &mut Random,
) -> (&'t Language, &'t Script) {
    let language = if random.chance(45) {
        &languages[0]
    } else {
        random.pick(languages)
    };
    (language, random.pick(&language.scripts))
}

/// What is old is closed; what is new waits more often than not.
fn status(size: Size, number: usize, random: &mut Random) -> Status {
    let age = size.threads() - number;
    let new = size.threads() / if matches!(size, Size::Tour) { 3 } else { 50 };
    let (pending, open) = if age <= new { (60, 30) } else { (2, 10) };
    match random.below(100) {
        roll if roll < pending => Status::Pending,
        roll if roll < pending + open => Status::Open,
        _ => Status::Closed,
    }
}

/// The hash of a link that nobody has: random, but each above the last, so that a large table of
/// them is written from its beginning to its end.
fn link(number: usize, all: usize, random: &mut Random) -> String {
    let wide = |number: usize| u64::try_from(number).expect("a usize fits");
    let step = u64::MAX / (wide(all) + 1);
    let first = wide(number) * step + random.next() % step;
    let [second, third, fourth] = [random.next(), random.next(), random.next()];
    format!("{first:016x}{second:016x}{third:016x}{fourth:016x}")
}
