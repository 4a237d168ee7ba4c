//! How messages are shown: a little Markdown, and nothing else.

use crate::support::{Guest, TestApp, assert_inert, elements, words};

/// Everything that somebody might try in one message.
const HOSTILE: &str = "**Hello** <script>alert(1)</script> <img src=x onerror=alert(1)>\n\n\
    <svg onload=alert(1)>\n\n<form action=/pigeon/logout><button class=btn id=list data-live=inbox>\n\n\
    [a](javascript:alert(1)) [b](java&#115;cript:1) ![c](data:text/html,x) [d](//evil.test) \
    [https://bank.example](https://evil.test/1) [e](https://evil.test/2)\n\n- one\n- two";

#[tokio::test]
async fn r05_a_message_has_its_markdown_and_nothing_that_runs_wherever_it_is_shown() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", HOSTILE).await;
    ann.proves(&app).await;
    ada.answers(&ann.thread, HOSTILE).await;
    ada.notes(&ann.thread, HOSTILE).await;
    app.run_jobs().await;

    let mails: Vec<_> = app.mails();
    let mails = mails.iter().filter(|mail| mail.text.contains("evil.test"));
    let mails: Vec<_> = mails.collect();
    assert!(mails.len() >= 2, "an alert to the team and an answer");
    let staff = ada.reads(&ann.thread).await.expect(200);
    let guest = ann.looks().await.expect(200);
    let pages = [staff.text(), guest.text()].into_iter();
    for html in pages.chain(mails.iter().map(|mail| mail.html.as_str())) {
        assert_inert(html);
        let all = elements(html);
        for known in ["strong", "ul", "li"] {
            assert!(
                all.iter().any(|element| element.name == known),
                "{known}: {html}"
            );
        }
        let links = all.iter().filter(|element| element.name == "a");
        let out: Vec<_> = links
            .filter(|link| {
                link.attribute("href")
                    .is_some_and(|to| to.contains("evil.test"))
            })
            .collect();
        assert!(out.len() >= 2, "{html}");
        for link in out {
            assert_eq!(link.attribute("rel"), Some("nofollow noopener ugc"));
            assert_eq!(link.attribute("target"), Some("_blank"));
            assert_eq!(link.attributes.len(), 3, "{link:?}");
        }
        assert!(
            !all.iter()
                .any(|element| element.attribute("id") == Some("list"))
        );
    }
    for mail in mails {
        assert!(
            mail.text.contains(HOSTILE),
            "as it was typed: {}",
            mail.text
        );
    }
}

#[tokio::test]
async fn a_long_message_folds_on_pages_and_not_in_mail() {
    let (app, mut ada) = TestApp::open().await;
    let lines: Vec<_> = (1..=60).map(|n| format!("line {n}.")).collect();
    let mut ann = Guest::asks(&app, "ann@example.com", &lines.join("\n")).await;
    app.run_jobs().await;
    let staff = ada.reads(&ann.thread).await.expect(200);
    let guest = ann.looks().await.expect(200);
    for page in [&staff, &guest] {
        let (head, rest) = page.text().split_once("<details class=\"fold\">").unwrap();
        assert!(head.contains("line 24.") && !head.contains("line 25."));
        assert!(rest.contains("Show all") && rest.contains("line 60."));
    }
    let mail = app.last_mail_to("ada@example.com");
    assert!(!mail.html.contains("<details") && words(&mail.html).contains("line 24. line 25."));
}

#[tokio::test]
async fn the_list_shows_what_somebody_wrote_and_not_what_they_quoted() {
    let (app, mut ada) = TestApp::open().await;
    Guest::asks(&app, "ann@example.com", "> When?\n\n**Tomorrow**, `please`").await;
    let page = ada.get("/pigeon/admin/threads").await.expect(200);
    assert!(
        words(page.text()).contains("Tomorrow, please"),
        "{}",
        page.text()
    );
}
