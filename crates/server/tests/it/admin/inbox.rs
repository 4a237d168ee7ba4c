use std::time::Duration;

use super::{acts, asks, page_of, words};
use crate::support::TestApp;

#[tokio::test]
async fn an_empty_inbox_says_what_to_do_next() {
    let app = TestApp::catching().await;
    let mut admin = app.signed_in("ann", true, &[]).await;
    let page = admin.get("/pigeon/admin/threads").await.expect(200);
    for step in [
        "http://pigeon.test/pigeon/contact",
        "&lt;form method=\"post\" action=\"http://pigeon.test/pigeon/actions/pigeon/guest/start\"",
        "allowed_origins = ",
        "href=\"/pigeon/admin/mail\"",
        "name=\"pigeon_hp\"",
    ] {
        assert!(
            page.text().replace("&#x2f;", "/").contains(step),
            "{step}: {page:?}"
        );
    }
}

#[tokio::test]
async fn the_inbox_opens_on_what_waits_and_says_for_how_long() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    app.advance(Duration::from_mins(1));
    asks(&app, "Ben", "Where is my parcel?", "It left on Monday.").await;
    app.advance(Duration::from_mins(41));

    let page = staff.get("/pigeon/admin/threads").await.expect(200);
    let words = words(&page);
    assert!(words.contains("Pending (1)"), "{words}");
    assert!(
        words.contains("Unread. Ben Where is my parcel? It left on Monday."),
        "{words}"
    );
    assert!(words.contains("Waiting 41 min"), "{words}");
}

#[tokio::test]
async fn an_answered_conversation_leaves_what_waits() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let fields = [("threadId", id.as_str()), ("body", "On its way.")];
    acts(&mut staff, &page_of(&ben), "pigeon/admin/reply", &fields)
        .await
        .expect(303);

    for (source, is_there) in [
        ("pending", false),
        ("open", true),
        ("all", true),
        ("closed", false),
        ("mine", false),
        ("unassigned", true),
        ("nonsense", false),
    ] {
        let page = staff
            .get(&format!("/pigeon/admin/threads?source={source}"))
            .await;
        let page = page.expect(200);
        assert_eq!(
            page.text().contains("Where is my parcel?"),
            is_there,
            "{source}"
        );
    }
}

#[tokio::test]
async fn older_and_newer_lead_through_all_pages() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    for n in 0..120 {
        app.advance(Duration::from_secs(1));
        asks(&app, "Ben", &format!("Question {n:03}."), "Hm?").await;
    }
    let link = |page: &str, rel: &str| -> Option<String> {
        let at = page.find(&format!("rel=\"{rel}\""))?;
        let href = page[..at].rsplit_once("href=\"")?.1.split('"').next()?;
        Some(href.replace("&amp;", "&"))
    };
    let mut seen = Vec::new();
    let mut query = "?source=pending".to_owned();
    let mut page = staff.get(&format!("/pigeon/admin/threads{query}")).await;
    loop {
        let text = page.text().to_owned();
        let shown = text
            .match_indices("Question ")
            .map(|(at, _)| text[at..at + 13].to_owned());
        seen.extend(shown);
        let Some(older) = link(&text, "next") else {
            break;
        };
        query = older;
        page = staff
            .get(&format!("/pigeon/admin/threads{query}"))
            .await
            .expect(200);
    }
    let expected: Vec<_> = (0..120)
        .rev()
        .map(|n| format!("Question {n:03}."))
        .collect();
    assert_eq!(seen, expected);

    let back = link(page.text(), "prev").expect("there are newer ones");
    let page = staff
        .get(&format!("/pigeon/admin/threads{back}"))
        .await
        .expect(200);
    assert!(
        page.text().contains("Question 069."),
        "the page before the last"
    );
    assert!(!page.text().contains("Question 019."), "not what was there");
}

#[tokio::test]
async fn a_search_finds_words_and_nothing_found_says_so() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    asks(&app, "Ben", "Where is my parcel?", "Two cups are missing.").await;
    asks(&app, "Cleo", "Opening hours", "When do you open?").await;

    let page = staff.get("/pigeon/admin/threads?q=CUPS").await.expect(200);
    assert!(page.text().contains("Where is my parcel?"));
    assert!(!page.text().contains("Opening hours"));

    let page = staff
        .get("/pigeon/admin/threads?q=%3Cb%3Ekiln")
        .await
        .expect(200);
    let words = words(&page);
    assert!(
        words.contains("No conversation matches “&lt;b&gt;kiln”"),
        "{words}"
    );
}

#[tokio::test]
async fn the_dashboard_shows_the_newest_that_need_a_reply() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let quiet = staff.get("/pigeon/admin").await.expect(200);
    assert!(words(&quiet).contains("Nobody waits for you."));
    for n in 0..7 {
        app.advance(Duration::from_secs(1));
        asks(&app, "Ben", &format!("Question {n}."), "Hm?").await;
    }
    let page = staff.get("/pigeon/admin").await.expect(200);
    let words = words(&page);
    assert!(words.contains("Home (7)"), "{words}");
    assert!(words.contains("7 conversations need a reply."), "{words}");
    assert!(
        words.contains("Question 6.") && words.contains("Question 2."),
        "{words}"
    );
    assert!(!words.contains("Question 1."), "{words}");
}
