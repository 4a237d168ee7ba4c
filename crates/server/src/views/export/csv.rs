//! RFC 4180, and nothing in it that a spreadsheet would take for a formula.

use csv::{Terminator, WriterBuilder};

const NAMES: [&str; 15] = [
    "id",
    "title",
    "type",
    "threadStatus",
    "starterName",
    "starterEmail",
    "assignee",
    "messageCount",
    "lastMessage",
    "lastMessageAt",
    "waitingSince",
    "dateCreated",
    "closedAt",
    "trashedAt",
    "url",
];

/// The names of the columns.
pub(super) fn head() -> String {
    line(&NAMES.map(str::to_owned))
}

pub(super) fn row<const N: usize>(cells: [String; N]) -> String {
    line(&cells.map(inert))
}

fn line<const N: usize>(cells: &[String; N]) -> String {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(cells).expect("memory takes all");
    let bytes = writer.into_inner().expect("memory takes all");
    String::from_utf8(bytes).expect("it was text before")
}

/// An apostrophe makes it text, whatever stands before the sign that no one sees.
fn inert(cell: String) -> String {
    let begins_odd = cell.starts_with(['\t', '\r', '\n', '\0']);
    let seen = cell.trim_start_matches(is_unseen);
    let begins_formula = seen.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if begins_odd || begins_formula {
        format!("'{cell}")
    } else {
        cell
    }
}

fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
