//! What people typed, made harmless in HTML. A slash needs no escape in text or in a quoted
//! attribute, and addresses in e-mails stay as they are.

use std::fmt;

use minijinja::{AutoEscape, Environment, Error, Output, State, Value, escape_formatter};

/// Writes text with `& < > " '` as entities.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
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
