use db::Timestamp;
use serde::Serialize;

/// How far a conversation has come: where its page puts the dots.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    pub begun_by: Side,
    pub begun_at: Timestamp,
    /// The newest message of staff that answers somebody.
    pub answered_at: Option<Timestamp>,
    /// The oldest message of the customer without an answer.
    pub waiting_since: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Customer,
    Staff,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    pub name: StepName,
    pub state: StepState,
    pub at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    Received,
    /// Staff wrote first.
    Written,
    Answered,
    /// An answer that is still to come.
    Answer,
    WithUs,
    Again,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Done,
    Now,
    Next,
}

/// At most three steps; exactly one of them is now.
pub fn track(course: &Course) -> Vec<Step> {
    let begun = match course.begun_by {
        Side::Customer => StepName::Received,
        Side::Staff => StepName::Written,
    };
    let mut steps = vec![done(begun, course.begun_at)];
    if let Some(at) = course.answered_at {
        steps.push(done(StepName::Answered, at));
    }
    if let Some(at) = course.closed_at {
        steps.push(done(StepName::Closed, at));
    } else if let Some(at) = course.waiting_since {
        match (course.begun_by, course.answered_at) {
            (_, Some(_)) => steps.push(done(StepName::Again, at)),
            (Side::Staff, None) => steps.push(done(StepName::WithUs, at)),
            (Side::Customer, None) => {}
        }
    }
    if let Some(last) = steps.last_mut() {
        last.state = StepState::Now;
    }
    if steps.len() == 1 && course.begun_by == Side::Customer {
        steps.push(Step {
            name: StepName::Answer,
            state: StepState::Next,
            at: None,
        });
    }
    steps
}

fn done(name: StepName, at: Timestamp) -> Step {
    Step {
        name,
        state: StepState::Done,
        at: Some(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(
        begun_by: Side,
        answered: Option<i64>,
        waiting: Option<i64>,
        closed: Option<i64>,
    ) -> String {
        let steps = track(&Course {
            begun_by,
            begun_at: Timestamp::from_micros(1),
            answered_at: answered.map(Timestamp::from_micros),
            waiting_since: waiting.map(Timestamp::from_micros),
            closed_at: closed.map(Timestamp::from_micros),
        });
        let shown: Vec<String> = steps
            .iter()
            .map(|step| format!("{:?} {:?}", step.name, step.state))
            .collect();
        shown.join(", ")
    }

    #[test]
    fn the_track_says_whose_turn_it_is() {
        use Side::{Customer, Staff};
        for (course, shown) in [
            (
                names(Customer, None, Some(1), None),
                "Received Now, Answer Next",
            ),
            (
                names(Customer, Some(2), None, None),
                "Received Done, Answered Now",
            ),
            (
                names(Customer, Some(2), Some(3), None),
                "Received Done, Answered Done, Again Now",
            ),
            (
                names(Customer, Some(2), Some(3), Some(4)),
                "Received Done, Answered Done, Closed Now",
            ),
            (
                names(Customer, None, Some(1), Some(2)),
                "Received Done, Closed Now",
            ),
            (names(Staff, None, None, None), "Written Now"),
            (
                names(Staff, None, Some(2), None),
                "Written Done, WithUs Now",
            ),
            (
                names(Staff, Some(3), None, None),
                "Written Done, Answered Now",
            ),
        ] {
            assert_eq!(course, shown);
        }
    }
}
