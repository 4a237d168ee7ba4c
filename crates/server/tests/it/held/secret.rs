use pigeon::web;

use super::*;
use crate::support::{Actors, unescaped};

const CANARY: &str = "CANARY-93b";

#[tokio::test]
async fn r36_p10_what_is_not_sent_reaches_nobody_but_its_writer_by_any_door() {
    let app = TestApp::start().await;
    let actors = Actors::of(&app).await;
    let thread = actors.thread.id.to_string();
    let mut maya = app.staff("maya").await;
    app.run_jobs().await;
    let seen_before = seen_by_all(&app, &actors, &thread).await;
    let mails = app.mails().len();

    maya.holds(&thread, &format!("{CANARY} kestrel")).await;
    for (kind, body) in [("", "kestrel"), ("1", "kestrel")] {
        let body = format!("{CANARY} {body}");
        let fields = [
            ("threadId", thread.as_str()),
            ("isInternalNote", kind),
            ("body", &body),
        ];
        maya.does("admin/draft", &fields).await.expect(303);
    }
    app.advance(SECOND * 9);
    app.run_jobs().await;
    let page = maya.reads(&thread).await.expect(200);
    assert_eq!(page.text().matches(CANARY).count(), 3, "its writer sees it");

    let seen = seen_by_all(&app, &actors, &thread).await;
    for ((what, before), (_, after)) in seen_before.iter().zip(&seen) {
        let bytes = unescaped(after);
        assert!(!bytes.contains(CANARY), "{what}: {after}");
        assert!(!words(after).contains("Draft kept"), "{what}: {after}");
        // Not even that there is something, by a count or a mark.
        assert_eq!(before.len(), after.len(), "{what}: {before}\n{after}");
    }
    assert_eq!(app.mails().len(), mails);
}

/// Every page as every actor gets it, HTML and JSON, and what a search for the text finds.
pub async fn seen_by_all(app: &TestApp, actors: &Actors, thread: &str) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for (n, actor) in actors.all.iter().enumerate() {
        let mut person = actor.person.clone();
        let token = actor.token.as_deref().unwrap_or("nobodys");
        let mut paths: Vec<_> = web::routes()
            .iter()
            .filter(|route| !route.path.contains("health") && !route.path.contains("{*"))
            .map(|route| route.path.replace("{id}", thread).replace("{token}", token))
            .collect();
        for source in ["all", "pending", "open", "closed", "mine", "unassigned"] {
            paths.push(format!("/pigeon/admin/threads?source={source}"));
        }
        paths.push("/pigeon/admin/threads?source=all&q=kestrel".to_owned());
        for path in paths {
            for accept in ["text/html", "application/json"] {
                let answer = person.get_with(&path, &[("accept", accept)]).await;
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                let lasting = [answer.field("csrf"), answer.field("key")];
                let lasting = lasting.into_iter().flatten();
                let text = lasting.fold(text, |text, value| text.replace(&value, ""));
                // A request's id, and a time that has passed.
                let text = text.replace("12:05:09", "12:05:00");
                let text = without_attribute(&text, "data-again");
                seen.push((format!("actor {n} {path} {accept}"), text));
            }
        }
    }
    app.run_jobs().await;
    seen
}

/// How old figures are that somebody has asked for before tells nothing of what is held.
fn without_attribute(html: &str, name: &str) -> String {
    match html.split_once(&format!(" {name}=\"")) {
        Some((before, rest)) => {
            let (_, after) = rest.split_once('"').unwrap_or_default();
            before.to_owned() + &without_attribute(after, name)
        }
        None => html.to_owned(),
    }
}

#[tokio::test]
async fn nobody_takes_back_or_hurries_what_is_not_theirs() {
    let (app, mut ada, ann) = asked().await;
    let mut maya = app.staff("maya").await;
    let id = ada.holds(&ann.thread, LETTER).await;
    for action in ["admin/unsend", "admin/send-now"] {
        let refused = maya.does_with(action, &ann.thread, &id).await.expect(409);
        assert!(!refused.text().contains(LETTER), "{refused:?}");
        let unknown = "01920000-0000-7000-8000-000000000000";
        let same = maya.does_with(action, &ann.thread, unknown).await;
        same.expect(409);
        let nothing = [("threadId", ann.thread.as_str())];
        maya.does(action, &nothing).await.expect(422);
    }
    assert_eq!((messages(&app).await, held(&app).await), (1, 1));
}

#[tokio::test]
async fn a_reader_who_looks_sees_no_composer_and_nothing_that_is_held() {
    use pigeon::accounts::Permission::AccessPlugin;
    let (app, mut ada, ann) = asked().await;
    let mut rita = app.signed_in("rita", false, &[AccessPlugin]).await;
    ada.holds(&ann.thread, LETTER).await;
    let page = rita.reads(&ann.thread).await.expect(200);
    assert!(!page.text().contains(LETTER));
}
