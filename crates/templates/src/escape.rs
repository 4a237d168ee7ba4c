//! What people typed, made harmless in HTML. A slash needs no escape in text or in a quoted
//! attribute, and addresses in e-mails stay as they are.

use std::fmt;

use minijinja::{AutoEscape, Environment, Error, Output, State, Value, escape_formatter};

/// Writes text with `& < > " '` as entities.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self.0, f)
    }
}

fn write(text: &str, out: &mut impl fmt::Write) -> fmt::Result {
    if is_plain(text) {
        return out.write_str(text);
    }
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.write_str(&text[written..at])?;
        out.write_str(entity)?;
        written = at + 1;
    }
    out.write_str(&text[written..])
}

/// As nearly all texts are. It looks at every byte, so that the compiler takes many at once.
fn is_plain(text: &str) -> bool {
    let special = |byte: u8| {
        [b'&', b'<', b'>', b'"', b'\'']
            .map(|one| u8::from(byte == one))
            .into_iter()
            .fold(0, |any, this| any | this)
    };
    text.bytes().fold(0, |any, byte| any | special(byte)) == 0
}

pub(crate) fn add_to(env: &mut Environment<'static>) {
    env.set_formatter(print);
}

fn print(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let Some(text) = value.as_str() else {
        return escape_formatter(out, state, value);
    };
    match state.auto_escape() {
        AutoEscape::Html if !value.is_safe() => write(text, out).map_err(Error::from),
        AutoEscape::Html | AutoEscape::None => out.write_str(text).map_err(Error::from),
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
