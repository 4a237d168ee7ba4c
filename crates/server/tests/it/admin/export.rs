//! What is listed, as a file.

use std::time::Duration;

use super::{acts, asks, page_of};
use crate::support::{Person, TestApp};

/// A column of the CSV file, from top to bottom.
async fn column(person: &mut Person, query: &str, name: &str) -> Vec<String> {
    let path = format!("/pigeon/admin/threads/export.csv{query}");
    let file = person.get(&path).await.expect(200);
    let mut reader = csv::Reader::from_reader(file.text().as_bytes());
    let headers = reader.headers().expect("a head").clone();
    let at = headers
        .iter()
        .position(|header| header == name)
        .expect("the column");
    let rows = reader
        .records()
        .map(|row| row.expect("a row")[at].to_owned());
    rows.collect()
}

/// The subjects that the pages of the inbox list.
async fn listed(person: &mut Person, query: &str) -> Vec<String> {
    let mut subjects = Vec::new();
    let mut next = Some(query.to_owned());
    while let Some(query) = next {
        let page = person
            .get(&format!("/pigeon/admin/threads{query}"))
            .await
            .expect(200);
        let text = page.text();
        let rows = text.split("<b id=\"s-").skip(1);
        subjects
            .extend(rows.map(|row| row.split(['>', '<']).nth(1).unwrap_or_default().to_owned()));
        next = text.find("rel=\"next\"").map(|at| {
            let href = text[..at].rsplit_once("href=\"").expect("a link").1;
            href.split('"')
                .next()
                .unwrap_or_default()
                .replace("&amp;", "&")
        });
    }
    subjects
}

#[tokio::test]
async fn a_file_has_what_the_pages_list_in_the_same_order() {
    let app = TestApp::start().await;
    let mut ann = app.signed_in("ann", true, &[]).await;
    for n in 0..70 {
        app.advance(Duration::from_secs(1));
        let body = if n % 2 == 0 {
            "An even kettle"
        } else {
            "An odd teapot"
        };
        let (started, _) = asks(&app, "Ben", &format!("S{:02}", n * 29 % 70), body).await;
        if n % 10 == 0 {
            let id = started.thread.id.to_string();
            let fields = [("threadId", id.as_str()), ("status", "closed")];
            let page = page_of(&started);
            acts(&mut ann, &page, "pigeon/admin/status", &fields)
                .await
                .expect(303);
        }
    }
    app.force("UPDATE threads SET trashed_at = 1 WHERE subject LIKE '%5'")
        .await;
    for query in [
        "",
        "?source=all",
        "?source=all&sort=subject",
        "?source=closed&sort=created",
        "?source=trash",
        "?source=pending&sort=wait&assignee=nobody",
        "?source=pending&assignee=me",
        "?q=kettle",
        "?q=-kettle&sort=subject",
        "?q=status:closed+teapot",
    ] {
        let expected = listed(&mut ann, query).await;
        assert_eq!(
            expected.is_empty(),
            query.contains("=me") || query.contains("closed+"),
            "{query}"
        );
        assert_eq!(column(&mut ann, query, "title").await, expected, "{query}");
        let json = ann
            .get(&format!("/pigeon/admin/threads/export.json{query}"))
            .await;
        let json = json.expect(200).json();
        let titles = json
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| row["title"].as_str());
        let titles = titles.map(|title| title.expect("text").to_owned());
        assert_eq!(titles.collect::<Vec<_>>(), expected, "{query}");
        let xml = ann
            .get(&format!("/pigeon/admin/threads/export.xml{query}"))
            .await;
        let xml = xml.expect(200);
        let titles = xml.text().split("<title>").skip(1);
        let titles = titles.map(|rest| rest.split("</title>").next().unwrap_or_default());
        assert_eq!(titles.collect::<Vec<_>>(), expected, "{query}");
        assert!(xml.text().ends_with("\n</threads>\n"));
    }
}

#[tokio::test]
async fn r32_a_stranger_s_words_are_text_in_every_cell() {
    let app = TestApp::start().await;
    let mut ann = app.staff("ann").await;
    for (name, subject, body) in [
        ("=HYPERLINK(1)", "=cmd|' /C calc'!A0", "+1+1 and more"),
        ("@Ben", "＝1", "-2"),
        ("Plain, \"Ben\"", "a,b \"c\"", "two\nlines"),
    ] {
        app.advance(Duration::from_secs(1));
        asks(&app, name, subject, body).await;
    }
    let titles = ["a,b \"c\"", "'＝1", "'=cmd|' /C calc'!A0"];
    assert_eq!(column(&mut ann, "", "title").await, titles);
    let names = ["Plain, \"Ben\"", "'@Ben", "'=HYPERLINK(1)"];
    assert_eq!(column(&mut ann, "", "starterName").await, names);
    for preview in column(&mut ann, "", "lastMessage").await {
        assert!(!preview.starts_with(['=', '+', '-', '@']), "{preview}");
    }
}

#[tokio::test]
async fn a_file_is_a_download_that_no_cache_keeps() {
    let app = TestApp::start().await;
    let mut ann = app.staff("ann").await;
    asks(&app, "Ben", "Kettle", "Hm?").await;
    for (format, kind) in [
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("json", "application/json"),
        ("xml", "application/xml; charset=utf-8"),
    ] {
        let path = format!("/pigeon/admin/threads/export.{format}?source=all");
        let file = ann.get(&path).await.expect(200);
        assert_eq!(file.header("content-type"), Some(kind));
        let disposition = file.header("content-disposition").expect("a name");
        assert!(
            disposition.starts_with("attachment; filename=\"pigeon-all-20"),
            "{disposition}"
        );
        assert!(
            disposition.ends_with(&format!(".{format}\"")),
            "{disposition}"
        );
        assert_eq!(file.header("cache-control"), Some("no-store"));
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        let head = ann.ask("HEAD", &path, &[], b"").await;
        assert_eq!((head.status, head.body.len()), (200, 0));
    }
}
