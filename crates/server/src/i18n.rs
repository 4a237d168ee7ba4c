//! The one door for text that people read. English is the only language so far; a later one is
//! looked up here, by the English text.

/// The text in the reader's language.
pub fn t(text: &'static str) -> &'static str {
    text
}

/// The same, with `{name}` replaced by its value.
pub fn t_with(text: &'static str, values: &[(&str, &str)]) -> String {
    fill(t(text), values)
}

/// The form of the text that goes with `n`; `{n}` in it is replaced.
pub fn plural(n: u64, one: &'static str, other: &'static str) -> String {
    fill(
        t(if n == 1 { one } else { other }),
        &[("n", &n.to_string())],
    )
}

/// Fills in one pass, so that a value that looks like a placeholder stays what it is.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let found = rest.find('}').and_then(|end| {
            let (_, value) = values.iter().find(|(name, _)| *name == &rest[1..end])?;
            Some((end, value))
        });
        if let Some((end, value)) = found {
            filled.push_str(value);
            rest = &rest[end + 1..];
        } else {
            filled.push('{');
            rest = &rest[1..];
        }
    }
    filled.push_str(rest);
    filled
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
