//! Newest first, without looking at everything.
//!
//! PostgreSQL's index finds all entries with a term, in no order. So that the commonest word costs
//! no more than a rare one, an entry's number is among its terms, in five steps of coarseness, and a
//! search looks through one window of the numbers after the other, each wider than the one before.
//! (SQLite's index is in the order of the numbers; the windows cost it nothing.)

use std::ops::Range;

/// How many entries a window of each step holds, as a power of two.
const STEPS: [u32; 5] = [10, 13, 16, 19, 22];

/// A stretch of the entries' numbers.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) nums: Range<i64>,
    /// The term of all entries around it.
    pub(super) term: String,
    step: usize,
}

impl Window {
    /// The newest entries before `num`.
    pub(super) fn before(num: i64) -> Self {
        Self::of_step(0, num)
    }

    /// The next older and wider one; none after the oldest entries.
    pub(super) fn older(&self) -> Option<Self> {
        let step = (self.step + 1).min(STEPS.len() - 1);
        (self.nums.start > 0).then(|| Self::of_step(step, self.nums.start))
    }

    /// The part of it before `num`.
    pub(super) fn rest_before(&self, num: i64) -> Self {
        Self::of_step(self.step, num)
    }

    fn of_step(step: usize, before: i64) -> Self {
        let block = (before - 1) >> STEPS[step];
        Self {
            nums: (block << STEPS[step])..before,
            term: term(step, block),
            step,
        }
    }
}

/// The terms by which the windows around an entry find it.
pub(super) fn terms(num: i64) -> impl Iterator<Item = String> {
    STEPS
        .into_iter()
        .enumerate()
        .map(move |(step, bits)| term(step, num >> bits))
}

fn term(step: usize, block: i64) -> String {
    format!("#{step}.{block}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_every_number_once_and_entries_have_their_terms() {
        for end in [1, 2, 1_024, 1_025, 70_000, 20_000_001] {
            let mut next = end;
            let mut window = Some(Window::before(end));
            while let Some(at) = window {
                assert_eq!(at.nums.end, next);
                for num in [at.nums.start, at.nums.end - 1] {
                    assert!(terms(num).any(|term| term == at.term), "{num} in {at:?}");
                }
                next = at.nums.start;
                window = at.older();
            }
            assert_eq!(next, 0);
        }
    }

    #[test]
    fn the_rest_of_a_window_may_be_nothing() {
        let window = Window::before(1_025);
        assert_eq!(window.nums, 1_024..1_025);
        assert!(window.rest_before(1_024).nums.contains(&0));
    }
}
