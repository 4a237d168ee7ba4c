//! Long conversations: where they open, and links to a message.

use std::time::Duration;

use crate::support::{Answer, Guest, Person, TestApp, words};

/// A conversation of `n` numbered messages by a guest, and somebody who has read the first `read`.
async fn long(n: usize, read: usize) -> (TestApp, Guest, Person) {
    let pins = [("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1000")];
    let (app, _) = TestApp::open_with(&pins).await;
    let mut maya = app.staff("maya").await;
    app.advance(Duration::from_secs(1));
    let mut ann = Guest::asks(&app, "ann@example.com", "number 1.").await;
    for number in 2..=n {
        ann.does("guest/reply", &[("body", &format!("number {number}."))])
            .await
            .expect(303);
        if number == read {
            let id = ann.thread.clone();
            maya.does("threads/mark-read", &[("threadId", &id)])
                .await
                .expect(303);
        }
    }
    (app, ann, maya)
}

fn shows(page: &Answer, numbers: std::ops::RangeInclusive<usize>) {
    let text = words(page.text());
    let all: Vec<_> = (1..200)
        .filter(|n| text.contains(&format!(" number {n}. ")))
        .collect();
    assert_eq!(all, numbers.collect::<Vec<_>>());
}

fn link<'a>(page: &'a Answer, part: &str) -> &'a str {
    let links = page.text().split("href=\"").skip(1);
    let mut links = links.map(|rest| rest.split('"').next().unwrap());
    links
        .find(|link| link.contains(part))
        .unwrap_or_else(|| panic!("{part}"))
}

fn id_of(page: &Answer, number: usize) -> String {
    let before = page
        .text()
        .split(&format!("number {number}."))
        .next()
        .unwrap();
    before
        .rsplit("id=\"m-")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_conversation_opens_at_the_first_unread_message() {
    let (_app, ann, mut maya) = long(90, 20).await;
    let inbox = maya.get("/pigeon/admin/threads").await.expect(200);
    assert!(link(&inbox, &ann.thread).ends_with("#new"));
    let led = maya.reads(&ann.thread).await.expect(303);
    assert!(led.header("location").unwrap().ends_with("#new"));
    let page = maya.follow(&led).await.expect(200);
    shows(&page, 11..=60);
    let (read, news) = page.text().split_once("id=\"new\"").unwrap();
    assert!(
        read.contains("number 20.") && !read.contains("number 21.") && news.contains("number 21.")
    );
    let later = link(&page, "after=").replace("&amp;", "&");
    shows(&maya.get(&later).await.expect(200), 41..=90);
    let earlier = link(&page, "before=").replace("&amp;", "&");
    shows(&maya.get(&earlier).await.expect(200), 1..=10);

    // Reading that page reads no more than it showed, and the rest is next.
    let seen = page.field("seen").unwrap();
    assert_eq!(seen, id_of(&page, 60));
    let fields = [("threadId", &*ann.thread), ("seen", &*seen)];
    maya.does("threads/mark-read", &fields).await.expect(303);
    let page = maya.reads(&ann.thread).await.expect(200);
    shows(&page, 41..=90);
    let (read, _) = page.text().split_once("id=\"new\"").unwrap();
    assert!(read.contains("number 60.") && !read.contains("number 61."));
}

#[tokio::test]
async fn what_led_to_the_news_can_be_undone_there() {
    let (app, ann, mut maya) = long(90, 20).await;
    let bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    let close = [("threadId", bob.thread.as_str()), ("status", "closed")];
    let done = maya.says("admin/status", &close).await.expect(200).json();
    let undo = done["undo"].as_str().unwrap();
    let next = format!(
        "/pigeon/admin/threads/{}?source=pending&undo={undo}",
        ann.thread
    );
    let led = maya.get(&next).await.expect(303);
    let to = led.header("location").unwrap();
    assert!(to.contains("&m=") && to.ends_with("#new"), "{to}");
    let page = maya.follow(&led).await.expect(200);
    assert!(
        words(page.text()).contains("Conversation closed. Undo"),
        "{page:?}"
    );
    assert_eq!(page.field("undo").as_deref(), Some(undo));
    // What is no deed is not passed on.
    let odd = format!("/pigeon/admin/threads/{}?undo=x%26m%3D1", ann.thread);
    let led = maya.get(&odd).await.expect(303);
    assert!(!led.header("location").unwrap().contains("undo"));
}

#[tokio::test]
async fn an_answer_from_a_page_that_stops_before_the_news_says_so() {
    let (_app, ann, mut maya) = long(80, 20).await;
    let led = maya.reads(&ann.thread).await.expect(303);
    let page = maya.follow(&led).await.expect(200);
    let seen = page.field("seen").unwrap();
    let fields = [
        ("threadId", &*ann.thread),
        ("seen", &*seen),
        ("body", "Well."),
    ];
    let refused = maya.does("admin/reply", &fields).await.expect(409);
    assert!(refused.text().contains("Well."));
}

#[tokio::test]
async fn a_link_to_a_message_finds_the_page_where_it_stands() {
    let (_app, ann, mut maya) = long(90, 90).await;
    let newest = maya.reads(&ann.thread).await.expect(200);
    shows(&newest, 41..=90);
    let first = link(&newest, "before=").replace("&amp;", "&");
    let first = maya.get(&first).await.expect(200);
    shows(&first, 1..=40);
    for (page, number, shown) in [
        (&first, 3, 1..=50),
        (&first, 25, 15..=64),
        (&newest, 85, 41..=90),
    ] {
        let id = id_of(page, number);
        let to = link(page, &format!("m={id}"));
        let (path, place) = to.split_once('#').unwrap();
        assert_eq!(place, format!("m-{id}"));
        let page = maya.get(path).await.expect(200);
        assert!(page.text().contains(&format!("id=\"m-{id}\"")));
        shows(&page, shown);
    }
    // Nothing of another conversation, and nothing that is nowhere.
    for odd in [
        "m=x",
        "after=-1",
        "after=9999999999999",
        "after=x",
        "before=0x",
    ] {
        let page = maya
            .get(&format!("/pigeon/admin/threads/{}?{odd}", ann.thread))
            .await
            .expect(200);
        shows(&page, 41..=90);
    }
}
