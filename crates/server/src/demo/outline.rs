//! What happens in one conversation of the demo, and when.

use std::time::Duration;

use db::Timestamp;

use super::{
    people::{Customer, Staff},
    random::Random,
    texts::{By, Language, Script},
};
use crate::conversations::{Event, Status};

/// What a conversation is made from.
pub(super) struct Outline<'t> {
    pub(super) language: &'t Language,
    pub(super) script: &'t Script,
    pub(super) notes: &'t [&'static str],
    pub(super) customer: Customer,
    pub(super) staff: &'t Staff,
    pub(super) status: Status,
    pub(super) messages: usize,
    pub(super) start: Timestamp,
    /// It is over by then.
    pub(super) end: Timestamp,
}

/// An entry of the conversation.
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) what: What,
}

pub(super) enum What {
    Message(By, String),
    Note(String),
    Event(Event),
}

impl Outline<'_> {
    /// Everything that happens, in order.
    pub(super) fn steps(&self, words: &Words<'_>, random: &mut Random) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut assigned = random.chance(60);
        for (by, text) in self.messages(random) {
            if by == By::Team && assigned {
                let to = self.staff.name.to_owned();
                steps.push((random.between(1, 10), What::Event(Event::Assigned { to })));
                assigned = false;
            }
            let minutes = match by {
                By::Team => random.between(8, 9 * 60),
                By::Customer => random.between(5, 20 * 60),
            };
            let first = steps.is_empty();
            let wait = if first { 0 } else { minutes };
            steps.push((wait, What::Message(by, words.fill(&text))));
            if first && random.chance(15) {
                let note = words.fill(random.pick::<&str>(self.notes));
                steps.push((random.between(3, 40), What::Note(note)));
            }
        }
        if self.status == Status::Closed {
            steps.push((random.between(1, 60), What::Event(Event::Closed)));
        }
        self.timed(steps)
    }

    /// As many messages as asked for, the last one by whom the status says.
    fn messages(&self, random: &mut Random) -> Vec<(By, String)> {
        let language = self.language;
        let mut said: Vec<(By, String)> = self
            .script
            .turns
            .iter()
            .map(|turn| (turn.by, turn.text.clone()))
            .collect();
        while said.len() <= self.messages {
            let next = match said.last() {
                Some((By::Customer, _)) => (By::Team, *random.pick(&language.more_by_team)),
                _ => (By::Customer, *random.pick(&language.more_by_customer)),
            };
            said.push((next.0, next.1.to_owned()));
        }
        let last = said[self.messages - 1].0;
        let wanted = match self.status {
            Status::Pending => By::Customer,
            Status::Open => By::Team,
            Status::Closed => last,
        };
        if last != wanted {
            let more = *random.pick(&language.more_by_customer);
            said.insert(1, (By::Customer, more.to_owned()));
        }
        said.truncate(self.messages);
        said
    }

    /// What it is about.
    pub(super) fn words(&self, random: &mut Random) -> Words<'_> {
        Words {
            customer: &self.customer,
            item: random.pick::<&str>(&self.language.items),
            city: random.pick::<&str>(&self.language.cities),
            order: format!(
                "{}{:05}",
                random.pick(&["RW-", "B", "2026-"]),
                random.below(100_000)
            ),
            amount: format!("€{}.{}0", random.between(4, 89), random.between(0, 9)),
        }
    }

    /// Turns minutes between the steps into moments, closer together if time is short.
    fn timed(&self, steps: Vec<(usize, What)>) -> Vec<Step> {
        let wanted: usize = steps.iter().map(|(minutes, _)| minutes).sum();
        let have = self.end.since(self.start).as_secs();
        let wanted = u64::try_from(wanted * 60).expect("some days").max(1);
        let mut passed = 0;
        steps
            .into_iter()
            .map(|(minutes, what)| {
                passed += u64::try_from(minutes * 60).expect("some hours");
                let seconds = if wanted > have {
                    passed * have / wanted
                } else {
                    passed
                };
                let at = self.start + Duration::from_secs(seconds);
                Step { at, what }
            })
            .collect()
    }
}

/// What the places in a text are filled with.
pub(super) struct Words<'o> {
    customer: &'o Customer,
    item: &'static str,
    city: &'static str,
    order: String,
    amount: String,
}

impl Words<'_> {
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (place, after) = after.split_once('}').expect("every place is closed");
            filled.push_str(before);
            filled.push_str(match place {
                "first" => self.customer.first,
                "last" => self.customer.last,
                "name" => &self.customer.name,
                "item" => self.item,
                "city" => self.city,
                "order" => &self.order,
                "amount" => &self.amount,
                _ => unreachable!("the texts are part of the program: {place}"),
            });
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}
