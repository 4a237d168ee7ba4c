//! Functions that write markup: icons, addresses of files and pages, hidden fields.

use minijinja::{Environment, Error, ErrorKind, State, Value};

use crate::{escape::Escaped, page::field};

pub(crate) fn add_to(
    env: &mut Environment<'static>,
    asset_url: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
) {
    let asset = move |name: &str| {
        asset_url(name).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidOperation,
                format!("no such asset: {name}"),
            )
        })
    };
    let sprite = asset("icons.svg").unwrap_or_default();
    env.add_function("asset", asset);
    env.add_function("icon", move |name: &str, class: Option<&str>| {
        let class = class.map_or_else(|| "i".to_owned(), |class| format!("i {class}"));
        let (class, name) = (Escaped(&class), Escaped(name));
        Value::from_safe_string(format!(
            r#"<svg class="{class}" aria-hidden="true"><use href="{sprite}#{name}"/></svg>"#
        ))
    });
    env.add_function("url", url);
    env.add_function("csrfInput", csrf_input);
    env.add_function("actionInput", |action: &str| hidden("action", action));
    env.add_function("redirectInput", |path: &str| hidden("redirect", path));
    env.add_function("hiddenInput", |name: &str, value: Value| {
        hidden(name, &value.to_string())
    });
}

/// The whole address of a path on this site.
fn url(state: &State, path: Option<&str>) -> Result<String, Error> {
    let site = field(state, "site_url")?;
    let path = path.unwrap_or_default().trim_start_matches('/');
    Ok(format!("{site}/{path}"))
}

/// The form's token and its one-time key.
fn csrf_input(state: &State) -> Result<Value, Error> {
    let form = field(state, "form")?;
    if form.is_none() {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            "csrfInput() on a page without a form token",
        ));
    }
    let mut html = String::new();
    for name in ["csrf", "key"] {
        let value = form.get_attr(name)?.to_string();
        html.push_str(&hidden(name, &value).to_string());
    }
    Ok(Value::from_safe_string(html))
}

fn hidden(name: &str, value: &str) -> Value {
    let (name, value) = (Escaped(name), Escaped(value));
    Value::from_safe_string(format!(
        r#"<input type="hidden" name="{name}" value="{value}">"#
    ))
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;
    use crate::Page;

    #[test]
    fn hidden_fields_and_addresses_are_escaped() {
        let mut env = Environment::new();
        crate::escape::add_to(&mut env);
        add_to(&mut env, |name| Some(format!("/a/{name}")));
        let source = "{{ hiddenInput('a', '\"<') }}{{ actionInput('x') }}{{ url('/pigeon') }}\
            {{ icon('mail', 's') }}{{ csrfInput() }}";
        let view = context! { page => minijinja::value::Serde(Page::sample()) };
        let html = env.render_named_str("a.html", source, view).unwrap();
        assert_eq!(
            html,
            "<input type=\"hidden\" name=\"a\" value=\"&quot;&lt;\">\
             <input type=\"hidden\" name=\"action\" value=\"x\">https://post.fernhill.example/pigeon\
             <svg class=\"i s\" aria-hidden=\"true\"><use href=\"/a/icons.svg#mail\"/></svg>\
             <input type=\"hidden\" name=\"csrf\" value=\"sample-csrf\">\
             <input type=\"hidden\" name=\"key\" value=\"sample-key\">"
        );
    }
}
