//! Searching the inbox: what a question means, what is wrong with one, and what nobody finds.

use std::time::Duration;

use super::{acts, asks, goes_on, page_of, words};
use crate::support::{Actors, Guest, Person, TestApp, unescaped, unmarked};

async fn finds(person: &mut Person, question: &str) -> Vec<String> {
    let query: String = form_urlencoded::byte_serialize(question.as_bytes()).collect();
    let page = person
        .get(&format!("/pigeon/admin/threads?q={query}"))
        .await;
    let page = unmarked(page.expect(200).text());
    let rows = page.split("<b id=\"s-").skip(1);
    let mut found: Vec<String> = rows
        .map(|row| row.split(['>', '<']).nth(1).unwrap_or_default().to_owned())
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn operators_ask_for_what_a_conversation_is() {
    let app = TestApp::start().await;
    let mut ann = app.signed_in("ann", true, &[]).await;
    let mut pages = Vec::new();
    for (name, subject, body) in [
        ("Ada", "Kettle", "The lid is loose"),
        ("Ben", "Teapot", "Where is the lid of my kettle?"),
        ("Cleo", "Cups", "Two of the kettle cups broke"),
    ] {
        app.run_jobs().await;
        app.advance(Duration::from_hours(24));
        let (started, _) = asks(&app, name, subject, body).await;
        pages.push((page_of(&started), started));
    }
    let id = pages[1].1.thread.id.to_string();
    let thread = ("threadId", id.as_str());
    let note = [
        thread,
        ("body", "CANARY: they wrote before"),
        ("isInternalNote", "1"),
    ];
    acts(&mut ann, &pages[1].0, "pigeon/admin/reply", &note)
        .await
        .expect(303);
    let close = [thread, ("status", "closed")];
    acts(&mut ann, &pages[1].0, "pigeon/admin/status", &close)
        .await
        .expect(303);
    goes_on(&app, &pages[2].1, "And the saucer").await;
    let day = |ago: u64| {
        let at = app.app.clock.now() - Duration::from_hours(24 * ago);
        let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap();
        at.to_zoned(app.app.settings().time_zone.clone())
            .date()
            .to_string()
    };
    let (yesterday, today) = (day(1), day(0));

    for _ in ["before the index knows them", "and after"] {
        for (question, expected) in [
            ("kettle", &["Cups", "Kettle", "Teapot"][..]),
            ("subject:kettle", &["Kettle"]),
            ("from:ada kettle", &["Kettle"]),
            ("from:cleo", &["Cups"]),
            ("kettle -from:cleo", &["Kettle", "Teapot"]),
            ("from:guests.example", &["Cups", "Kettle", "Teapot"]),
            ("kettle -saucer", &["Kettle", "Teapot"]),
            ("kettle -\"kettle cups\"", &["Kettle", "Teapot"]),
            ("\"lid of my\"", &["Teapot"]),
            ("status:closed", &["Teapot"]),
            ("-status:closed", &["Cups", "Kettle"]),
            ("kettle status:pending", &["Cups", "Kettle"]),
            ("has:note", &["Teapot"]),
            ("kettle has:note", &["Teapot"]),
            ("kettle -has:note", &["Cups", "Kettle"]),
            ("-has:note", &["Cups", "Kettle"]),
            ("-kettle", &[]),
            ("-saucer", &["Kettle", "Teapot"]),
            ("CANARY", &["Teapot"]),
            ("assignee:nobody", &["Cups", "Kettle", "Teapot"]),
            ("assignee:me", &[]),
            ("assignee:ann -status:closed", &[]),
            (&format!("before:{today}"), &["Kettle", "Teapot"]),
            (&format!("before:{yesterday}"), &["Kettle"]),
            (&format!("after:{yesterday}"), &["Cups"]),
            (
                &format!("kettle before:{today} after:{}", day(2)),
                &["Teapot"],
            ),
            ("after:2999", &[]),
            ("***", &[]),
        ] {
            assert_eq!(finds(&mut ann, question).await, expected, "{question}");
        }
        app.run_jobs().await;
        while pigeon::conversations::search::index_batch(&app.app.db)
            .await
            .unwrap()
            > 0
        {}
    }
}

#[tokio::test]
async fn a_wrong_question_explains_itself_and_is_kept() {
    let app = TestApp::start().await;
    let mut ann = app.staff("ann").await;
    asks(&app, "Ada", "Kettle", "Hm?").await;
    for (question, wrong, instead) in [
        (
            "kettle%20status:opn",
            "“opn” is no status",
            "status:pending",
        ),
        (
            "assignee:zoe",
            "Nobody of the team is called “zoe”",
            "assignee:me",
        ),
        ("before:soon", "“soon” is no date", "before:2026-"),
        ("has:file", "“has:file”", "has:note"),
        (
            "from:%20ada",
            "After “from:” something is missing",
            "from:ann@example.com",
        ),
        ("status:%3Cb%3E", "“<b>” is no status", "status:open"),
    ] {
        let page = ann
            .get(&format!("/pigeon/admin/threads?q={question}"))
            .await;
        let page = page.expect(200);
        let said = unescaped(&words(&page));
        assert!(
            said.contains(wrong) && said.contains(instead),
            "{question}: {said}"
        );
        let typed = page.field("q").expect("the field is there");
        assert!(typed.contains(':'), "{typed}");
        assert!(page.text().contains("role=\"alert\""));
        let export = ann
            .get(&format!("/pigeon/admin/threads/export.csv?q={question}"))
            .await;
        assert_eq!(export.status, 400, "{question}");
    }
}

#[tokio::test]
async fn row_36_whoever_may_not_read_notes_finds_none_and_none_of_their_traces() {
    let (app, mut staff) = TestApp::open().await;
    let guest = Guest::asks(&app, "ben@example.com", "Where is my parcel?").await;
    staff.notes(&guest.thread, "CANARY-36 between us").await;
    app.run_jobs().await;
    let actors = Actors::of(&app).await;
    // Stranger, two guests, a user without rights.
    for actor in &actors.all[..4] {
        let mut person = actor.person.clone();
        for path in [
            "threads",
            "threads/export.csv",
            "threads/export.json",
            "threads/export.xml",
        ] {
            for question in ["CANARY-36", "has:note", "-has:note"] {
                let answer = person
                    .get(&format!("/pigeon/admin/{path}?q={question}"))
                    .await;
                assert!(
                    [401, 403].contains(&answer.status),
                    "{path}: {}",
                    answer.status
                );
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                assert!(
                    !text.contains("parcel") && !text.contains("between us"),
                    "{text}"
                );
            }
        }
    }
    // Who reads the inbox reads its notes; no file has them.
    let mut reader = actors.all[4].person.clone();
    assert_eq!(finds(&mut reader, "CANARY-36").await.len(), 1);
    for format in ["csv", "json", "xml"] {
        let path = format!("/pigeon/admin/threads/export.{format}?q=CANARY-36");
        let file = reader.get(&path).await.expect(200);
        assert!(file.text().contains("parcel"), "{format}");
        assert!(!file.text().contains("between us"), "{format}");
    }
}
