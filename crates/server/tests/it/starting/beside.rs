//! Whoever begins a conversation sees which ones are open with the same address.

use super::*;
use crate::support::Guest;

const SAID: &str = "Still open with this address:";

/// The conversations that a page names as open beside the new one.
fn named(page: &Answer) -> Vec<String> {
    let Some((_, rest)) = page.text().split_once(SAID) else {
        return Vec::new();
    };
    let list = rest.split("</ul>").next().unwrap_or_default();
    let links = list.split("/pigeon/admin/threads/").skip(1);
    links
        .map(|link| link.split('?').next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn what_is_open_with_an_address_stands_beside_what_is_held_for_it() {
    let (app, mut ada) = TestApp::open().await;
    let mut asked = Vec::new();
    for subject in ["closed", "trashed", "1", "2", "3", "4"] {
        app.advance(SECOND);
        let ben = Guest::asks(&app, "Ben@guests.example", subject).await;
        asked.push(ben.thread);
    }
    Guest::asks(&app, "ben@elsewhere.example", "Another Ben").await;
    let closed = [("threadId", asked[0].as_str()), ("status", "closed")];
    ada.does("admin/status", &closed).await.expect(303);
    let done = ada.does_to(&[&asked[1]], "admin/trash", &[]).await;
    done.expect(200);

    let id = ada.begins(&[]).await;
    let newest: Vec<_> = asked[3..].iter().rev().cloned().collect();
    let held = ada.get(&page_of(&id)).await.expect(200);
    assert_eq!(named(&held), newest);
    // Also once it is a draft again.
    ada.does_with_start("admin/unsend", &id).await.expect(303);
    let draft = ada.get(&page_of(&id)).await.expect(200);
    assert_eq!(named(&draft), newest);
}

#[tokio::test]
async fn it_is_said_of_the_address_that_was_typed_and_of_no_other() {
    let (app, mut ada) = TestApp::open().await;
    let ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    for (email, open) in [
        ("ANN@Example.com", vec![ann.thread]),
        ("ben@guests.example", vec![]),
        ("ann", vec![]),
    ] {
        let empty = [("email", email), ("body", " ")];
        let form = ada.does("admin/start", &empty).await.expect(422);
        assert_eq!(named(&form), open, "{email}");
    }
}
