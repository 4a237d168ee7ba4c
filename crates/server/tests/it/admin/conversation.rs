use std::time::Duration;

use super::{acts, asks, goes_on, page_of, words};
use crate::support::TestApp;

const REPLY: &str = "pigeon/admin/reply";

#[tokio::test]
async fn staff_answer_and_the_answer_stands_in_the_thread() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "It left\non Monday.").await;
    let id = ben.thread.id.to_string();

    let page = staff.get(&page_of(&ben)).await.expect(200);
    assert!(
        page.text().contains("<p>It left<br>on Monday.</p>"),
        "{page:?}"
    );
    let before = words(&page);
    assert!(
        before.contains("Ben guest, address not confirmed"),
        "{before}"
    );
    assert!(before.contains("Guest, address not confirmed"), "{before}");

    let fields = [
        ("threadId", id.as_str()),
        ("body", "Tomorrow, <b>surely</b>."),
    ];
    let answer = acts(&mut staff, &page_of(&ben), REPLY, &fields)
        .await
        .expect(303);
    let page = staff.follow(&answer).await.expect(200);
    assert!(
        page.text().contains("Tomorrow, &lt;b&gt;surely&lt;"),
        "{page:?}"
    );
    assert!(words(&page).contains("Answered"), "{page:?}");
}

#[tokio::test]
async fn a_note_is_the_teams_and_changes_nothing_else() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let fields = [
        ("threadId", &*id),
        ("body", "He is cross."),
        ("isInternalNote", "1"),
    ];
    acts(&mut staff, &page_of(&ben), REPLY, &fields)
        .await
        .expect(303);

    let page = staff.get(&page_of(&ben)).await.expect(200);
    assert!(page.text().contains("letter note"), "{page:?}");
    let words = words(&page);
    assert!(
        words.contains("Internal note, only the team sees this"),
        "{words}"
    );
    assert!(words.contains("Needs a reply"), "{words}");
}

#[tokio::test]
async fn send_and_close_does_both() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let fields = [("threadId", &*id), ("body", "Here."), ("status", "closed")];
    acts(&mut staff, &page_of(&ben), REPLY, &fields)
        .await
        .expect(303);

    let page = staff.get(&page_of(&ben)).await.expect(200);
    let words = words(&page);
    assert!(words.contains("Closed today 12:05"), "{words}");
    assert!(words.contains("ann closed this, 12:05"), "{words}");
    assert!(words.contains("Reopen"), "{words}");
}

#[tokio::test]
async fn the_same_form_sent_twice_posts_once() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let page = staff.get(&page_of(&ben)).await.expect(200);
    let key = page.field("key").unwrap();
    let fields = [("threadId", &*id), ("body", "Here it is."), ("key", &*key)];
    for _ in 0..2 {
        let answer = staff
            .post("/pigeon/actions/pigeon/admin/reply", &fields)
            .await;
        assert_eq!(answer.expect(303).header("location"), Some(&*page_of(&ben)));
    }
    let page = staff.get(&page_of(&ben)).await.expect(200);
    assert_eq!(page.text().matches("<p>Here it is.</p>").count(), 1);
}

#[tokio::test]
async fn an_empty_reply_comes_back_with_the_reason() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let fields = [
        ("threadId", &*id),
        ("body", "  \n"),
        ("isInternalNote", "1"),
    ];
    let page = acts(&mut staff, &page_of(&ben), REPLY, &fields)
        .await
        .expect(422);
    let words = words(&page);
    assert!(words.contains("Please write a message."), "{words}");
    assert!(
        page.text().contains("value=\"1\" checked"),
        "it is a note still"
    );
}

#[tokio::test]
async fn a_reply_does_not_pass_a_message_that_its_author_has_not_seen() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    let page = staff.get(&page_of(&ben)).await.expect(200);
    let seen = page.field("seen").expect("the page says what it shows");
    app.advance(Duration::from_mins(1));
    goes_on(&app, &ben, "It has come, thank you.").await;

    let fields = [("threadId", &*id), ("body", "Soon."), ("seen", &*seen)];
    let page = acts(&mut staff, &page_of(&ben), REPLY, &fields)
        .await
        .expect(409);
    let shown = words(&page);
    assert!(
        shown.contains("Ben wrote while you were writing. Your text is not sent."),
        "{shown}"
    );
    assert!(shown.contains("It has come, thank you."), "{shown}");
    assert!(page.text().contains("Soon.</textarea>"), "the text is kept");

    let fields = [&fields[..], &[("anyway", "1")]].concat();
    acts(&mut staff, &page_of(&ben), REPLY, &fields)
        .await
        .expect(303);
    let page = staff.get(&page_of(&ben)).await.expect(200);
    assert!(page.text().contains("<p>Soon.</p>"));
}

#[tokio::test]
async fn status_assignee_and_links_change_and_leave_their_trace() {
    use pigeon::accounts::Permission::{AssignThreads, ManageThreads};
    let app = TestApp::start().await;
    let mut ann = app
        .signed_in("ann", false, &[ManageThreads, AssignThreads])
        .await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let (page, id) = (page_of(&ben), ben.thread.id.to_string());
    let me = ann
        .get(&page)
        .await
        .field("assigneeId")
        .expect("assign to me");

    let on = [("threadId", &*id)];
    let assign = [&on[..], &[("assigneeId", &*me)]].concat();
    acts(&mut ann, &page, "pigeon/admin/assign", &assign)
        .await
        .expect(303);
    let close = [&on[..], &[("status", "closed")]].concat();
    acts(&mut ann, &page, "pigeon/admin/status", &close)
        .await
        .expect(303);
    acts(&mut ann, &page, "pigeon/admin/revoke-links", &on)
        .await
        .expect(303);
    let nobody = [&on[..], &[("assigneeId", "")]].concat();
    acts(&mut ann, &page, "pigeon/admin/assign", &nobody)
        .await
        .expect(303);

    let shown = words(&ann.get(&page).await.expect(200));
    for trace in [
        "ann took this over, 12:05",
        "ann closed this, 12:05",
        "ann revoked the private links, 12:05",
        "ann assigned this to nobody, 12:05",
        "No link to this conversation works now.",
    ] {
        assert!(shown.contains(trace), "{trace}: {shown}");
    }
}

#[tokio::test]
async fn changing_several_changes_all_or_none() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let (cleo, _) = asks(&app, "Cleo", "Opening hours", "Hm?").await;
    let (ben, cleo) = (ben.thread.id.to_string(), cleo.thread.id.to_string());
    let foreign = "01920000-0000-7000-8000-000000000000";
    let close = |a, b| [("threadId[]", a), ("threadId[]", b), ("status", "closed")];
    let (inbox, action) = ("/pigeon/admin/new", "pigeon/admin/status");

    acts(&mut staff, inbox, action, &close(&ben, foreign))
        .await
        .expect(404);
    let open = staff.get("/pigeon/admin/threads").await.expect(200);
    assert!(words(&open).contains("2 conversations"));

    acts(&mut staff, inbox, action, &close(&ben, &cleo))
        .await
        .expect(303);
    let closed = staff
        .get("/pigeon/admin/threads?source=closed")
        .await
        .expect(200);
    assert!(words(&closed).contains("2 conversations"));
}

#[tokio::test]
async fn what_strangers_typed_is_text() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let evil = "<script>alert(1)</script>";
    let body = "<img src=x onerror=alert(1)> https://a.example/?a=\"><script>";
    let (ben, _) = asks(&app, evil, evil, body).await;
    for page in ["/pigeon/admin", "/pigeon/admin/threads", &page_of(&ben)] {
        let page = staff.get(page).await.expect(200);
        assert!(!page.text().contains("<script>"), "{page:?}");
        assert!(!page.text().contains("<img"), "{page:?}");
    }
    let page = staff.get(&page_of(&ben)).await.expect(200);
    let text = page.text().replace("&#x2f;", "/");
    assert!(
        text.contains("rel=\"nofollow noopener ugc\">https://a.example/?a=</a>&quot;&gt;"),
        "{text}"
    );
}

#[tokio::test]
async fn staff_follow_a_conversation_and_stop() {
    let app = TestApp::start().await;
    let mut staff = app.staff("ann").await;
    let (ben, _) = asks(&app, "Ben", "Where is my parcel?", "Hm?").await;
    let id = ben.thread.id.to_string();
    for (on, shown) in [("1", "No more mail about this"), ("0", "Follow")] {
        let fields = [("threadId", &*id), ("on", on)];
        acts(&mut staff, &page_of(&ben), "pigeon/threads/notify", &fields)
            .await
            .expect(303);
        let words = words(&staff.get(&page_of(&ben)).await.expect(200));
        assert!(words.contains(shown), "{words}");
    }
}
