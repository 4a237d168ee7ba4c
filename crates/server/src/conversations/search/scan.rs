//! The parts of a question: where a word, a phrase or an operator begins and ends.

/// What has a meaning before a colon.
const OPERATORS: [&str; 7] = [
    "from", "subject", "assignee", "status", "before", "after", "has",
];

/// A word, a phrase, or an operator with its value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'t> {
    pub(super) negated: bool,
    pub(super) operator: Option<&'static str>,
    pub(super) value: &'t str,
    pub(super) quoted: bool,
}

/// In the order in which they were typed.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (negated, unsigned) = match rest.strip_prefix('-') {
            Some(after) if after.starts_with(begins_part) => (true, after),
            _ => (false, rest),
        };
        let (operator, from) = match operator(unsigned) {
            Some((name, from)) => (Some(name), from),
            None => (None, unsigned),
        };
        let (value, quoted, after) = value(from);
        parts.push(Part {
            negated,
            operator,
            value,
            quoted,
        });
        rest = after.trim_start();
    }
    parts
}

/// A sign with nothing behind it, or with another one, negates nothing.
fn begins_part(c: char) -> bool {
    c != '-' && !c.is_whitespace()
}

fn operator(text: &str) -> Option<(&'static str, &str)> {
    let (name, from) = text.split_once(':')?;
    let mut operators = OPERATORS.into_iter();
    let operator = operators.find(|operator| operator.eq_ignore_ascii_case(name))?;
    Some((operator, from))
}

/// Up to the closing quote, or up to the next space. A quote that is never closed is no quote.
fn value(text: &str) -> (&str, bool, &str) {
    let mut chars = text.chars();
    if chars.next().is_some_and(is_quote)
        && let inner = chars.as_str()
        && let Some(end) = inner.find(is_quote)
    {
        let close = inner[end..].chars().next().map_or(0, char::len_utf8);
        return (&inner[..end], true, &inner[end + close..]);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], false, &text[end..])
}

/// Telephones turn straight quotes into these.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let parts = parts(text).into_iter();
        parts
            .map(|part| {
                let sign = if part.negated { "-" } else { "" };
                let operator = part
                    .operator
                    .map(|name| format!("{name}="))
                    .unwrap_or_default();
                let quote = if part.quoted { "'" } else { "" };
                format!("{sign}{operator}{quote}{}{quote}", part.value)
            })
            .collect()
    }

    #[test]
    fn a_question_falls_into_its_parts() {
        for (text, expected) in [
            ("two words", &["two", "words"][..]),
            ("\"a phrase\" word", &["'a phrase'", "word"]),
            ("“a phrase”word", &["'a phrase'", "word"]),
            (
                "from:ann Subject:\"Two cups\"",
                &["from=ann", "subject='Two cups'"],
            ),
            (
                "-kettle -\"a b\" -status:open",
                &["-kettle", "-'a b'", "-status=open"],
            ),
            ("from: ann", &["from=", "ann"]),
            ("to:ann a:b http://x", &["to:ann", "a:b", "http://x"]),
            ("fromage:x from", &["fromage:x", "from"]),
            ("\"never closed", &["\"never", "closed"]),
            ("it's 5\" wide", &["it's", "5\"", "wide"]),
            ("- -- -* a-b", &["-", "--", "-*", "a-b"]),
            ("subject:\"open", &["subject=\"open"]),
            (" \t", &[]),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
