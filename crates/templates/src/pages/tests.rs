use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::*;
use crate::fragment::lazily;

const MOST: usize = 12 << 20;

#[derive(Clone, Debug, Hash, Serialize)]
struct Row {
    name: &'static str,
    at: i64,
}

#[derive(Serialize)]
struct View {
    subject: &'static str,
    #[serde(serialize_with = "lazily")]
    rows: Vec<Row>,
}

struct Shown {
    env: Environment<'static>,
    pages: Pages,
    rendered: Arc<AtomicUsize>,
}

impl Shown {
    fn of(html: &'static str) -> Self {
        let mut env = Environment::new();
        env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        crate::escape::add_to(&mut env);
        crate::when::add_to(&mut env);
        crate::html::add_to(&mut env, |name| Some(format!("/a/{name}")));
        crate::fragment::add_to(&mut env);
        add_to(&mut env);
        let rendered = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&rendered);
        env.add_function("count", move || {
            count.fetch_add(1, SeqCst);
            ""
        });
        let row = "<li>{{ row.name }} {{ row.at|ago }}</li>";
        env.add_template("row.html", row).unwrap();
        let base = "{{ count() }}{% block body %}{% endblock %}";
        env.add_template("base.html", base).unwrap();
        env.add_template("page.html", html).unwrap();
        Self {
            env,
            pages: Pages::new(MOST),
            rendered,
        }
    }

    fn page(&self, page: &Page, subject: &'static str, rows: &[Row]) -> String {
        let rows = rows.to_vec();
        let view = View { subject, rows };
        let shown = self.pages.render(&self.env, "page.html", page, &view);
        shown.unwrap()
    }

    /// How many pages were rendered since this was asked last.
    fn rendered(&self) -> usize {
        self.rendered.swap(0, SeqCst)
    }
}

/// So many seconds after the sample's time.
fn later(seconds: i64) -> Page {
    let page = Page::sample();
    Page {
        now: page.now + seconds * 1_000_000,
        ..page
    }
}

const ALL: &str = "{% extends 'base.html' %}{% macro when(at) %}{{ at|wait }}{% endmacro %}\
    {% block body %}{{ subject }} {{ when(rows[0].at) }}{{ csrfInput() }}\
    {% for row in rows %}{{ fragment('row.html', row=row) }}{% endfor %}{{ renderedAt() }}{% endblock %}";

#[test]
fn the_same_page_is_not_rendered_again_but_its_form_is_its_own() {
    let shown = Shown::of(ALL);
    let page = Page::sample();
    let rows = [Row {
        name: "<Ana>",
        at: page.now,
    }];
    let first = shown.page(&page, "Where?", &rows);
    assert_eq!(
        first,
        format!(
            "Where? 1 min<input type=\"hidden\" name=\"csrf\" value=\"sample-csrf\">\
             <input type=\"hidden\" name=\"key\" value=\"sample-key\">\
             <li>&lt;Ana&gt; now</li>{}",
            page.now
        )
    );
    let page = Page {
        form: Some(FormToken {
            csrf: "another".into(),
            key: "new".into(),
        }),
        ..later(1)
    };
    let second = shown.page(&page, "Where?", &rows);
    let expected = first
        .replace("sample-csrf", "another")
        .replace("sample-key", "new");
    let times = [Page::sample().now, page.now].map(|now| now.to_string());
    assert_eq!(second, expected.replace(&times[0], &times[1]));
    assert_eq!(shown.rendered(), 1);
}

#[test]
fn whatever_differs_makes_another_page() {
    let shown = Shown::of(ALL);
    let row = |name| Row {
        name,
        at: Page::sample().now,
    };
    shown.page(&later(0), "Where?", &[row("Ana")]);
    assert!(
        shown
            .page(&later(0), "When?", &[row("Ana")])
            .contains("When?")
    );
    assert!(
        shown
            .page(&later(0), "Where?", &[row("Ben")])
            .contains("Ben")
    );
    let elsewhere = Page {
        time_zone: "Asia/Tokyo".into(),
        ..later(0)
    };
    shown.page(&elsewhere, "Where?", &[row("Ana")]);
    assert_eq!(shown.rendered(), 4);
}

#[test]
fn a_time_changes_its_words_wherever_it_stands() {
    for html in [
        "{% extends 'base.html' %}{% block body %}{{ rows[0].at|ago }}{% endblock %}",
        "{% extends 'base.html' %}{% macro when(at) %}{{ at|ago }}{% endmacro %}\
         {% block body %}{{ when(rows[0].at) }}{% endblock %}",
        "{% extends 'base.html' %}{% block body %}{{ fragment('row.html', row=rows[0]) }}{% endblock %}",
    ] {
        let shown = Shown::of(html);
        let rows = [Row {
            name: "",
            at: Page::sample().now,
        }];
        for (seconds, words) in [
            (0, "now"),
            (59, "now"),
            (60, "1 min"),
            (119, "1 min"),
            (120, "2 min"),
        ] {
            let page = shown.page(&later(seconds), "", &rows);
            assert!(page.contains(words), "{html} after {seconds} s: {page}");
        }
        assert_eq!(shown.rendered(), 3, "{html}");
    }
}

#[test]
fn a_template_that_asks_for_the_time_itself_is_rendered_each_time() {
    let shown = Shown::of("{{ count() }}{{ page.now }}");
    let first = shown.page(&later(0), "", &[]);
    assert_ne!(first, shown.page(&later(1), "", &[]));
    assert_eq!(shown.rendered(), 2);
}

#[test]
fn it_stays_small() {
    let shown = Shown::of("{{ count() }}{{ subject }}{{ 'x' * 1000000 }}");
    for seconds in 0..40 {
        let subject: &'static str = Box::leak(seconds.to_string().into_boxed_str());
        shown.page(&later(0), subject, &[]);
        assert!(shown.pages.kept().bytes() <= MOST);
    }
    shown.page(&later(0), "39", &[]);
    assert_eq!(shown.rendered(), 40);
}
