//! The built-in templates and what they can call: text for people becomes pages and e-mails here.
//!
//! Names that end in `.html` escape what they print, `.txt` never does. A variable that is not
//! there is an error, so that a typo fails in the tests and not before a guest.

mod body;
mod escape;
mod fragment;
mod html;
mod kept;
mod link;
mod mark;
mod page;
mod pages;
mod root;
mod text;
mod translate;
mod when;

use minijinja::{
    AutoEscape, Environment, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde,
};
use serde::Serialize;

use pages::Pages;
use root::Root;

pub use fragment::lazily;
pub use minijinja::Error;
pub use page::{FormToken, Page};
pub use text::initials;
pub use translate::translate;

/// What is kept of pages at most, in bytes.
const KEPT: usize = 24 << 20;
/// Instructions that one rendering may run: an inbox page takes about 30,000.
const FUEL: u64 = 3_000_000;

#[derive(rust_embed::RustEmbed)]
#[folder = "../../templates"]
struct Files;

/// All templates, ready to render.
pub struct Templates {
    env: Environment<'static>,
    pages: Pages,
}

impl Templates {
    /// `asset_url` knows where a file of `assets/` is served, or that there is no such file.
    pub fn new(asset_url: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let mut env = Environment::new();
        if cfg!(debug_assertions) {
            env.set_loader(minijinja::path_loader(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../templates"
            )));
        } else {
            env.set_loader(|name| Ok(embedded(name)));
        }
        env.set_debug(cfg!(debug_assertions));
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_fuel(Some(FUEL));
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build();
        env.set_syntax(syntax.expect("the usual delimiters differ"));
        env.set_auto_escape_callback(|name| {
            let kind = name.rsplit_once('.').map(|(_, kind)| kind);
            if kind == Some("html") {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        escape::add_to(&mut env);
        translate::add_to(&mut env);
        text::add_to(&mut env);
        body::add_to(&mut env);
        mark::add_to(&mut env);
        when::add_to(&mut env);
        html::add_to(&mut env, asset_url);
        fragment::add_to(&mut env);
        pages::add_to(&mut env);
        Self {
            env,
            pages: Pages::new(KEPT),
        }
    }

    /// The same, which renders each page anew.
    #[must_use]
    pub fn keeping_no_pages(self) -> Self {
        Self {
            pages: Pages::new(0),
            ..self
        }
    }

    /// Renders `name` with the fields of `view`, and `page` under its own name.
    pub fn render(&self, name: &str, page: &Page, view: &impl Serialize) -> Result<String, Error> {
        let root = Root::of(Value::from(Serde(page)), view)?;
        self.env
            .get_template(name)?
            .render(Value::from_object(root))
    }

    /// The same, of what was rendered before if nothing in it has changed.
    pub fn page(&self, name: &str, page: &Page, view: &impl Serialize) -> Result<String, Error> {
        self.pages.render(&self.env, name, page, view)
    }

    /// The names of all built-in templates.
    pub fn names() -> impl Iterator<Item = String> {
        Files::iter().map(Into::into)
    }
}

fn embedded(name: &str) -> Option<String> {
    let file = Files::get(name)?;
    String::from_utf8(file.data.into_owned()).ok()
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn templates() -> Templates {
        Templates::new(|name| Some(format!("/pigeon/assets/x/{name}")))
    }

    #[test]
    fn every_template_parses() {
        let templates = templates();
        for name in Templates::names() {
            if let Err(error) = templates.env.get_template(&name) {
                panic!("{name}: {error:#}");
            }
        }
    }

    #[test]
    fn html_is_escaped_and_plain_text_is_not() {
        let env = &templates().env;
        let view = context! { name => "<b>&" };
        assert_eq!(
            env.render_named_str("a.html", "{{ name }}", &view).unwrap(),
            "&lt;b&gt;&amp;"
        );
        assert_eq!(
            env.render_named_str("a.txt", "{{ name }}", &view).unwrap(),
            "<b>&"
        );
    }

    #[test]
    fn a_variable_that_is_not_there_is_an_error() {
        let env = &templates().env;
        assert!(env.render_str("{{ typo }}", ()).is_err());
        assert!(env.render_str("{% if typo %}x{% endif %}", ()).is_err());
    }

    #[test]
    fn a_template_cannot_run_for_ever() {
        let env = &templates().env;
        let endless =
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(env.render_str(endless, ()).is_err());
    }
}
