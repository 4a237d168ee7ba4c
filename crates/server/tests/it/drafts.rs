//! What somebody has written and not sent is theirs alone, wherever they are.

use pigeon::accounts::Permission::AccessPlugin;

use crate::support::{Guest, Person, TestApp, words};

const CANARY: &str = "CANARY-d4a";

impl Person {
    /// Keeps what is typed so far, as the page's script does.
    async fn keeps(&mut self, thread: &str, kind: &str, body: &str) -> u16 {
        let fields = [
            ("threadId", thread),
            ("isInternalNote", kind),
            ("body", body),
        ];
        self.says("admin/draft", &fields).await.status
    }
}

/// What stands in the composer, and in its other kind.
async fn composer(person: &mut Person, thread: &str, query: &str) -> (String, String) {
    let page = person
        .get(&format!("/pigeon/admin/threads/{thread}{query}"))
        .await
        .expect(200);
    let mut areas = page.text().split("<textarea").skip(1).map(|area| {
        let (_, text) = area
            .split_once(">\n")
            .expect("a text begins on its own line");
        text.split("</textarea>").next().unwrap().to_owned()
    });
    (areas.next().expect("a composer"), areas.next().unwrap())
}

fn texts(shown: &str, other: &str) -> (String, String) {
    (shown.to_owned(), other.to_owned())
}

#[tokio::test]
async fn a_reply_and_a_note_are_kept_apart_and_found_again_in_any_browser() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    let id = ann.thread.as_str();
    assert_eq!(ada.keeps(id, "", "Dear Ann, they").await, 200);
    assert_eq!(ada.keeps(id, "1", "A friend of Maya").await, 200);
    assert_eq!(ada.keeps(id, "", "Dear Ann,\nthey are").await, 200);
    let both = texts("Dear Ann,\nthey are", "A friend of Maya");
    let mut elsewhere = ada.clone();
    assert_eq!(composer(&mut elsewhere, id, "").await, both);
    let turned = texts("A friend of Maya", "Dear Ann,\nthey are");
    assert_eq!(composer(&mut elsewhere, id, "?write=note").await, turned);
    assert_eq!(composer(&mut ada, &bob.thread, "").await, texts("", ""));
    // Without a draft of a reply the note's is what one goes on with.
    assert_eq!(ada.keeps(id, "", " \n").await, 200);
    let note = texts("A friend of Maya", "");
    assert_eq!(composer(&mut ada, id, "").await, note);
    assert_eq!(app.number("SELECT count(*) FROM drafts").await, 1);
}

#[tokio::test]
async fn a_draft_is_kept_by_a_button_where_there_is_no_script() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let page = ada.reads(&ann.thread).await.expect(200);
    assert!(
        page.text()
            .contains("formaction=\"/pigeon/actions/pigeon/admin/draft\"")
    );
    let (csrf, key) = (page.field("csrf").unwrap(), page.field("key").unwrap());
    let fields = [
        ("csrf", csrf.as_str()),
        ("key", key.as_str()),
        ("threadId", ann.thread.as_str()),
        ("source", "pending"),
        ("undoSeconds", "10"),
        ("isInternalNote", "1"),
        ("body", "She called."),
    ];
    let kept = ada.does("admin/draft", &fields).await.expect(303);
    let leads = kept.header("location").unwrap().to_owned();
    assert!(
        leads.ends_with("?source=pending&write=note#write"),
        "{leads}"
    );
    let page = ada.get(leads.split('#').next().unwrap()).await.expect(200);
    assert!(page.text().contains("She called.</textarea>"), "{page:?}");
    assert!(page.text().contains("value=\"1\" checked"), "{page:?}");
    assert!(words(page.text()).contains("Draft kept"), "{page:?}");
}

#[tokio::test]
async fn a_draft_goes_when_it_is_posted_and_the_other_stays() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ada.keeps(&ann.thread, "", "Well").await;
    ada.keeps(&ann.thread, "1", "Hush").await;
    ada.answers(&ann.thread, "Well.").await;
    assert_eq!(composer(&mut ada, &ann.thread, "").await, texts("Hush", ""));
    ada.notes(&ann.thread, "Hush.").await;
    assert_eq!(composer(&mut ada, &ann.thread, "").await, texts("", ""));
    assert_eq!(app.number("SELECT count(*) FROM drafts").await, 0);
}

#[tokio::test]
async fn what_a_script_keeps_after_its_form_was_sent_comes_too_late() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let form = |body, kind| {
        [
            ("threadId", ann.thread.clone()),
            (
                "key",
                "the key of this one form, which it sends along".to_owned(),
            ),
            ("body", String::from(body)),
            ("isInternalNote", String::from(kind)),
        ]
    };
    let send = async |ada: &mut Person, action, body, kind| {
        let form = form(body, kind);
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        ada.says(action, &form).await.status
    };
    assert_eq!(send(&mut ada, "admin/draft", "We", "").await, 200);
    assert_eq!(send(&mut ada, "admin/reply", "Well.", "").await, 200);
    assert_eq!(send(&mut ada, "admin/draft", "Well", "").await, 409);
    // The same form still has its note.
    assert_eq!(send(&mut ada, "admin/draft", "Hush", "1").await, 200);
    assert_eq!(composer(&mut ada, &ann.thread, "").await, texts("Hush", ""));
}

#[tokio::test]
async fn a_draft_has_the_limits_of_a_message() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    assert_eq!(ada.keeps(&ann.thread, "", &"é".repeat(100_000)).await, 200);
    assert_eq!(ada.keeps(&ann.thread, "", &"é".repeat(100_001)).await, 422);
    assert_eq!(ada.keeps("nothing", "", "x").await, 404);
    let foreign = "01920000-0000-7000-8000-000000000000";
    assert_eq!(ada.keeps(foreign, "", "x").await, 404);
}

#[tokio::test]
async fn one_sees_ones_own_draft_in_the_list_and_nobody_else_s() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app.staff("maya").await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    ada.keeps(&ann.thread, "", CANARY).await;
    maya.keeps(&ann.thread, "", "Mine").await;
    let mine = composer(&mut maya, &ann.thread, "").await;
    assert_eq!(mine, texts("Mine", ""));
    maya.keeps(&ann.thread, "", "").await;
    for (person, has) in [(&mut ada, true), (&mut maya, false)] {
        let list = person.get("/pigeon/admin/threads").await.expect(200);
        assert_eq!(words(list.text()).contains("Draft"), has, "{list:?}");
        assert!(!list.text().contains(CANARY), "{list:?}");
    }
}

#[tokio::test]
async fn only_staff_have_drafts() {
    let (app, _) = TestApp::open().await;
    let mut reader = app.signed_in("rita", false, &[AccessPlugin]).await;
    let mut user = app.user("uli").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let thread = ann.thread.clone();
    assert_eq!(reader.keeps(&thread, "", "x").await, 403);
    assert_eq!(user.keeps(&thread, "", "x").await, 403);
    assert_eq!(ann.person.keeps(&thread, "", "x").await, 401);
    assert_eq!(app.number("SELECT count(*) FROM drafts").await, 0);
}
