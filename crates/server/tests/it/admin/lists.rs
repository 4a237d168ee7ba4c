//! What each source holds, in which order, and what its filters leave.

use std::time::Duration;

use pigeon::{
    accounts::{Permission, User},
    ids::{ParticipantId, ThreadId, UserId},
};

use super::{acts, asks, page_of, words};
use crate::support::{Answer, Person, TestApp};

async fn user(app: &TestApp, name: &str) -> User {
    let mut conn = app.app.db.read().await.expect("reads");
    let found = User::find_by_login_name(&mut conn, &format!("{name}@example.com")).await;
    found.expect("reads").expect("is there")
}

/// A direct thread between users, some of whom may have left it.
async fn direct(app: &TestApp, subject: &str, status: &str, people: &[(UserId, bool)]) {
    app.advance(Duration::from_secs(1));
    let now = app.app.clock.now();
    let id = ThreadId::new(now);
    let mut tx = app.app.db.begin().await.expect("begins");
    let insert = tx
        .query(
            "INSERT INTO threads (id, kind, status, subject, subject_key, starter_name, last_seq,
                 last_team_seq, last_visible_seq, message_count, preview, preview_by,
                 preview_by_staff, last_message_at, created_at)
             VALUES ($1, 'direct', $2, $3, $3, 'Ann', 1, 1, 1, 1, 'psst', 'Ann', $4, $5, $5)",
        )
        .bind(id)
        .bind(status)
        .bind(subject);
    insert.bind(false).bind(now).execute().await.expect("runs");
    for (user, has_left) in people {
        tx.query(
            "INSERT INTO participants (id, thread_id, user_id, name, role, mail_subject, read_seq,
                 notify, left_at, created_at)
             VALUES ($1, $2, $3, 'Ann', 'participant', 'x', 0, 'on', $4, $5)",
        )
        .bind(ParticipantId::new(now))
        .bind(id)
        .bind(*user)
        .bind(has_left.then_some(now))
        .bind(now)
        .execute()
        .await
        .expect("runs");
    }
    tx.commit().await.expect("commits");
}

async fn list(person: &mut Person, query: &str) -> Answer {
    let page = person.get(&format!("/pigeon/admin/threads{query}")).await;
    page.expect(200)
}

/// The subjects that a page lists, from top to bottom.
fn subjects(page: &Answer) -> Vec<String> {
    let rows = page.text().split("<b id=\"s-").skip(1);
    rows.map(|row| {
        let text = row.split_once('>').expect("a tag ends").1;
        text.split('<').next().unwrap_or_default().to_owned()
    })
    .collect()
}

/// The number beside a source.
fn count(page: &Answer, source: &str) -> Option<String> {
    let (_, rest) = page.text().split_once(&format!("id=\"source-{source}\""))?;
    let (_, rest) = rest.split_once("class=\"num")?;
    let (_, rest) = rest.split_once('>')?;
    rest.split('<').next().map(str::to_owned)
}

fn link(page: &Answer, rel: &str) -> Option<String> {
    let text = page.text();
    let at = text.find(&format!("rel=\"{rel}\""))?;
    let href = text[..at].rsplit_once("href=\"")?.1.split('"').next()?;
    Some(href.replace("&amp;", "&"))
}

#[tokio::test]
async fn each_source_holds_what_its_name_says_and_counts_it() {
    let app = TestApp::start().await;
    let mut ann = app.signed_in("ann", true, &[]).await;
    let mut reader = app
        .signed_in("rita", false, &[Permission::AccessPlugin])
        .await;
    let (me, rita) = (user(&app, "ann").await.id, user(&app, "rita").await.id);
    for subject in ["waits", "mine", "open", "shut", "trashed"] {
        app.advance(Duration::from_secs(1));
        let (started, _) = asks(&app, "Ben", subject, "Hm?").await;
        let id = started.thread.id.to_string();
        let thread = ("threadId", id.as_str());
        let page = page_of(&started);
        let done = match subject {
            "mine" => {
                let to = me.to_string();
                let fields = [thread, ("assigneeId", to.as_str())];
                acts(&mut ann, &page, "pigeon/admin/assign", &fields).await
            }
            "open" | "shut" => {
                let status = if subject == "open" { "open" } else { "closed" };
                let fields = [thread, ("status", status)];
                acts(&mut ann, &page, "pigeon/admin/status", &fields).await
            }
            _ => continue,
        };
        done.expect(303);
    }
    app.force("UPDATE threads SET trashed_at = created_at WHERE subject = 'trashed'")
        .await;
    direct(&app, "ours", "open", &[(me, false), (rita, false)]).await;
    direct(&app, "ended", "closed", &[(me, false), (rita, true)]).await;
    direct(&app, "theirs", "open", &[(rita, false)]).await;
    direct(&app, "left", "open", &[(me, true), (rita, false)]).await;
    direct(&app, "gone", "open", &[(me, false)]).await;
    app.force("UPDATE threads SET trashed_at = created_at WHERE subject = 'gone'")
        .await;

    for (source, expected) in [
        (
            "all",
            &["mine", "waits", "open", "ours", "shut", "ended"][..],
        ),
        ("pending", &["mine", "waits"]),
        ("open", &["open", "ours"]),
        ("closed", &["shut", "ended"]),
        ("support", &["mine", "waits", "open", "shut"]),
        ("direct", &["ours", "ended"]),
        ("mine", &["mine"]),
        ("unassigned", &["waits", "open"]),
        ("trash", &["trashed"]),
    ] {
        let page = list(&mut ann, &format!("?source={source}")).await;
        assert_eq!(subjects(&page), expected, "{source}");
        let counted = count(&page, source).expect("a number stands beside it");
        assert_eq!(counted, expected.len().to_string(), "{source}");
    }
    // Whoever only reads has other direct threads, and no trash.
    for (source, expected) in [
        ("direct", &["left", "theirs", "ours"][..]),
        (
            "all",
            &["mine", "waits", "open", "left", "theirs", "ours", "shut"],
        ),
        ("mine", &[]),
    ] {
        let page = list(&mut reader, &format!("?source={source}")).await;
        assert_eq!(subjects(&page), expected, "{source}");
        assert_eq!(count(&page, "trash"), None);
        assert!(!page.text().contains("type=\"checkbox\" name=\"threadId\""));
    }
    for path in ["threads?source=trash", "threads/export.csv?source=trash"] {
        reader
            .get(&format!("/pigeon/admin/{path}"))
            .await
            .expect(403);
    }
}

#[tokio::test]
async fn what_is_in_the_trash_says_until_when() {
    let app = TestApp::start().await;
    let mut ann = app.staff("ann").await;
    asks(&app, "Ben", "old", "Hm?").await;
    app.force("UPDATE threads SET trashed_at = 1795600000000000")
        .await;
    let page = list(&mut ann, "?source=trash").await;
    let words = words(&page);
    assert!(
        words.contains("Deleted for good on 25 December 2026"),
        "{words}"
    );
}

/// Conversation `n` of 120: its subject is not in the order in which they came.
fn subject(n: usize) -> String {
    format!("Subject {:03}", n * 37 % 120)
}

#[tokio::test]
async fn every_order_leads_down_through_the_bands_and_up_again() {
    let app = TestApp::start().await;
    let mut ann = app.staff("ann").await;
    for n in 0..120 {
        app.advance(Duration::from_secs(1));
        asks(&app, "Ben", &subject(n), "Hm?").await;
    }
    app.force("UPDATE threads SET status = 'open', waiting_since = NULL WHERE subject LIKE '%1'")
        .await;
    app.force("UPDATE threads SET status = 'closed', waiting_since = NULL WHERE subject LIKE '%2'")
        .await;
    let band = |n: &usize| match subject(*n).chars().last() {
        Some('1') => 1,
        Some('2') => 2,
        _ => 0,
    };
    for sort in ["activity", "wait", "created", "subject"] {
        let mut expected: Vec<usize> = (0..120).collect();
        match sort {
            "wait" => expected.sort_by_key(|n| {
                let at = i64::try_from(*n).unwrap();
                (band(n), if band(n) == 0 { at } else { -at }, String::new())
            }),
            "subject" => expected.sort_by_key(|n| (band(n), 0, subject(*n))),
            _ => expected.sort_by_key(|n| (band(n), -i64::try_from(*n).unwrap(), String::new())),
        }
        let expected: Vec<String> = expected.into_iter().map(subject).collect();

        let mut page = list(&mut ann, &format!("?source=support&sort={sort}")).await;
        let mut pages = vec![subjects(&page)];
        while let Some(next) = link(&page, "next") {
            assert!(next.contains("source=support"), "{next}");
            page = list(&mut ann, &next).await;
            pages.push(subjects(&page));
        }
        assert_eq!(pages.concat(), expected, "{sort}");
        assert_eq!(pages.len(), 3, "{sort}");
        let words = words(&page);
        assert!(words.contains("Closed 12"), "{words}");
        for above in pages.iter().rev().skip(1) {
            page = list(&mut ann, &link(&page, "prev").expect("there is more above")).await;
            assert_eq!(subjects(&page), *above, "{sort}");
        }
        assert_eq!(
            link(&page, "prev"),
            None,
            "{sort}: the first page is the first"
        );
    }
}

#[tokio::test]
async fn an_assignee_narrows_a_list_and_every_link_keeps_it() {
    let app = TestApp::start().await;
    let mut ann = app.signed_in("ann", true, &[]).await;
    let _ = app.staff("tom").await;
    let (me, tom) = (user(&app, "ann").await.id, user(&app, "tom").await.id);
    for (subject, to) in [("hers", Some(me)), ("his", Some(tom)), ("free", None)] {
        app.advance(Duration::from_secs(1));
        let (started, _) = asks(&app, "Ben", subject, "A kettle?").await;
        if let Some(to) = to {
            let (id, to) = (started.thread.id.to_string(), to.to_string());
            let fields = [("threadId", id.as_str()), ("assigneeId", to.as_str())];
            let page = page_of(&started);
            acts(&mut ann, &page, "pigeon/admin/assign", &fields)
                .await
                .expect(303);
        }
    }
    let toms = format!("?source=pending&assignee={tom}&sort=wait");
    for (query, expected) in [
        ("?assignee=me", &["hers"][..]),
        ("?assignee=nobody", &["free"]),
        (toms.as_str(), &["his"]),
        ("?assignee=nonsense", &["free", "his", "hers"]),
        ("?source=all&q=kettle&assignee=nobody", &["free"]),
        ("?source=closed&q=-teapot&assignee=me", &["hers"]),
        ("?source=mine&assignee=nobody", &["hers"]),
    ] {
        let page = list(&mut ann, query).await;
        assert_eq!(subjects(&page), expected, "{query}");
    }
    let page = list(&mut ann, &toms).await;
    let links = page.text().replace("&amp;", "&");
    let row = links.split("class=\"open\"").nth(1).expect("a row");
    assert!(row.contains(&toms), "rows keep it: {row}");
    assert!(
        links.contains("href=\"?source=pending&sort=wait\""),
        "its chip drops it"
    );
    assert!(
        links.contains("?source=closed&sort=wait\""),
        "other sources keep the order"
    );
    assert!(
        words(&page).contains("1 conversation"),
        "the number is the filter's"
    );
}

#[tokio::test]
async fn a_conversation_keeps_its_place_in_the_order_it_was_opened_from() {
    let app = TestApp::start().await;
    let mut ann = app.staff("ann").await;
    let mut pages = Vec::new();
    for subject in ["b", "c", "a"] {
        app.advance(Duration::from_secs(1));
        pages.push(page_of(&asks(&app, "Ben", subject, "Hm?").await.0));
    }
    for (sort, previous, next) in [
        ("activity", Some(2), Some(0)),
        ("wait", Some(0), Some(2)),
        ("subject", Some(0), None),
    ] {
        let query = format!("?source=pending&sort={sort}");
        let page = ann.get(&format!("{}{query}", pages[1])).await.expect(200);
        let links = page.text().replace("&amp;", "&");
        for (key, other) in [("k", previous), ("j", next)] {
            let control = other.map(|at: usize| {
                let query = if sort == "activity" {
                    "?source=pending"
                } else {
                    &query
                };
                format!("href=\"{}{query}\" aria-keyshortcuts=\"{key}\"", pages[at])
            });
            match control {
                Some(control) => assert!(links.contains(&control), "{sort} {control}"),
                None => assert!(
                    !links.contains(&format!("aria-keyshortcuts=\"{key}\"")),
                    "{sort}"
                ),
            }
        }
    }
}

#[tokio::test]
async fn counts_are_exact_up_to_999() {
    let app = TestApp::start().await;
    let mut ann = app.signed_in("ann", true, &[]).await;
    asks(&app, "Ben", "one", "Hm?").await;
    for (more, shown) in [(MANY, "999"), (ONE, "999+"), (ONE, "999+")] {
        app.force_each(more.0, more.1).await;
        let page = list(&mut ann, "?source=unassigned").await;
        for source in ["all", "pending", "support", "unassigned"] {
            assert_eq!(count(&page, source).as_deref(), Some(shown), "{source}");
        }
        assert_eq!(count(&page, "open").as_deref(), Some("0"));
    }
    app.force("UPDATE threads SET status = 'open' WHERE subject = 'one'")
        .await;
    let page = list(&mut ann, "?source=open&assignee=nobody").await;
    assert_eq!(count(&page, "open").as_deref(), Some("1"));
    assert!(words(&page).contains("Waiting for them 1"));
    // Those that one source has below so many, too.
    let mut last = list(&mut ann, "?source=unassigned").await;
    while let Some(next) = link(&last, "next") {
        last = list(&mut ann, &next).await;
    }
    let last = words(&last);
    assert!(last.contains("Waiting for them 1"), "{last}");
}

macro_rules! more {
    ($id:literal, $numbers:literal) => {
        concat!(
            "INSERT INTO threads (id, kind, status, subject, starter_name, last_seq, last_team_seq,
                 last_visible_seq, message_count, preview, preview_by, preview_by_staff,
                 last_message_at, created_at)
             SELECT ",
            $id,
            ", kind, status, 'more', starter_name, last_seq, last_team_seq, last_visible_seq,
                 message_count, preview, preview_by, preview_by_staff, last_message_at, created_at
             FROM threads, ",
            $numbers,
            " WHERE subject = 'one'"
        )
    };
}

/// 998 more of the same, and one more; on SQLite, and on PostgreSQL.
const MANY: (&str, &str) = (
    more!(
        "randomblob(16)",
        "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 998)
          SELECT i FROM n) AS numbers"
    ),
    more!("gen_random_uuid()", "generate_series(1, 998)"),
);
const ONE: (&str, &str) = (
    more!("randomblob(16)", "(SELECT 1) AS numbers"),
    more!("gen_random_uuid()", "(SELECT 1) AS numbers"),
);
