use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

use crate::link::REL;

/// The second lock on the door: only what the writer can write is let through.
pub(super) fn clean(html: &str) -> String {
    static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(sanitiser);
    SANITISER.clean(html).to_string()
}

fn sanitiser() -> Builder<'static> {
    let set = |names: &[&'static str]| -> HashSet<&'static str> { names.iter().copied().collect() };
    let mut builder = Builder::empty();
    builder
        .tags(set(&[
            "p",
            "br",
            "a",
            "em",
            "strong",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "mark",
        ]))
        .tag_attributes([("a", set(&["href"])), ("ol", set(&["start"]))].into())
        .url_schemes(set(&["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some(REL));
    builder
}
