use std::collections::HashMap;

use db::Timestamp;

use crate::{
    Outcome,
    outcome::{End, rest},
};

/// Lanes that are remembered only because they failed once.
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
    /// In a row.
    failures: i64,
    rests_until: Option<Timestamp>,
}

impl Lanes {
    pub(crate) fn new(per_lane: usize) -> Self {
        let by_name = HashMap::new();
        Self { per_lane, by_name }
    }

    /// How many more jobs of the lane may run now. A lane that fails gets one at a time.
    pub(crate) fn room(&self, name: &str, now: Timestamp) -> usize {
        let Some(lane) = self.by_name.get(name) else {
            return self.per_lane;
        };
        if lane.rests_until.is_some_and(|until| now < until) {
            return 0;
        }
        let most = if lane.failures > 0 { 1 } else { self.per_lane };
        most.saturating_sub(lane.running)
    }

    pub(crate) fn started(&mut self, name: &str) {
        if self.by_name.len() > MANY {
            self.by_name.retain(|_, lane| lane.running > 0);
        }
        self.by_name.entry(name.to_owned()).or_default().running += 1;
    }

    pub(crate) fn ended(&mut self, name: &str, end: &End, now: Timestamp, random: u32) {
        let lane = self.by_name.entry(name.to_owned()).or_default();
        lane.running = lane.running.saturating_sub(1);
        match end {
            End::Outcome(Outcome::Done | Outcome::Fail { .. }) => {
                lane.failures = 0;
                lane.rests_until = None;
            }
            End::Outcome(Outcome::Down { .. }) => {
                lane.failures += 1;
                lane.rests_until = Some(now + rest(lane.failures, random));
            }
            _ => lane.failures += 1,
        }
        if lane.running == 0 && lane.failures == 0 {
            self.by_name.remove(name);
        }
    }
}
