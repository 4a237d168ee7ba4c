//! What a search has found shows what was asked for, and where one goes on in a list.

use std::time::Duration;

use pigeon::demo::{self, Size};

use crate::support::{Guest, Person, TestApp, id_of};

/// The row of a list, as it is written.
async fn row(person: &mut Person, query: &str) -> String {
    let path = format!("/pigeon/admin/threads?source=all&q={query}");
    let page = person.get(&path).await.expect(200);
    let rows: Vec<&str> = page.text().split("<li class=\"row").collect();
    assert_eq!(rows.len(), 2, "one row for {query}");
    rows[1]
        .split("</li>")
        .next()
        .expect("it has an end")
        .to_owned()
}

#[tokio::test]
async fn hits_are_marked_in_any_spelling_and_nothing_else_is_markup() {
    let (app, mut ada) = TestApp::open().await;
    let fields = [
        ("name", "Zoé <i>Tolstoi"),
        ("email", "zoe@example.com"),
        ("subject", "Le <b>café</b> & co"),
        ("body", "Where is the CAFÉ? \"Straße\" <script>7</script>"),
    ];
    Guest::starts(&app, &fields).await;
    let shown = row(&mut ada, "cafe").await;
    assert!(
        shown.contains("Le &lt;b&gt;<mark>café</mark>&lt;/b&gt; &amp; co"),
        "{shown}"
    );
    assert!(
        shown.contains("Where is the <mark>CAFÉ</mark>? &quot;"),
        "{shown}"
    );
    assert!(
        !shown.contains("<script>") && !shown.contains("<i>Tol"),
        "{shown}"
    );
    let shown = row(&mut ada, "strasse+script").await;
    assert!(
        shown.contains("&quot;<mark>Straße</mark>&quot; &lt;<mark>script</mark>&gt;7"),
        "{shown}"
    );
    let shown = row(&mut ada, "from:zoe+subject:co").await;
    assert!(
        shown.contains("<mark>Zoé</mark> &lt;i&gt;Tolstoi"),
        "{shown}"
    );
    assert!(shown.contains("&amp; <mark>co</mark>"), "{shown}");
    assert_eq!(
        shown.matches("<mark>").count(),
        2,
        "only where it was asked for"
    );
    let shown = row(&mut ada, "cafe+-tea").await;
    assert_eq!(shown.matches("<mark>").count(), 2, "{shown}");
    let all = ada
        .get("/pigeon/admin/threads?source=all")
        .await
        .expect(200);
    assert!(!all.text().contains("<mark>"), "nothing was searched");
}

#[tokio::test]
async fn the_extract_is_of_the_message_that_was_found() {
    let (app, mut ada) = TestApp::open().await;
    let long = format!(
        "{} the kettle sings. {}",
        "so ".repeat(90),
        "on ".repeat(90)
    );
    let ann = Guest::asks(&app, "ann@example.com", &long).await;
    ada.answers(&ann.thread, "We look into it.")
        .await
        .expect(303);
    app.run_jobs().await;
    let shown = row(&mut ada, "kettle").await;
    assert!(
        shown.contains("so so the <mark>kettle</mark> sings. on"),
        "{shown}"
    );
    assert!(!shown.contains("We look into it"), "{shown}");
    let shown = row(&mut ada, "look").await;
    assert!(
        shown.contains("ada: We <mark>look</mark> into it."),
        "{shown}"
    );
    ada.notes(&ann.thread, "A samovar, rather.")
        .await
        .expect(303);
    app.run_jobs().await;
    let shown = row(&mut ada, "samovar").await;
    assert!(
        shown.contains("ada: A <mark>samovar</mark>, rather."),
        "{shown}"
    );
}

#[tokio::test]
async fn after_closing_the_next_one_is_that_of_the_list_one_came_from() {
    let (app, mut ada) = TestApp::open().await;
    let mut threads = Vec::new();
    for subject in ["Cups", "Bowls", "Ashtrays", "Dishes"] {
        let email = format!("{subject}@example.com");
        let fields = [("email", &*email), ("subject", subject), ("body", "Hm?")];
        threads.push(Guest::starts(&app, &fields).await.thread);
        app.advance(Duration::from_mins(1));
    }
    let [cups, bowls, ashtrays, dishes] = [&*threads[0], &*threads[1], &*threads[2], &*threads[3]];
    let me = id_of(&mut ada).await;
    let hers = [("assigneeId", me.as_str())];
    ada.does_to(&[bowls, dishes], "admin/assign", &hers)
        .await
        .expect(200);
    for (query, closes, next) in [
        ("source=pending", bowls, cups),
        ("source=pending&sort=wait", bowls, ashtrays),
        ("source=pending&sort=created", ashtrays, bowls),
        ("source=pending&sort=subject", bowls, cups),
        ("source=all&sort=subject", cups, dishes),
        ("source=unassigned&sort=subject", ashtrays, cups),
        (
            "source=pending&assignee=nobody&sort=subject",
            cups,
            ashtrays,
        ),
    ] {
        let here = format!("/pigeon/admin/threads/{closes}?{query}");
        let page = ada.get(&here).await.expect(200);
        // As the page's own form has it.
        let own = ["source", "sort", "assignee"].map(|name| (name, page.field(name).unwrap()));
        for action in ["admin/status", "admin/trash"] {
            let mut fields = vec![("threadId", closes), ("status", "closed")];
            fields.extend(own.iter().map(|(name, value)| (*name, value.as_str())));
            let answer = ada.does(action, &fields).await.expect(303);
            let to = answer.header("location").unwrap();
            let (to, undo) = to.split_once("&undo=").expect("it can be undone there");
            assert_eq!(
                to,
                format!("/pigeon/admin/threads/{next}?{query}"),
                "{action}"
            );
            ada.says("admin/undo", &[("undo", undo)]).await.expect(200);
        }
    }
}

#[tokio::test]
async fn all_pages_are_offered_by_their_exact_number() {
    let app = TestApp::start().await;
    let size = Size::Bulk {
        threads: 2_500,
        messages: 1,
    };
    let now = app.app.clock.now();
    let filled = demo::fill(&app.app.db, size, "correct horse battery", now).await;
    filled.expect("the demo fills it");
    let mut ada = app.signed_in("ada", true, &[]).await;
    let of_all = "SELECT count(*) FROM threads WHERE kind = 'support' AND trashed_at IS NULL";
    let of_nobody = "SELECT count(*) FROM threads WHERE kind = 'support' AND trashed_at IS NULL
                     AND assignee_id IS NULL AND status <> 'closed'";
    let of_trash = "SELECT count(*) FROM threads WHERE trashed_at IS NOT NULL";
    app.force(
        "UPDATE threads SET trashed_at = last_message_at
         WHERE kind = 'support' AND status = 'closed' AND assignee_id IS NULL",
    )
    .await;
    for (source, count) in [
        ("all", of_all),
        ("unassigned", of_nobody),
        ("trash", of_trash),
    ] {
        let count = app.number(count).await;
        assert!(count > 50, "{source}: {count}");
        let view = format!("?source={source}");
        let page = ada
            .get(&format!("/pigeon/admin/threads{view}"))
            .await
            .expect(200);
        let offer = format!("Select all {count} in this view");
        assert!(page.text().contains(&offer), "{source}: {offer}");
        if source == "trash" {
            continue;
        }
        let count = usize::try_from(count).unwrap();
        let done = ada
            .does_to_all(&view, count, "threads/mark-read", &[])
            .await;
        done.expect(200);
    }
}
