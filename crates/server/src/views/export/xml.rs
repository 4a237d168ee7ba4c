use std::fmt::Write as _;

/// One element, with one for each part that is there.
pub(super) fn thread(cells: &[(&'static str, String)]) -> String {
    let mut xml = "\n<thread>".to_owned();
    for (name, value) in cells.iter().filter(|(_, value)| !value.is_empty()) {
        write!(xml, "<{name}>{}</{name}>", escaped(value)).expect("a string takes all");
    }
    xml + "</thread>"
}

/// Characters that XML cannot have at all become the one for what is unknown.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => xml += "&amp;",
            '<' => xml += "&lt;",
            '>' => xml += "&gt;",
            '\r' => xml += "&#13;",
            '\n' | '\t' => xml.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            c => xml.push(c),
        }
    }
    xml
}
