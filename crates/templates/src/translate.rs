//! The one function through which every text for people goes. English is the only language yet,
//! so it fills in what stands in braces: `{{ 'Seen by {name}'|t(name=x) }}`.

use minijinja::{
    AutoEscape, Environment, Error, State, Value,
    value::{Kwargs, Rest, ValueKind, from_args},
};

use crate::escape::Escaped;

pub(crate) fn add_to(env: &mut Environment<'static>) {
    env.add_filter("t", t);
    env.add_function("plural", plural);
}

/// `text` in the reader's language, with `values` where it names them in braces.
pub fn translate(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let known = from[1..].split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        if let Some((value, after)) = known {
            out.push_str(value);
            rest = after;
        } else {
            out.push('{');
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    out
}

/// `'Send'|t`, `'Hello {name}'|t(name=x)`, and as Craft has it `'Hello {name}'|t('pigeon', {name: x})`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the engine hands arguments over by value"
)]
fn t(state: &State, text: Value, args: Rest<Value>, named: Kwargs) -> Result<Value, Error> {
    if args.is_empty() && named.args().next().is_none() && text.kind() == ValueKind::String {
        return Ok(text); // most texts have no values to fill in
    }
    let (text,): (&str,) = from_args(std::slice::from_ref(&text))?;
    let mut values = pairs(&named)?;
    for map in args.iter().filter(|arg| arg.kind() == ValueKind::Map) {
        for key in map.try_iter()? {
            values.push((key.to_string(), map.get_item(&key)?));
        }
    }
    fill(state, text, &values)
}

/// `plural(n, '1 message', '{n} messages')`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the engine hands arguments over by value"
)]
fn plural(state: &State, n: i64, one: &str, many: &str, named: Kwargs) -> Result<Value, Error> {
    let mut values = pairs(&named)?;
    values.push(("n".into(), Value::from(n)));
    fill(state, if n == 1 { one } else { many }, &values)
}

fn pairs(named: &Kwargs) -> Result<Vec<(String, Value)>, Error> {
    named
        .args()
        .map(|name| Ok((name.to_owned(), named.get(name)?)))
        .collect()
}

/// Markup among the values stays markup: then the text around it and every other value are escaped.
fn fill(state: &State, text: &str, values: &[(String, Value)]) -> Result<Value, Error> {
    if let Some((name, _)) = values.iter().find(|(_, value)| value.is_undefined()) {
        return Err(Error::new(
            minijinja::ErrorKind::UndefinedError,
            format!("{{{name}}} of {text:?} is undefined"),
        ));
    }
    let markup =
        *state.auto_escape() == AutoEscape::Html && values.iter().any(|(_, value)| value.is_safe());
    let shown: Vec<String> = values
        .iter()
        .map(|(_, value)| {
            if markup && !value.is_safe() {
                Escaped(&value.to_string()).to_string()
            } else {
                value.to_string()
            }
        })
        .collect();
    let named: Vec<(&str, &str)> = values
        .iter()
        .zip(&shown)
        .map(|((name, _), value)| (name.as_str(), value.as_str()))
        .collect();
    if markup {
        let text = Escaped(text).to_string();
        Ok(Value::from_safe_string(translate(&text, &named)))
    } else {
        Ok(Value::from(translate(text, &named)))
    }
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn render(source: &str) -> String {
        let mut env = Environment::new();
        add_to(&mut env);
        let view = context! { x => "<Ana>", n => 2 };
        env.render_named_str("a.html", source, view).unwrap()
    }

    #[test]
    fn a_text_takes_its_values_by_name_in_every_spelling() {
        let shown = "Seen by &lt;Ana&gt;";
        assert_eq!(render("{{ 'Seen by {name}'|t(name=x) }}"), shown);
        assert_eq!(
            render("{{ 'Seen by {name}'|t('pigeon', {'name': x}) }}"),
            shown
        );
        assert_eq!(render("{{ 'Seen by {name}'|t({'name': x}) }}"), shown);
        assert_eq!(render("{{ 'Send'|t('pigeon') }}"), "Send");
    }

    #[test]
    fn markup_among_the_values_stays_and_the_others_are_escaped() {
        assert_eq!(
            render("{{ '{who} & {x}'|t(who='<b>Tom</b>'|safe, x=x) }}"),
            "<b>Tom</b> &amp; &lt;Ana&gt;"
        );
    }

    #[test]
    fn a_value_that_looks_like_a_name_is_not_filled_in_again() {
        assert_eq!(translate("{a}{b}", &[("a", "{b}"), ("b", "1")]), "{b}1");
        assert_eq!(translate("{c} {", &[("a", "1")]), "{c} {");
    }

    #[test]
    fn numbers_choose_their_form() {
        assert_eq!(
            render("{{ plural(n, '1 message', '{n} messages') }}"),
            "2 messages"
        );
        assert_eq!(
            render("{{ plural(1, '1 message', '{n} messages') }}"),
            "1 message"
        );
    }
}
