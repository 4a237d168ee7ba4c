//! What was looked for, marked where it stands.

use std::fmt::Write as _;

use minijinja::{Environment, Value};

use crate::escape::Escaped;

pub(crate) fn add_to(env: &mut Environment<'static>) {
    // `stretches` of the text, each from where it starts to where it ends, in bytes.
    env.add_filter(
        "marked",
        |text: Value, stretches: Vec<Vec<usize>>| match text.as_str() {
            Some(typed) if !stretches.is_empty() => {
                Value::from_safe_string(marked(typed, &stretches))
            }
            _ => text,
        },
    );
}

fn marked(text: &str, stretches: &[Vec<usize>]) -> String {
    let mut html = String::with_capacity(text.len() + stretches.len() * 13);
    let mut done = 0;
    for stretch in stretches {
        let &[start, end] = &stretch[..] else {
            continue;
        };
        let (Some(before), Some(hit)) = (text.get(done..start), text.get(start..end)) else {
            continue;
        };
        write!(html, "{}<mark>{}</mark>", Escaped(before), Escaped(hit))
            .expect("a string takes all");
        done = end;
    }
    write!(html, "{}", Escaped(&text[done..])).expect("a string takes all");
    html
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn render(text: &str, hits: &[(usize, usize)]) -> String {
        let mut env = Environment::new();
        crate::escape::add_to(&mut env);
        add_to(&mut env);
        let view = context! { text, hits => Value::from(minijinja::value::Serde(hits)) };
        env.render_named_str("a.html", "{{ text|marked(hits) }}", view)
            .unwrap()
    }

    #[test]
    fn what_is_marked_is_escaped_like_the_rest() {
        assert_eq!(render("<b>", &[]), "&lt;b&gt;");
        assert_eq!(
            render("<i>café</i> & \"é\"", &[(3, 8), (16, 18)]),
            "&lt;i&gt;<mark>café</mark>&lt;/i&gt; &amp; &quot;<mark>é</mark>&quot;"
        );
    }

    #[test]
    fn stretches_that_do_not_fit_are_left_out() {
        let text = "<é>";
        assert_eq!(
            render(text, &[(0, 2), (1, 3), (9, 12)]),
            "&lt;<mark>é</mark>&gt;"
        );
    }
}
