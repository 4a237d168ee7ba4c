//! Where in a text the words stand that were asked for: folded as they are to be found, told by
//! their places in the text as it was typed.

use std::collections::BTreeSet;

use unicode_normalization::char::canonical_combining_class;

use super::{
    query::{Field, Query},
    tokenizer::{Kind, clip, fold, is_invisible, kind},
};

/// Stretches of a text from start to end, in bytes, one after the other.
pub type Marks = Vec<(usize, usize)>;

/// What of a text is shown before its first mark, and in all, in characters: a phone shows both.
const LEAD: usize = 20;
const SHOWN: usize = 160;

impl Query {
    /// In the customer's name.
    pub fn marks_in_name(&self, text: &str) -> Marks {
        marks(&self.asked_in(Field::From), text)
    }

    pub fn marks_in_subject(&self, text: &str) -> Marks {
        marks(&self.asked_in(Field::Subject), text)
    }

    pub fn marks_in_text(&self, text: &str) -> Marks {
        marks(&self.asked_in(Field::Any), text)
    }

    /// What stands around the first word of a message that was asked for, on one line.
    pub fn extract(&self, body: &str) -> Option<String> {
        let (first, _) = *self.marks_in_text(body).first()?;
        let before = body[..first].char_indices().rev().take(LEAD).last();
        let from = match before.map_or(0, |(at, _)| at) {
            0 => 0,
            at => {
                let gap = body[at..first].find(char::is_whitespace);
                gap.map_or(first, |gap| at + gap)
            }
        };
        let words: Vec<&str> = body[from..].split_whitespace().take(SHOWN).collect();
        let lead = if from > 0 { "… " } else { "" };
        Some(
            lead.chars()
                .chain(words.join(" ").chars().take(SHOWN))
                .collect(),
        )
    }

    /// The terms that may stand in a field, as they are written.
    fn asked_in(&self, field: Field) -> BTreeSet<&str> {
        let own = field.term("");
        let terms = self.wanted.terms.iter();
        let terms = terms.filter_map(|term| match term.strip_prefix(&own) {
            Some(term) if !own.is_empty() => Some(term),
            _ => Some(term.as_str()).filter(|term| !term.starts_with('#')),
        });
        terms.collect()
    }
}

/// A character with what belongs to it: accents, joiners.
struct Unit {
    start: usize,
    end: usize,
    kind: Kind,
}

fn marks(asked: &BTreeSet<&str>, text: &str) -> Marks {
    if asked.is_empty() {
        return Marks::new();
    }
    let mut found = addresses(asked, text);
    for run in units(text).chunk_by(|one, next| one.kind == next.kind) {
        let (first, last) = (&run[0], &run[run.len() - 1]);
        match first.kind {
            Kind::Word if asked.contains(clip(&fold(&text[first.start..last.end]))) => {
                found.push((first.start, last.end));
            }
            Kind::Pairs | Kind::Single => pieces(asked, text, run, &mut found),
            Kind::Word | Kind::Other => {}
        }
    }
    found.sort_unstable();
    let mut marks = Marks::new();
    for (start, end) in found {
        match marks.last_mut() {
            Some(last) if last.1 >= start => last.1 = last.1.max(end),
            _ => marks.push((start, end)),
        }
    }
    marks
}

/// Where a script has no words: characters, and pairs of neighbours.
fn pieces(asked: &BTreeSet<&str>, text: &str, run: &[Unit], found: &mut Marks) {
    let folded: Vec<String> = run.iter().map(|it| fold(&text[it.start..it.end])).collect();
    for (at, unit) in run.iter().enumerate() {
        if asked.contains(folded[at].as_str()) {
            found.push((unit.start, unit.end));
        }
        if let Some(next) = run.get(at + 1)
            && asked.contains(format!("{}{}", folded[at], folded[at + 1]).as_str())
        {
            found.push((unit.start, next.end));
        }
    }
}

/// Whole e-mail addresses, which are asked for as one.
fn addresses(asked: &BTreeSet<&str>, text: &str) -> Marks {
    let mut asked = asked.iter().filter(|term| term.contains('@')).peekable();
    if asked.peek().is_none() {
        return Marks::new();
    }
    let lower = text.to_ascii_lowercase();
    let places = asked.flat_map(|term| lower.match_indices(*term));
    places.map(|(at, term)| (at, at + term.len())).collect()
}

fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        let kind = if c.is_ascii() {
            kind(c.to_ascii_lowercase())
        } else if let Some(last) = units.last_mut()
            && (is_invisible(c) || canonical_combining_class(c) != 0)
        {
            last.end = end;
            continue;
        } else {
            let folded = fold(c.encode_utf8(&mut [0; 4]));
            folded.chars().next().map_or(Kind::Other, kind)
        };
        units.push(Unit { start, end, kind });
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(query: &str, text: &str) -> String {
        let mut shown = text.to_owned();
        for (start, end) in Query::words(query).marks_in_text(text).into_iter().rev() {
            shown.insert(end, ']');
            shown.insert(start, '[');
        }
        shown
    }

    #[test]
    fn words_are_marked_as_they_are_found_whatever_their_spelling() {
        for (query, text, shown) in [
            ("cafe", "Un café, deux Cafés", "Un [café], deux Cafés"),
            ("café", "CAFE\u{301}!", "[CAFE\u{301}]!"),
            (
                "straße",
                "STRASSE Straße strassen",
                "[STRASSE] [Straße] strassen",
            ),
            ("two cups", "Two of the cups", "[Two] of the [cups]"),
            ("日本", "東日本の本", "東[日本]の本"),
            ("本", "日本の本", "日[本]の[本]"),
            ("ガ", "カ\u{3099}", "[カ\u{3099}]"),
            ("iPhoneを", "iPhoneを買う", "[iPhoneを]買う"),
            (
                "ann@example.com",
                "<Ann@Example.com>, ann",
                "<[Ann@Example.com]>, ann",
            ),
            ("ann", "<ann@example.com>", "<[ann]@example.com>"),
            ("stra\u{ad}sse", "Stra\u{ad}ße", "[Stra\u{ad}ße]"),
            ("🎉", "So 🎉🎉", "So [🎉🎉]"),
            ("x", "", ""),
            ("<b>", "<b>", "<[b]>"),
        ] {
            assert_eq!(marked(query, text), shown, "{query} in {text}");
        }
    }

    #[test]
    fn an_extract_shows_the_word_wherever_it_stands() {
        let body = format!(
            "{}\n\nThe café is shut. {}",
            "word ".repeat(100),
            "more ".repeat(100)
        );
        let shown = Query::words("cafe").extract(&body).unwrap();
        assert!(shown.starts_with("… word word"), "{shown}");
        assert!(shown.contains("word The café is shut. more"), "{shown}");
        assert!(shown.chars().count() <= SHOWN + 2, "{shown}");
        assert_eq!(
            Query::words("two").extract("Just\ntwo."),
            Some("Just two.".to_owned())
        );
        assert_eq!(Query::words("none").extract(&body), None);
    }
}
