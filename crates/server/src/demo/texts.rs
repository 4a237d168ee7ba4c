//! What the demo's people say. A language is a file: names, things and places to fill in, and
//! scripts of conversations in which `>` is the customer and `<` the team.

/// English first: it is the team's.
const FILES: [&str; 16] = [
    include_str!("texts/en.txt"),
    include_str!("texts/de.txt"),
    include_str!("texts/fr.txt"),
    include_str!("texts/es.txt"),
    include_str!("texts/pl.txt"),
    include_str!("texts/tr.txt"),
    include_str!("texts/vi.txt"),
    include_str!("texts/ru.txt"),
    include_str!("texts/el.txt"),
    include_str!("texts/ar.txt"),
    include_str!("texts/he.txt"),
    include_str!("texts/ja.txt"),
    include_str!("texts/zh.txt"),
    include_str!("texts/ko.txt"),
    include_str!("texts/hi.txt"),
    include_str!("texts/th.txt"),
];

#[derive(Default)]
pub(super) struct Language {
    /// How a name is put together, of `first` and `last`.
    pub(super) name: &'static str,
    pub(super) first: Vec<Name>,
    pub(super) last: Vec<Name>,
    pub(super) items: Vec<&'static str>,
    pub(super) cities: Vec<&'static str>,
    pub(super) scripts: Vec<Script>,
    /// What customers add, and the team answers, when a conversation goes on for longer.
    pub(super) more_by_customer: Vec<&'static str>,
    pub(super) more_by_team: Vec<&'static str>,
    pub(super) notes: Vec<&'static str>,
}

/// A name, and how it is written in an address.
pub(super) struct Name {
    pub(super) shown: &'static str,
    pub(super) ascii: &'static str,
}

pub(super) struct Script {
    pub(super) subject: &'static str,
    pub(super) turns: Vec<Turn>,
}

#[derive(Clone)]
pub(super) struct Turn {
    pub(super) by: By,
    pub(super) text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Customer,
    Team,
}

pub(super) fn languages() -> Vec<Language> {
    FILES.into_iter().map(parse).collect()
}

fn parse(file: &'static str) -> Language {
    let mut language = Language::default();
    for line in file.lines() {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        match mark {
            "@name" => language.name = rest,
            "@first" => language.first = names(rest),
            "@last" => language.last = names(rest),
            "@items" => language.items = rest.split('|').collect(),
            "@cities" => language.cities = rest.split('|').collect(),
            "+>" => language.more_by_customer.push(rest),
            "+<" => language.more_by_team.push(rest),
            "-" => language.notes.push(rest),
            "=" => language.scripts.push(Script {
                subject: rest,
                turns: Vec::new(),
            }),
            ">" => say(&mut language, By::Customer, rest),
            "<" => say(&mut language, By::Team, rest),
            _ => unreachable!("the files are part of the program: {line}"),
        }
    }
    language
}

fn names(list: &'static str) -> Vec<Name> {
    list.split('|')
        .filter_map(|name| name.split_once('='))
        .map(|(shown, ascii)| Name { shown, ascii })
        .collect()
}

/// Adds a line to the last turn, or begins the next.
fn say(language: &mut Language, by: By, line: &str) {
    let script = language
        .scripts
        .last_mut()
        .expect("a script begins with its subject");
    match script.turns.last_mut() {
        Some(turn) if turn.by == by => {
            turn.text.push('\n');
            turn.text.push_str(line);
        }
        _ => script.turns.push(Turn {
            by,
            text: line.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_what_a_conversation_needs() {
        for language in languages() {
            assert!(language.name.contains("first") && language.name.contains("last"));
            assert!(!language.items.is_empty() && !language.cities.is_empty());
            assert!(!language.more_by_customer.is_empty() && !language.more_by_team.is_empty());
            for name in language.first.iter().chain(&language.last) {
                let plain = name.ascii.bytes().all(|b| b.is_ascii_lowercase());
                assert!(plain && !name.ascii.is_empty(), "{}", name.shown);
            }
            for script in &language.scripts {
                assert!(script.turns.len() >= 3, "{}", script.subject);
                assert!(script.turns[0].by == By::Customer, "{}", script.subject);
                for turn in &script.turns {
                    assert!(!turn.text.trim().is_empty(), "{}", script.subject);
                }
            }
        }
    }
}
