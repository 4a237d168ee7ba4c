//! The body of a message as people see it: a little Markdown, and everything else as it was typed.
//!
//! What was typed is stored; this is how it is shown. Nothing of it is ever taken for HTML: the
//! elements come from [`Writer`], which knows a dozen of them, and a sanitiser looks at all that
//! Markdown made. What is not understood (headings, pictures, HTML, links that lead to no page)
//! stays there as text, character by character.

mod clean;
mod fold;
mod markdown;
mod source;
mod writer;

#[cfg(test)]
mod tests;

use minijinja::{Environment, Value, value::Kwargs};

use fold::{Folding, assemble};
use writer::{Piece, Writer};

pub(crate) fn add_to(env: &mut Environment<'static>) {
    // `mentions`: texts in it that mean whoever looks.
    env.add_filter("body", |text: &str, named: Kwargs| {
        let mentions: Option<Vec<String>> = named.get("mentions")?;
        named.assert_all_used()?;
        let html = body(text, &mentions.unwrap_or_default(), Folding::Long);
        Ok::<_, minijinja::Error>(Value::from_safe_string(html))
    });
    // For e-mails: nothing folds.
    env.add_filter("letter", |text: &str| {
        Value::from_safe_string(body(text, &[], Folding::Nothing))
    });
}

fn body(text: &str, mentions: &[String], folding: Folding) -> String {
    let mut writer = Writer::new(mentions);
    let is_marked = source::is_marked(text);
    if is_marked {
        markdown::write(&mut writer, text);
    } else {
        write_plain(&mut writer, text);
    }
    assemble(writer.finish(), folding, is_marked)
}

/// A text without a marker in it, as most are: lines and paragraphs.
fn write_plain(writer: &mut Writer, text: &str) {
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        match (line.is_empty(), is_open) {
            (true, true) => writer.close(),
            (true, false) => {}
            (false, true) => writer.line_break(),
            (false, false) => writer.open("p"),
        }
        is_open = !line.is_empty();
        writer.text(line);
    }
    if is_open {
        writer.close();
    }
}
