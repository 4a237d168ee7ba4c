//! Nobody's message goes unheard.

use std::time::Duration;

use pigeon::{
    accounts::{
        Permission::{AssignThreads, ManageThreads},
        User,
    },
    conversations::release_some,
    ids::{ParticipantId, ThreadId},
};

use crate::support::{
    Answer, Guest, Person, TestApp, id_of, id_of_user, told, unsubscribe_in, words,
};

const RECIPIENT: &str = "PIGEON_SETTING_SUPPORT_NOTIFICATION_RECIPIENTS";

/// Takes somebody of the team out of a conversation.
async fn removes(app: &TestApp, staff: &mut Person, thread: &str, who: &str) -> Answer {
    let mut conn = app.app.db.read().await.unwrap();
    let id: ParticipantId = conn
        .query("SELECT id FROM participants WHERE thread_id = $1 AND name = $2")
        .bind(thread.parse::<ThreadId>().unwrap())
        .bind(who)
        .fetch_scalar()
        .await
        .unwrap();
    drop(conn);
    let remove = [("threadId", thread), ("remove", &*id.to_string())];
    staff.says("admin/participants", &remove).await
}

/// A new question, in which maya takes part no more.
async fn left_by_maya(app: &TestApp, ada: &mut Person, maya: &mut Person) -> Guest {
    // The same words are another question by now.
    app.advance(Duration::from_mins(11));
    let ann = Guest::asks(app, "ann@example.com", "Hm?").await;
    let thread = ann.thread.clone();
    let follow = [("threadId", thread.as_str()), ("on", "1")];
    maya.does("admin/follow", &follow).await.expect(303);
    removes(app, ada, &thread, "maya").await.expect(200);
    told(app).await;
    ann
}

#[tokio::test]
async fn whoever_was_removed_hears_again_once_they_follow_answer_or_are_assigned() {
    let (app, mut ada) = TestApp::open_with(&[(RECIPIENT, "office@example.com")]).await;
    let mut maya = app
        .signed_in("maya", false, &[ManageThreads, AssignThreads])
        .await;
    let maya_id = id_of(&mut maya).await;
    for (action, field, hear) in [
        ("admin/follow", ("on", "1"), &["maya", "office"][..]),
        ("threads/notify", ("on", "1"), &["maya", "office"]),
        ("admin/reply", ("body", "Back."), &["maya", "office"]),
        ("admin/assign", ("assigneeId", &maya_id), &["maya"]),
    ] {
        let mut ann = left_by_maya(&app, &mut ada, &mut maya).await;
        ann.replies("Hello?").await.expect(303);
        assert_eq!(told(&app).await, ["office"], "{action}");
        let page = maya.reads(&ann.thread).await.expect(200);
        assert!(page.text().contains("Follow"), "{action}: {page:?}");
        let thread = ann.thread.clone();
        let fields = [("threadId", thread.as_str()), field];
        maya.says(action, &fields).await.expect(200);
        told(&app).await;
        ann.replies("And now?").await.expect(303);
        assert_eq!(told(&app).await, hear, "{action}");
    }
    // Assigned by somebody else, they are told of that, too; named in a note, of the note.
    let ann = left_by_maya(&app, &mut ada, &mut maya).await;
    ada.notes(&ann.thread, "@maya, do you know?").await;
    assert_eq!(told(&app).await, ["maya"]);
    let assign = [("assigneeId", maya_id.as_str())];
    let done = ada.does_to(&[&ann.thread], "admin/assign", &assign).await;
    done.expect(200);
    assert_eq!(told(&app).await, ["maya"]);
}

#[tokio::test]
async fn whoever_has_a_conversation_cannot_be_removed_from_it() {
    let (app, mut ada) = TestApp::open_with(&[(RECIPIENT, "office@example.com")]).await;
    app.staff("maya").await;
    let maya = id_of_user(&app, "maya").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let thread = ann.thread.clone();
    let assign = [("assigneeId", maya.as_str())];
    let done = ada.does_to(&[&thread], "admin/assign", &assign).await;
    done.expect(200);
    told(&app).await;

    let refused = removes(&app, &mut ada, &thread, "maya").await.expect(422);
    assert!(refused.json()["errors"]["remove"].is_array(), "{refused:?}");
    ann.replies("Hello?").await.expect(303);
    assert_eq!(told(&app).await, ["maya"]);
    let nobody = [("assigneeId", "")];
    let done = ada.does_to(&[&thread], "admin/assign", &nobody).await;
    done.expect(200);
    removes(&app, &mut ada, &thread, "maya").await.expect(200);
    ann.replies("Anybody?").await.expect(303);
    assert_eq!(told(&app).await, ["office"]);
}

#[tokio::test]
async fn a_conversation_of_somebody_who_muted_it_alerts_the_others() {
    let (app, mut ada) = TestApp::open_with(&[(RECIPIENT, "office@example.com")]).await;
    let mut maya = app.staff("maya").await;
    let id = id_of_user(&app, "maya").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let thread = ann.thread.clone();
    let assign = [("assigneeId", id.as_str())];
    let done = ada.does_to(&[&thread], "admin/assign", &assign).await;
    done.expect(200);
    let mute = [("threadId", thread.as_str()), ("on", "0")];
    maya.does("threads/notify", &mute).await.expect(303);
    told(&app).await;
    ann.replies("Hello?").await.expect(303);
    assert_eq!(told(&app).await, ["office"]);
}

#[tokio::test]
async fn undoing_an_assignment_gives_nobody_a_conversation_that_they_do_not_hear_of() {
    let (app, mut ada) = TestApp::open_with(&[(RECIPIENT, "office@example.com")]).await;
    let (mut maya, _) = (app.staff("maya").await, app.staff("kim").await);
    let ids = [
        id_of_user(&app, "maya").await,
        id_of_user(&app, "kim").await,
    ];
    let [to_maya, to_kim] = ids.each_ref().map(|id| [("assigneeId", id.as_str())]);
    // Whoever was back only by being assigned has left again.
    let mut ann = left_by_maya(&app, &mut ada, &mut maya).await;
    let thread = ann.thread.clone();
    let done = ada.does_to(&[&thread], "admin/assign", &to_maya).await;
    ada.undoes(&done.expect(200)).await.expect(200);
    told(&app).await;
    ann.replies("Hello?").await.expect(303);
    assert_eq!(told(&app).await, ["office"]);
    let page = words(ada.reads(&thread).await.expect(200).text());
    assert!(page.contains("maya Has left"), "{page}");

    // Whoever gets it back takes part, even if somebody removed them meanwhile.
    let done = ada.does_to(&[&thread], "admin/assign", &to_maya).await;
    done.expect(200);
    let done = ada.does_to(&[&thread], "admin/assign", &to_kim).await;
    removes(&app, &mut ada, &thread, "maya").await.expect(200);
    ada.undoes(&done.expect(200)).await.expect(200);
    told(&app).await;
    ann.replies("And now?").await.expect(303);
    assert_eq!(told(&app).await, ["maya"]);
}

#[tokio::test]
async fn staff_who_only_opened_a_conversation_are_alerted_of_what_comes_next() {
    for pins in [&[][..], &[(RECIPIENT, "ada@example.com")]] {
        let (app, mut ada) = TestApp::open_with(pins).await;
        let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
        assert_eq!(told(&app).await, ["ada", "ann"]);
        let id = ann.thread.clone();
        let thread = [("threadId", id.as_str())];
        ada.does("threads/mark-read", &thread).await.expect(303);
        ann.replies("Hello?").await.expect(303);
        assert_eq!(told(&app).await, ["ada"]);
        // Muting it is another matter.
        let mute = [thread[0], ("on", "0")];
        ada.does("threads/notify", &mute).await.expect(303);
        ann.replies("Anybody?").await.expect(303);
        assert!(told(&app).await.is_empty());
    }
}

#[tokio::test]
async fn a_conversation_of_somebody_who_can_answer_no_more_alerts_the_others() {
    let (app, mut ada) = TestApp::open().await;
    let mut maya = app
        .signed_in("maya", false, &[ManageThreads, AssignThreads])
        .await;
    let maya_id = id_of(&mut maya).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let assign = [
        ("threadId", ann.thread.as_str()),
        ("assigneeId", maya_id.as_str()),
    ];
    ada.does("admin/assign", &assign).await.expect(303);
    told(&app).await;
    ann.replies("Hello?").await.expect(303);
    assert_eq!(told(&app).await, ["maya"]);

    let id = maya_id.parse().unwrap();
    let mut tx = app.app.db.begin().await.unwrap();
    User::disable(&mut tx, id, app.app.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    ann.replies("Anybody?").await.expect(303);
    assert_eq!(told(&app).await, ["ada"]);

    // What `pigeon user disable` does next: the conversation is nobody's, and says so.
    let mut tx = app.app.db.begin().await.unwrap();
    let maya = User::find(&mut tx, id).await.unwrap().unwrap();
    let now = app.app.clock.now();
    assert!(release_some(&mut tx, &maya, now).await.unwrap());
    assert!(!release_some(&mut tx, &maya, now).await.unwrap());
    tx.commit().await.unwrap();
    let free = ada.get("/pigeon/admin/threads?source=unassigned").await;
    assert!(free.text().contains(&ann.thread), "{free:?}");
}

#[tokio::test]
async fn r53_naming_a_colleagues_address_keeps_no_note_from_them() {
    let (app, mut ada) = TestApp::open().await;
    let mut kim = app.staff("kim").await;
    let guest = Guest::asks(&app, "kim@example.com", "Hm?").await;
    let follow = [("threadId", guest.thread.as_str()), ("on", "1")];
    kim.does("threads/notify", &follow).await.expect(303);
    told(&app).await;
    ada.notes(&guest.thread, "Who is this?").await;
    assert_eq!(told(&app).await, ["kim"]);
}

#[tokio::test]
async fn the_mail_about_many_assignments_has_a_way_out_that_mutes_them() {
    let (app, mut ada) = TestApp::open_with(&[(RECIPIENT, "office@example.com")]).await;
    app.staff("maya").await;
    let maya = id_of_user(&app, "maya").await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let mut bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    let mut cleo = Guest::asks(&app, "cleo@example.com", "Hm?").await;
    let ids = [&ann, &bob, &cleo].map(|guest| guest.thread.clone());
    let ids = ids.each_ref().map(String::as_str);
    let (both, third) = (&ids[..2], &ids[2..]);
    told(&app).await;
    let to_maya = [("assigneeId", maya.as_str())];
    let nobody = [("assigneeId", "")];
    for threads in [both, third] {
        let done = ada.does_to(threads, "admin/assign", &to_maya).await;
        done.expect(200);
        assert_eq!(told(&app).await, ["maya"]);
    }
    let mails = app.mails_to("maya@example.com");
    let mail = &mails[mails.len() - 2];
    let out = unsubscribe_in(mail);
    let says = "Stop e-mails about these conversations";
    assert!(mail.text.contains(says) && mail.html.contains(says));
    assert!(mail.text.contains(&out) && mail.html.contains(&out));

    let page = words(app.stranger().get(&out).await.expect(200).text());
    assert!(page.contains("the conversations that this one was about"));
    ann.replies("Hello?").await.expect(303);
    assert_eq!(told(&app).await, ["maya"], "looking changes nothing");
    let click = [("List-Unsubscribe", "One-Click")];
    let mut anybody = app.stranger();
    for _ in 0..2 {
        let done = anybody.post_with(&out, &click, &[]).await.expect(200);
        assert!(words(done.text()).contains("no more e-mails about these conversations"));
    }
    for (guest, hears) in [
        (&mut ann, "office"),
        (&mut bob, "office"),
        (&mut cleo, "maya"),
    ] {
        guest.replies("And now?").await.expect(303);
        assert_eq!(told(&app).await, [hears]);
    }
    // Nor is it told again that they are theirs.
    for to in [nobody, to_maya] {
        let done = ada.does_to(both, "admin/assign", &to).await;
        done.expect(200);
    }
    assert_eq!(told(&app).await, [""; 0]);
    app.advance(Duration::from_hours(24 * 31));
    app.run_jobs().await;
    anybody.post_with(&out, &click, &[]).await.expect(404);
}

#[tokio::test]
async fn an_address_of_the_settings_ends_its_alerts_of_one_conversation() {
    let (app, _) = TestApp::open_with(&[(RECIPIENT, "office@example.com")]).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let mut bob = Guest::asks(&app, "bob@example.com", "Hm?").await;
    told(&app).await;
    let out = unsubscribe_in(&app.mails_to("office@example.com")[0]);
    let click = [("List-Unsubscribe", "One-Click")];
    let done = app.stranger().post_with(&out, &click, &[]).await;
    done.expect(200);
    for guest in [&mut ann, &mut bob] {
        guest.replies("Hello?").await.expect(303);
    }
    assert_eq!(told(&app).await, ["office"], "of one of both");
    let in_vain = "SELECT count(*) FROM jobs WHERE last_error IS NOT NULL";
    assert_eq!(app.number(in_vain).await, 0);
}
