//! A page as a browser takes it apart: good enough to see what is markup and what is text.

/// An element's name and its attributes.
#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Every element of the page, in order. What stands in a text field or a title is text.
pub fn elements(html: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (element, after) = element(rest);
        rest = after;
        if matches!(&*element.name, "title" | "textarea" | "script" | "style") {
            let end = format!("</{}", element.name);
            let at = rest.to_ascii_lowercase().find(&end);
            rest = &rest[at.expect("what begins ends")..];
        }
        elements.push(element);
    }
    elements
}

fn element(text: &str) -> (Element, &str) {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/');
    let (name, mut rest) = text.split_at(end.unwrap_or(text.len()));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            break;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'));
        let (key, after) = rest.split_at(end.unwrap_or(rest.len()).max(1));
        let (value, after) = value(after);
        attributes.push((key.to_ascii_lowercase(), unescaped(value)));
        rest = after;
    }
    let name = name.to_ascii_lowercase();
    (Element { name, attributes }, rest)
}

fn value(text: &str) -> (&str, &str) {
    let Some(text) = text.strip_prefix('=') else {
        return ("", text);
    };
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>');
    text.split_at(end.unwrap_or(text.len()))
}

/// The page without the marks on what a search has found.
pub fn unmarked(html: &str) -> String {
    html.replace("<mark>", "").replace("</mark>", "")
}

/// The page's words as a person reads them, one space between, without its markup.
pub fn words(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => {
                in_tag = true;
                text.push(' ');
            }
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    let words: Vec<_> = text.split_whitespace().collect();
    unescaped(&words.join(" "))
}

pub fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&#x2f;", "/")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Nothing runs in the page but our own script, and nothing leads to one.
#[track_caller]
pub fn assert_inert(html: &str) {
    for element in elements(html) {
        let name = element.name.as_str();
        let allowed = !matches!(name, "object" | "embed" | "base" | "math" | "meta")
            || element.attribute("http-equiv").is_none() && name == "meta";
        assert!(allowed, "{element:?}");
        if name == "script" {
            let source = element.attribute("src").unwrap_or_default();
            assert!(source.starts_with("/pigeon/assets/"), "{element:?}");
        }
        for (key, value) in &element.attributes {
            assert!(!key.starts_with("on"), "{element:?}");
            assert!(!key.contains(['<', '"', '\'']), "{element:?}");
            if matches!(&**key, "href" | "src" | "action" | "formaction" | "srcset") {
                let known = ["/", "#", "?", "http://", "https://", "mailto:", "tel:"];
                let leads = known.iter().any(|known| value.starts_with(known));
                assert!(leads && !value.starts_with("//"), "{element:?}");
            }
            if key == "src" {
                assert!(value.starts_with('/'), "{element:?}");
            }
        }
    }
}
