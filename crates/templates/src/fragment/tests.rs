use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::*;
use crate::Page;

#[derive(Clone, Debug, Hash, Serialize)]
struct Row {
    name: String,
    at: i64,
    unread: bool,
}

#[derive(Serialize)]
struct View {
    #[serde(serialize_with = "lazily")]
    rows: Vec<Row>,
    query: &'static str,
}

struct Pages {
    env: Environment<'static>,
    rendered: Arc<AtomicUsize>,
}

impl Pages {
    fn new(row: &'static str) -> Self {
        let mut env = Environment::new();
        env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        crate::escape::add_to(&mut env);
        crate::when::add_to(&mut env);
        crate::html::add_to(&mut env, |name| Some(format!("/a/{name}")));
        add_to(&mut env);
        let rendered = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&rendered);
        env.add_function("count", move || {
            count.fetch_add(1, SeqCst);
            ""
        });
        env.add_template("row.html", row).unwrap();
        let page =
            "{% for row in rows %}{{ fragment('row.html', row=row, query=query) }}{% endfor %}";
        env.add_template("page.html", page).unwrap();
        Self { env, rendered }
    }

    fn show(&self, page: &Page, rows: &[Row], query: &'static str) -> Result<String, Error> {
        let rows = rows.to_vec();
        let (page, view) = (
            Value::from(Serde(page)),
            Value::from(Serde(View { rows, query })),
        );
        let context = context! { page, ..view };
        self.env.get_template("page.html")?.render(context)
    }

    /// How many fragments were rendered since this was asked last.
    fn rendered(&self) -> usize {
        self.rendered.swap(0, SeqCst)
    }
}

fn row(name: &str, at: i64) -> Row {
    Row {
        name: name.into(),
        at,
        unread: false,
    }
}

#[test]
fn what_has_not_changed_is_not_rendered_again() {
    let pages =
        Pages::new("{{ count() }}<b>{{ row.name }}{% if row.unread %}*{% endif %}{{ query }}</b>");
    let page = Page::sample();
    let mut rows = [row("<Ana>", 1), row("Ben", 2)];
    let shown = pages.show(&page, &rows, "?a").unwrap();
    assert_eq!(shown, "<b>&lt;Ana&gt;?a</b><b>Ben?a</b>");
    assert_eq!(pages.rendered(), 2);
    assert_eq!(pages.show(&page, &rows, "?a").unwrap(), shown);
    assert_eq!(pages.rendered(), 0);

    rows[1].unread = true;
    let shown = pages.show(&page, &rows, "?a").unwrap();
    assert_eq!(shown, "<b>&lt;Ana&gt;?a</b><b>Ben*?a</b>");
    assert_eq!(pages.rendered(), 1);
    pages.show(&page, &rows, "?b").unwrap();
    assert_eq!(pages.rendered(), 2);
    let elsewhere = Page {
        site_url: "https://other.example".into(),
        ..page
    };
    pages.show(&elsewhere, &rows, "?b").unwrap();
    assert_eq!(pages.rendered(), 2);
}

#[test]
fn a_time_changes_its_words_to_the_second() {
    let pages = Pages::new(
        "{{ count() }}{{ row.at|ago }}, {{ row.at|wait }}, {{ row.at|datetime('near') }}",
    );
    let mut page = Page::sample(); // 12:05 in London
    let second = 1_000_000;
    let rows = [row("Ana", page.now - 90 * second)];
    for (after, shown, rendered) in [
        (0, "1 min, 1 min, today 12:03", 1),
        (29, "1 min, 1 min, today 12:03", 0),
        (30, "2 min, 2 min, today 12:03", 1),
        (60 * 57, "58 min, 58 min, today 12:03", 1),
        (60 * 59, "1 h, 1 h, today 12:03", 1),
        (60 * 110, "1 h, 1 h, today 12:03", 0),
        (11 * 3600 + 54 * 60 + 59, "11 h, 11 h, today 12:03", 1),
        (11 * 3600 + 55 * 60, "Yesterday, 11 h, yesterday 12:03", 1),
        (0, "1 min, 1 min, today 12:03", 1), // the clock was set back
    ] {
        page.now = Page::sample().now + after * second;
        assert_eq!(
            pages.show(&page, &rows, "").unwrap(),
            shown,
            "after {after} s"
        );
        assert_eq!(pages.rendered(), rendered, "after {after} s");
    }
}

#[test]
fn what_differs_from_page_to_page_is_not_there() {
    for row_html in ["{{ page.now }}", "{{ csrfInput() }}", "{{ other }}"] {
        let pages = Pages::new(row_html);
        let shown = pages.show(&Page::sample(), &[row("Ana", 1)], "");
        assert!(shown.is_err(), "{row_html}: {shown:?}");
    }
    let pages = Pages::new("{{ page.site_name }} {{ page.lang }}");
    let shown = pages.show(&Page::sample(), &[row("Ana", 1)], "").unwrap();
    assert_eq!(shown, "Fernhill Pottery en");
}

#[test]
fn only_so_many_are_kept() {
    let pages = Pages::new("{{ count() }}{{ row.name }}{{ 'x' * 1500 }}");
    let page = Page::sample();
    let rows: Vec<Row> = (0..5_000).map(|n| row(&n.to_string(), n)).collect();
    pages.show(&page, &rows, "").unwrap();
    assert_eq!(pages.rendered(), 5_000);
    pages.show(&page, &rows[4_999..], "").unwrap();
    assert_eq!(pages.rendered(), 0, "the newest is kept");
    pages.show(&page, &rows[..3_000], "").unwrap();
    assert!(pages.rendered() > 1_000, "not all of them are");
}
