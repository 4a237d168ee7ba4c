//! What people typed, made harmless in HTML. A slash needs no escape in text or in a quoted
//! attribute, and addresses in e-mails stay as they are.

use std::fmt;

use minijinja::{AutoEscape, Environment, Error, Output, State, Value, escape_formatter};

/// Writes text with `& < > " '` as entities.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written = 0;
        for (at, byte) in self.0.bytes().enumerate() {
            let entity = match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => continue,
            };
            f.write_str(&self.0[written..at])?;
            f.write_str(entity)?;
            written = at + 1;
        }
        f.write_str(&self.0[written..])
    }
}

pub(crate) fn add_to(env: &mut Environment<'static>) {
    env.set_formatter(print);
}

fn print(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() && *state.auto_escape() == AutoEscape::Html => {
            write!(out, "{}", Escaped(text)).map_err(Error::from)
        }
        _ => escape_formatter(out, state, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_is_escaped_and_nothing_else() {
        assert_eq!(
            Escaped(r#"<a href="/x">'&'</a> é/日本"#).to_string(),
            "&lt;a href=&quot;/x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt; é/日本"
        );
    }
}
