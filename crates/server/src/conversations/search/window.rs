//! Newest first, without looking at everything.
//!
//! PostgreSQL's index finds all entries with a term, in no order. So that the commonest word costs
//! no more than a rare one, an entry's number is among its terms, in five steps of coarseness, and a
//! search looks through one window of the numbers after the other, wider ones where hits are few.
//! SQLite's index is in the order of the numbers: there one window is enough, and each further look
//! would only cost the opening of a long list again.

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
    /// All entries before `num`, for an index that is in the order of the numbers.
    pub(super) fn whole(num: i64) -> Self {
        Self {
            nums: 0..num,
            term: String::new(),
            step: STEPS.len(),
        }
    }

    /// The newest entries before `num`.
    pub(super) fn before(num: i64) -> Self {
        Self::of_step(0, num)
    }

    /// The next older one, wider where it held few hits; none after the oldest entries.
    pub(super) fn older(&self, held_few: bool) -> Option<Self> {
        let step = self.step + usize::from(held_few);
        let step = step.min(STEPS.len() - 1);
        (self.nums.start > 0).then(|| Self::of_step(step, self.nums.start))
    }

    /// Where to go on before `num`, when it held more than one look brings: in a narrower one, since
    /// all that a window holds is gathered before its newest are taken.
    pub(super) fn narrower_before(&self, num: i64) -> Self {
        match self.step {
            0 => Self::of_step(0, num),
            whole if whole == STEPS.len() => Self::whole(num),
            step => Self::of_step(step - 1, num),
        }
    }

    fn of_step(step: usize, before: i64) -> Self {
        let Some(bits) = STEPS.get(step) else {
            return Self::whole(before);
        };
        let block = (before - 1) >> bits;
        Self {
            nums: (block << bits)..before,
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
                window = at.older(true);
            }
            assert_eq!(next, 0);
        }
    }

    #[test]
    fn nothing_is_older_than_a_whole_window_and_what_goes_on_in_it_is_whole() {
        let window = Window::whole(20_000_001);
        assert_eq!(window.nums, 0..20_000_001);
        assert!(window.older(true).is_none());
        assert_eq!(window.narrower_before(9_000_000).nums, 0..9_000_000);
    }

    #[test]
    fn windows_grow_where_hits_are_few_and_shrink_where_they_are_many() {
        let newest = Window::before(1_025);
        assert_eq!(newest.nums, 1_024..1_025);
        assert!(newest.narrower_before(1_024).nums.contains(&0));
        let older = Window::before(70_000)
            .older(true)
            .unwrap()
            .older(true)
            .unwrap();
        assert_eq!(older.nums, 0..65_536);
        assert_eq!(older.narrower_before(65_000).nums, 57_344..65_000);
        let newest = Window::before(5_000);
        assert_eq!(newest.nums, 4_096..5_000);
        assert_eq!(newest.older(false).unwrap().nums, 3_072..4_096);
        assert_eq!(newest.older(true).unwrap().nums, 0..4_096);
    }
}
