//! What people wrote, as HTML: escaped first, then given its lines, paragraphs and links.

use std::fmt::Write as _;

use minijinja::{Environment, Value};

use crate::{escape::Escaped, link::linkify};

pub(crate) fn add_to(env: &mut Environment<'static>) {
    env.add_filter("nl2br", |text: &str| Value::from_safe_string(nl2br(text)));
    env.add_filter("paragraphs", |text: &str| {
        Value::from_safe_string(paragraphs(text))
    });
    env.add_filter("initials", |name: &str| initials(name));
    env.add_filter("tone", tone);
    env.add_filter("first_word", first_word);
}

fn nl2br(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escape).collect();
    lines.join("<br>")
}

/// Blank lines part paragraphs; bare http and https addresses become links.
fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().chain([""]) {
        if !line.trim().is_empty() {
            lines.push(linkify(line));
        } else if !lines.is_empty() {
            write!(html, "<p>{}</p>", lines.join("<br>")).expect("a string takes all");
            lines.clear();
        }
    }
    html
}

fn escape(text: &str) -> String {
    Escaped(text).to_string()
}

/// The first letters of a name's first and last word.
pub fn initials(name: &str) -> String {
    let mut letters = name
        .split(|c: char| c.is_whitespace() || c == '@')
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let (first, last) = (letters.next(), letters.next_back());
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

/// What a sentence calls somebody: the first word of the name, cut where no name goes on.
fn first_word(name: &str) -> String {
    const LONGEST: usize = 24;
    let word = name.split_whitespace().next().unwrap_or_default();
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

/// One of five colours for a face, always the same for a name.
fn tone(name: &str) -> &'static str {
    let hash = name.bytes().fold(0x811c_a617_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    ["a", "b", "c", "d", "e"][(hash >> 8) as usize % 5]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_calls_somebody_by_a_word_of_bearable_length() {
        assert_eq!(first_word(" Maya Lindqvist"), "Maya");
        assert_eq!(first_word(&"ü".repeat(24)), "ü".repeat(24));
        assert_eq!(first_word(&"ü".repeat(25)), format!("{}…", "ü".repeat(24)));
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(
            paragraphs("a\r\nb\n\n \nc <b>\n"),
            "<p>a<br>b</p><p>c &lt;b&gt;</p>"
        );
        assert_eq!(paragraphs("  \n"), "");
        assert_eq!(nl2br("a\n<b>"), "a<br>&lt;b&gt;");
    }

    #[test]
    fn a_face_shows_initials() {
        assert_eq!(initials("Ada Okonkwo"), "AO");
        assert_eq!(initials("نور الهاشمي"), "نا");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials("maya@b.example"), "MB");
        assert_eq!(initials("  "), "");
    }
}
