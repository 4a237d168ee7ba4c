//! Makes of what was typed what the Markdown parser takes for the same. Three things of Markdown
//! are not what people mean in a message: a line after a quote or a list belongs to it, `[a]: b`
//! is a definition and not shown, and a marker inside an address is a marker.

use std::borrow::Cow;

use crate::link;

/// Characters that no text can hold (Unicode keeps them free) stand in for markers that are none.
const HIDDEN: [(char, char); 6] = [
    ('*', '\u{fdd1}'),
    ('_', '\u{fdd2}'),
    ('[', '\u{fdd3}'),
    (']', '\u{fdd4}'),
    ('&', '\u{fdd5}'),
    ('!', '\u{fdd6}'),
];
/// Stands between `]` and `:`.
const APART: char = '\u{fdd0}';
const RESERVED: std::ops::RangeInclusive<char> = '\u{fdd0}'..='\u{fdef}';

/// A quote in a quote in a quote …
const DEEPEST_QUOTE: usize = 8;
/// Likewise lists that begin in one line.
const DEEPEST_LIST: usize = 8;

/// Whether the text may hold any Markdown: most have none.
pub(super) fn is_marked(text: &str) -> bool {
    text.contains(['*', '_', '`', '\\']) || text.contains("](") || text.lines().any(begins_block)
}

/// What stood for itself, again.
pub(super) fn original(text: &str) -> Cow<'_, str> {
    if !text.contains(RESERVED_CHARS) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| match HIDDEN.iter().find(|(_, hidden)| *hidden == c) {
        Some((shown, _)) => Some(*shown),
        None => Some(c).filter(|c| *c != APART),
    };
    Cow::Owned(text.chars().filter_map(shown).collect())
}

/// The text, ready for the parser.
pub(super) fn prepare(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut before = Before::default();
    for line in text.lines() {
        let line = without_reserved(line);
        let (depth, rest) = quote_depth(&line);
        if let Some(fence) = before.fence
            && depth >= fence.depth
        {
            push_line(&mut out, depth, rest);
            if fence.ends_at(rest) {
                before.fence = None;
            }
            continue;
        }
        let indented = rest.starts_with([' ', '\t']);
        let is_item = begins_item(rest.trim_start());
        if !rest.trim().is_empty() && before.is_text {
            let leaves_list = before.is_list && !indented && !is_item;
            if depth < before.depth || leaves_list {
                push_line(&mut out, depth, "");
            }
        }
        before = Before {
            depth,
            is_text: !rest.trim().is_empty(),
            is_list: is_item || (before.is_list && indented),
            fence: Fence::begins_at(depth, rest),
        };
        push_line(&mut out, depth, &marked(rest));
    }
    out
}

const RESERVED_CHARS: fn(char) -> bool = |c| RESERVED.contains(&c);

/// The line before the one that is looked at.
#[derive(Default)]
struct Before {
    depth: usize,
    is_text: bool,
    is_list: bool,
    fence: Option<Fence>,
}

/// A fence around code that has begun.
#[derive(Clone, Copy)]
struct Fence {
    depth: usize,
    mark: u8,
    len: usize,
}

impl Fence {
    fn begins_at(depth: usize, line: &str) -> Option<Self> {
        let line = line.trim_start();
        let mark = *line.as_bytes().first()?;
        let len = line.bytes().take_while(|byte| *byte == mark).count();
        let begins = len >= 3 && (mark == b'~' || mark == b'`' && !line[len..].contains('`'));
        begins.then_some(Self { depth, mark, len })
    }

    fn ends_at(self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.len && line.bytes().all(|byte| byte == self.mark)
    }
}

fn without_reserved(line: &str) -> Cow<'_, str> {
    if line.contains(RESERVED_CHARS) {
        Cow::Owned(line.replace(RESERVED_CHARS, ""))
    } else {
        Cow::Borrowed(line)
    }
}

/// How many quotes a line stands in, and what stands there.
fn quote_depth(line: &str) -> (usize, &str) {
    let (mut depth, mut rest) = (0, line);
    loop {
        let text = rest.trim_start_matches(' ');
        if rest.len() - text.len() > 3 || !text.starts_with('>') {
            return (depth, rest);
        }
        depth += 1;
        rest = text[1..].strip_prefix(' ').unwrap_or(&text[1..]);
    }
}

fn push_line(out: &mut String, depth: usize, rest: &str) {
    for _ in 0..depth.min(DEEPEST_QUOTE) {
        out.push_str("> ");
    }
    out.push_str(rest);
    out.push('\n');
}

fn begins_block(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('>') || line.starts_with("~~~") || begins_item(line)
}

/// Whether a list's item begins here.
fn begins_item(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = line.as_bytes().get(digits);
    let is_mark = match digits {
        0 => mark.is_some_and(|mark| b"-+*".contains(mark)),
        1..=9 => mark.is_some_and(|mark| b".)".contains(mark)),
        _ => false,
    };
    let after = line.as_bytes().get(digits + 1);
    is_mark && after.is_none_or(|after| b" \t".contains(after))
}

/// A line without what only looks like a marker.
fn marked(line: &str) -> String {
    let line = shallow(line);
    let mut out = String::with_capacity(line.len());
    let mut done = 0;
    while let Some(found) = link::find(&line, done).filter(|found| !found.at.is_empty()) {
        push_text(&mut out, &line[done..found.at.start]);
        for c in line[found.at.clone()].chars() {
            let hidden = HIDDEN.iter().find(|(shown, _)| *shown == c);
            out.push(hidden.map_or(c, |(_, hidden)| *hidden));
        }
        done = found.at.end;
    }
    push_text(&mut out, &line[done..]);
    out
}

fn push_text(out: &mut String, text: &str) {
    let mut parts = text.split("]:");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push(']');
        out.push(APART);
        out.push(':');
        out.push_str(part);
    }
}

/// Lists within lists that all begin in one line, only so many of them.
fn shallow(line: &str) -> Cow<'_, str> {
    let mut rest = line.trim_start();
    for _ in 0..DEEPEST_LIST {
        if !begins_item(rest) {
            return Cow::Borrowed(line);
        }
        let mark = rest.find([' ', '\t']).unwrap_or(rest.len());
        rest = rest[mark..].trim_start();
    }
    if !begins_item(rest) {
        return Cow::Borrowed(line);
    }
    let at = line.len() - rest.len();
    let mark = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (before, after) = line.split_at(at + mark);
    Cow::Owned(format!("{before}\\{after}"))
}
