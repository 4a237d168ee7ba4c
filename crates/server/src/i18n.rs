//! The one door for text that people read. English is the only language so far; a later one is
//! looked up here, by the English text.

use templates::translate;

/// The text in the reader's language.
pub fn t(text: &'static str) -> &'static str {
    text
}

/// The same, with `{name}` replaced by its value.
pub fn t_with(text: &'static str, values: &[(&str, &str)]) -> String {
    translate(t(text), values)
}

/// The form of the text that goes with `n`; `{n}` in it is replaced.
pub fn plural(n: u64, one: &'static str, other: &'static str) -> String {
    translate(
        t(if n == 1 { one } else { other }),
        &[("n", &n.to_string())],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_once_and_literally() {
        let text = t_with("Hello {name}, {missing}!", &[("name", "{name}")]);
        assert_eq!(text, "Hello {name}, {missing}!");
        assert_eq!(
            plural(1, "{n} conversation", "{n} conversations"),
            "1 conversation"
        );
        assert_eq!(
            plural(0, "{n} conversation", "{n} conversations"),
            "0 conversations"
        );
    }
}
