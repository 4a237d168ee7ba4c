use std::collections::BTreeMap;

use serde::Serialize;
use templates::Page;

use super::*;
use crate::views::rendering::templates;

struct Rendered {
    subject: String,
    text: String,
    html: String,
}

fn render(kind: &str, view: &impl Serialize) -> Rendered {
    let page = Page {
        form: None,
        ..Page::sample()
    };
    let part = |file: &str| {
        templates()
            .render(&format!("emails/{kind}/{file}"), &page, view)
            .unwrap_or_else(|error| panic!("{kind}/{file}: {error:#}"))
    };
    Rendered {
        subject: part("subject.txt"),
        text: part("body.txt"),
        html: part("body.html"),
    }
}

fn every_sample() -> BTreeMap<&'static str, Rendered> {
    BTreeMap::from([
        ("received", render("received", &Received::sample())),
        ("answer", render("answer", &Answer::sample())),
        (
            "answer_unproved",
            render("answer", &Answer::sample_unproved()),
        ),
        ("new_links", render("new_links", &NewLinks::sample())),
        (
            "new_links_ten",
            render("new_links", &NewLinks::sample_ten()),
        ),
        (
            "new_links_unproved",
            render("new_links", &NewLinks::sample_unproved()),
        ),
        (
            "new_links_sent",
            render("new_links", &NewLinks::sample_sent()),
        ),
        ("added", render("added", &Added::sample())),
        ("added_unproved", render("added", &Added::sample_unproved())),
        ("staff_alert", render("staff_alert", &StaffAlert::sample())),
        (
            "staff_notification",
            render("staff_notification", &StaffNotification::sample()),
        ),
        (
            "staff_notification_note",
            render("staff_notification", &StaffNotification::sample_note()),
        ),
        ("assignment", render("assignment", &Assignment::sample())),
        ("mention", render("mention", &Mention::sample())),
        ("assignments", render("assignments", &Assignments::sample())),
        ("password", render("password", &Password::sample())),
    ])
}

/// What a person reads of it: no markup, no address of a link.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split_whitespace()
        .filter(|word| !word.starts_with("https://post."))
        .map(|word| word.trim_matches([':', '>', '-']).to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    words.sort();
    words
}

fn without_markup(html: &str) -> String {
    let body = html.split("<body").nth(1).expect("an e-mail has a body");
    let body = body.replace("</b>", "").replace("</a>", "");
    let mut text = String::new();
    let mut inside = true;
    for c in body.chars() {
        match c {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' => inside = false,
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text.replace("&nbsp;", " ")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[test]
fn each_mail_reads_as_it_should() {
    for (name, mail) in every_sample() {
        insta::assert_snapshot!(name, format!("Subject: {}\n\n{}", mail.subject, mail.text));
        if let Ok(folder) = std::env::var("PREVIEW") {
            std::fs::write(format!("{folder}/email-{name}.html"), &mail.html).unwrap();
        }
    }
    insta::assert_snapshot!("answer_html", every_sample()["answer"].html);
}

#[test]
fn each_mail_is_small_and_loads_nothing() {
    for (name, mail) in every_sample() {
        assert!(
            mail.html.len() <= 8 * 1024,
            "{name}: {} bytes",
            mail.html.len()
        );
        for loads in [" src=", "<img", "<link", "@import", "url(", "<script"] {
            assert!(!mail.html.contains(loads), "{name}: {loads}");
        }
        assert!(!mail.subject.contains('\n') && !mail.subject.is_empty());
    }
}

#[test]
fn the_text_says_what_the_html_says() {
    for (name, mail) in every_sample() {
        assert_eq!(
            words(&mail.text),
            words(&without_markup(&mail.html)),
            "{name}"
        );
    }
}

/// All but what is about an account.
fn stops(name: &str) -> bool {
    name != "password"
}

#[test]
fn each_mail_says_that_answers_are_not_read_and_how_to_stop_if_it_is_about_no_account() {
    for (name, mail) in every_sample() {
        assert!(
            mail.text.contains("Answers to this e-mail are not read"),
            "{name}"
        );
        assert_eq!(mail.text.contains("/pigeon/u/"), stops(name), "{name}");
        assert_eq!(mail.html.contains("/pigeon/u/"), stops(name));
    }
}

#[test]
fn what_people_wrote_stays_text() {
    let hostile = r#""></title><img src=x onerror=alert(1)><script>alert(1)</script>"#;
    let view = Answer {
        subject: hostile.into(),
        author: hostile.into(),
        body: hostile.into(),
        quote: Some(Quote {
            at: Answer::sample().works_until,
            text: hostile.into(),
        }),
        ..Answer::sample()
    };
    let mail = render("answer", &view);
    assert!(!mail.html.contains("<img") && !mail.html.contains("<script"));
    assert_eq!(mail.subject, hostile);
    assert!(mail.text.contains(hostile));
}
