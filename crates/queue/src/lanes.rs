use std::collections::HashMap;

use db::Timestamp;

use crate::{
    Outcome,
    outcome::{End, rest},
};

/// So many lanes are remembered.
const MANY: usize = 10_000;

/// How each lane has been doing, as this worker saw it.
#[derive(Debug)]
pub(crate) struct Lanes {
    per_lane: usize,
    by_name: HashMap<String, Lane>,
}

#[derive(Debug, Default)]
struct Lane {
    running: usize,
    /// Whether the last job that ended did so with an answer, good or bad.
    well: bool,
    /// How often in a row it could not be reached.
    down: i64,
    rests_until: Option<Timestamp>,
}

impl Lanes {
    pub(crate) fn new(per_lane: usize) -> Self {
        let by_name = HashMap::new();
        Self { per_lane, by_name }
    }

    /// How many more jobs of the lane may run now: one at a time until it has shown that it is
    /// well, so that dead lanes take few places.
    pub(crate) fn room(&self, name: &str, now: Timestamp) -> usize {
        let Some(lane) = self.by_name.get(name) else {
            return 1;
        };
        if lane.rests(now) {
            return 0;
        }
        let most = if lane.well { self.per_lane } else { 1 };
        most.saturating_sub(lane.running)
    }

    pub(crate) fn started(&mut self, name: &str, now: Timestamp) {
        if self.by_name.len() > MANY {
            self.by_name
                .retain(|_, lane| lane.running > 0 || lane.rests(now));
        }
        self.by_name.entry(name.to_owned()).or_default().running += 1;
    }

    pub(crate) fn ended(&mut self, name: &str, end: &End, now: Timestamp, random: u32) {
        let lane = self.by_name.entry(name.to_owned()).or_default();
        lane.running = lane.running.saturating_sub(1);
        lane.well = matches!(end, End::Outcome(Outcome::Done | Outcome::Fail { .. }));
        if let End::Outcome(Outcome::Down { .. }) = end {
            lane.down += 1;
            lane.rests_until = Some(now + rest(lane.down, random));
        } else if lane.well {
            lane.down = 0;
            lane.rests_until = None;
        }
    }
}

impl Lane {
    fn rests(&self, now: Timestamp) -> bool {
        self.rests_until.is_some_and(|until| now < until)
    }
}
