//! For tests: a built-in template with a view, as a browser gets it.

use serde::Serialize;
use templates::{Page, Templates};

pub(super) fn templates() -> Templates {
    Templates::new(|name| Some(format!("/pigeon/assets/0/{name}")))
}

/// With `PREVIEW` the page also goes there, as `shown_as.html`, to look at.
pub(super) fn page(template: &str, shown_as: &str, view: &impl Serialize) -> String {
    let html = templates()
        .page(template, &Page::sample(), view)
        .unwrap_or_else(|error| panic!("{template} as {shown_as}: {error:#}"));
    if let Ok(folder) = std::env::var("PREVIEW") {
        std::fs::write(format!("{folder}/{shown_as}.html"), &html).unwrap();
    }
    assert!(
        !html.contains(" style=") && !html.contains("<script>"),
        "{template}: the page's policy forbids inline style and script"
    );
    html
}
