//! Header values that cannot become more than one header.

use email_encoding::headers::{rfc2047, writer::EmailWriter};
use lettre::message::header::{HeaderName, HeaderValue};

/// One line of text: line ends, other control characters and runs of spaces become one space.
pub(crate) fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || c.is_whitespace();
    let words: Vec<&str> = text.split(is_break).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

/// A header of free text.
pub(crate) fn text(name: &'static str, value: &str) -> HeaderValue {
    let header = HeaderName::new_from_ascii_str(name);
    let value = one_line(value);
    if !value.contains("=?") {
        return HeaderValue::new(header, value);
    }
    // What looks encoded is shown as it was typed, not decoded.
    let mut encoded = String::new();
    {
        let mut writer = EmailWriter::new(&mut encoded, name.len() + ": ".len(), 0, false);
        rfc2047::encode(&value, &mut writer).expect("a string takes all text");
    }
    HeaderValue::dangerous_new_pre_encoded(header, value, encoded)
}

/// A header of ids or addresses in `<>`: visible ASCII only.
pub(crate) fn in_brackets<'a>(
    name: &'static str,
    values: impl IntoIterator<Item = &'a str>,
) -> HeaderValue {
    let is_good = |c: &char| c.is_ascii_graphic() && !['<', '>'].contains(c);
    let values: Vec<String> = values
        .into_iter()
        .map(|value| format!("<{}>", value.chars().filter(is_good).collect::<String>()))
        .collect();
    HeaderValue::new(HeaderName::new_from_ascii_str(name), values.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_on_one_line_whatever_it_holds() {
        let hostile = "A\r\nBcc: v@x.test\u{0}\n\r\u{85}b\u{2028}c\u{2029}\t d ";
        assert_eq!(one_line(hostile), "A Bcc: v@x.test b c d");
        assert_eq!(one_line("\r\n\u{0}"), "");
    }
}
