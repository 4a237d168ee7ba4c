//! What people wrote, as HTML: escaped first, then given its lines, paragraphs and links.

use std::fmt::Write as _;

use minijinja::{Environment, Value};

use crate::escape::Escaped;

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

fn linkify(line: &str) -> String {
    let mut html = String::with_capacity(line.len());
    let mut rest = line;
    let mut before = None;
    while let Some(at) = find_address(rest, before) {
        let (text, from) = rest.split_at(at);
        let address = &from[..address_len(from)];
        let shown = escape(address);
        html.push_str(&escape(text));
        write!(
            html,
            r#"<a href="{shown}" rel="nofollow noopener ugc">{shown}</a>"#
        )
        .expect("a string takes all");
        rest = &from[address.len()..];
        before = address.chars().last();
    }
    html.push_str(&escape(rest));
    html
}

/// Where the next address starts: at a scheme that is no part of a longer word, with a host after it.
fn find_address(text: &str, mut before: Option<char>) -> Option<usize> {
    for (at, c) in text.char_indices() {
        let starts = c.eq_ignore_ascii_case(&'h') && !before.is_some_and(char::is_alphanumeric);
        if starts && address_len(&text[at..]) > 0 {
            return Some(at);
        }
        before = Some(c);
    }
    None
}

/// Bytes of the address that `text` starts with; 0 when it starts with none.
fn address_len(text: &str) -> usize {
    let Some(scheme) = ["https://", "http://"].iter().find(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    }) else {
        return 0;
    };
    let end = text.find(ends_an_address).unwrap_or(text.len());
    let mut address = &text[..end];
    while let Some(last) = address.chars().last().filter(|c| is_trailing(*c, address)) {
        address = &address[..address.len() - last.len_utf8()];
    }
    let host = address.get(scheme.len()..).unwrap_or_default();
    if host
        .chars()
        .next()
        .is_some_and(|c| c.is_alphanumeric() || c == '[')
    {
        address.len()
    } else {
        0
    }
}

/// White space, quotes and angle brackets, and what makes text run the other way.
fn ends_an_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '\\' | '^' | '{' | '}' | '|')
        || matches!(c, '“' | '”' | '«' | '»' | '。' | '、' | '」' | '）')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Punctuation after an address is not part of it; a closing bracket is if the address opened it.
fn is_trailing(last: char, address: &str) -> bool {
    match last {
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '…' | '*' | '_' => true,
        ')' => address.matches(')').count() > address.matches('(').count(),
        ']' => address.matches(']').count() > address.matches('[').count(),
        _ => false,
    }
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
    fn only_bare_http_addresses_become_links() {
        let link = |address: &str| {
            format!(r#"<a href="{address}" rel="nofollow noopener ugc">{address}</a>"#)
        };
        for (typed, shown) in [
            (
                "see https://a.example/x.",
                format!("see {}.", link("https://a.example/x")),
            ),
            (
                "(http://a.example)",
                format!("({})", link("http://a.example")),
            ),
            ("http://a.example/b_(c)", link("http://a.example/b_(c)")),
            ("HTTPS://A.EXAMPLE", link("HTTPS://A.EXAMPLE")),
            (
                "http://a.example, http://b.example",
                format!("{}, {}", link("http://a.example"), link("http://b.example")),
            ),
            ("http://日本.example/道", link("http://日本.example/道")),
            (
                "<https://a.example>",
                format!("&lt;{}&gt;", link("https://a.example")),
            ),
            (
                "https://a.example/?a=1&b=2",
                link("https://a.example/?a=1&amp;b=2"),
            ),
            (
                "https://a.example/\u{202e}gnp.exe",
                format!("{}\u{202e}gnp.exe", link("https://a.example/")),
            ),
            (
                "https://a.example\"onclick=x",
                format!("{}&quot;onclick=x", link("https://a.example")),
            ),
            ("javascript:alert(1)", "javascript:alert(1)".into()),
            (
                "javascript://a.example/%0aalert(1)",
                "javascript://a.example/%0aalert(1)".into(),
            ),
            ("xhttp://a.example", "xhttp://a.example".into()),
            ("data:text/html,http", "data:text/html,http".into()),
            ("http://", "http://".into()),
            ("https:///x", "https:///x".into()),
            ("http:/a.example", "http:/a.example".into()),
            ("ftp://a.example", "ftp://a.example".into()),
            ("www.a.example", "www.a.example".into()),
            ("<script>", "&lt;script&gt;".into()),
        ] {
            assert_eq!(linkify(typed), shown, "{typed}");
        }
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
