//! What people typed is text, wherever it is shown.

use pigeon::web;

use crate::support::{Guest, Person, TestApp, assert_inert, elements, unescaped, unmarked, words};

const BODY: &str = "<script>alert(1)</script><img src=x onerror=alert(2)> \
                    <svg/onload=alert(3)> {{ 7*7 }} ${7*7} <%= 7*7 %>";
const NAME: &str = "\"><svg onload=alert(1)>'";
const SUBJECT: &str = "</title><script>alert(1)</script>\u{2028}{% raw %}";

/// Every page that shows what a guest typed, as the team sees it.
async fn pages_of_the_team(person: &mut Person, thread: &str) -> Vec<String> {
    let thread = format!("/pigeon/admin/threads/{thread}");
    let mut pages = Vec::new();
    for path in [
        "/pigeon/admin",
        "/pigeon/admin/threads",
        "/pigeon/admin/threads?source=all&q=alert",
        "/pigeon/admin/threads?source=all&q=%3Cscript%3Ealert(1)%3C/script%3E",
        &thread,
    ] {
        let page = person.get(path).await.expect(200);
        pages.push(page.text().to_owned());
    }
    pages
}

#[tokio::test]
async fn r01_a_message_is_text_in_every_page_and_mail() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", BODY).await;
    ann.proves(&app).await;
    ada.answers(&ann.thread, BODY).await;
    ann.replies(BODY).await.expect(303);
    app.run_jobs().await;
    ada.notes(&ann.thread, BODY).await;
    app.run_jobs().await;

    let mut pages = pages_of_the_team(&mut ada, &ann.thread).await;
    pages.push(ann.looks().await.expect(200).text().to_owned());
    for page in &pages {
        assert_inert(page);
    }
    for page in [&pages[4], &pages[5]] {
        let times = unescaped(page).matches(BODY).count();
        assert!(times >= 3, "{times} times: {page}");
    }
    let mails = app.mails();
    assert!(mails.len() >= 4, "{}", mails.len());
    for mail in &mails {
        assert_inert(&mail.html);
    }
    let quoting = app.last_mail_to("ann@example.com");
    assert_eq!(words(&quoting.html).matches("alert(2)").count(), 2);
    assert_eq!(quoting.text.matches(BODY).count(), 2, "{}", quoting.text);
}

#[tokio::test]
async fn r01_a_form_that_comes_back_shows_what_was_typed_as_text() {
    let (app, mut ada) = TestApp::open().await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let typed = [
        ("name", NAME),
        ("email", NAME),
        ("subject", SUBJECT),
        ("body", BODY),
        ("redirect", "\"><svg onload=alert(1)>"),
    ];
    let contact = app.stranger().does("guest/start", &typed).await.expect(422);
    let new = ada.does("admin/start", &typed).await.expect(422);
    for page in [&contact, &new] {
        assert_inert(page.text());
        assert_eq!(page.field("email").as_deref(), Some(NAME));
        assert!(unescaped(page.text()).contains(BODY), "{page:?}");
    }
    // The expired link's page, the sign-in page and the error page carry a text along too.
    let gone = [("token", BODY), ("body", BODY)];
    let expired = app.stranger().does("guest/reply", &gone).await.expect(404);
    assert!(unescaped(expired.text()).contains(BODY), "{expired:?}");
    assert_inert(expired.text());
    let answer = [("threadId", ann.thread.as_str()), ("body", BODY)];
    let door = app.stranger().does("admin/reply", &answer).await;
    assert_inert(door.expect(401).text());
    let foreign = [("sec-fetch-site", "cross-site")];
    let path = "/pigeon/actions/pigeon/admin/reply";
    let refused = ada.post_with(path, &answer, &foreign).await.expect(403);
    assert_inert(refused.text());
    let status = [("threadId", ann.thread.as_str()), ("status", BODY)];
    assert_inert(ada.does("admin/status", &status).await.expect(422).text());
    assert_inert(ann.replies(" ").await.expect(422).text());
}

#[tokio::test]
async fn r02_names_and_subjects_are_text_wherever_they_stand() {
    let (app, mut ada) = TestApp::open().await;
    let ann = [
        ("name", NAME),
        ("email", "ann@example.com"),
        ("subject", SUBJECT),
        ("body", "Hm?"),
    ];
    let mut ann = Guest::starts(&app, &ann).await;
    ann.proves(&app).await;
    ada.answers(&ann.thread, "Well.").await;
    ann.replies("Oh.").await.expect(303);
    app.run_jobs().await;

    let subject = SUBJECT.replace('\u{2028}', "");
    let mut pages = pages_of_the_team(&mut ada, &ann.thread).await;
    for page in &pages[..] {
        let plain = unmarked(page);
        assert!(words(&plain).contains(NAME), "{page}");
        assert!(unescaped(&plain).contains(&subject), "{page}");
    }
    let title = pages[4].split("<title>").nth(1).unwrap();
    assert!(
        unescaped(title.split("</title>").next().unwrap()).starts_with(&subject),
        "{title}"
    );
    pages.push(ann.looks().await.expect(200).text().to_owned());
    for page in &pages {
        assert_inert(page);
    }
    let alert = &app.mails_to("ada@example.com")[0];
    assert_inert(&alert.html);
    assert!(words(&alert.html).contains(NAME), "{}", alert.html);
    assert_eq!(alert.subject, format!("{NAME}: {subject}"));
    let raw = String::from_utf8(alert.to_bytes()).unwrap();
    let head = raw.split("\r\n\r\n").next().unwrap();
    assert_eq!(head.matches("\r\nSubject:").count(), 1, "{head}");
}

#[tokio::test]
async fn r11_the_same_headers_stand_on_every_answer_to_guests_and_staff() {
    let (app, mut ada) =
        TestApp::open_with(&[("PIGEON_SETTING_RATE_LIMIT_MAX_MESSAGES", "1")]).await;
    let mut ann = Guest::asks(&app, "ann@example.com", "Hm?").await;
    let thread = [("threadId", ann.thread.as_str()), ("status", "odd")];
    let status = ada.does("admin/status", &thread).await.expect(422);
    let answers = [
        ann.looks().await.expect(200),
        ann.replies("Once more.").await.expect(429),
        ann.replies(" ").await.expect(422),
        app.stranger().does("guest/reply", &[]).await.expect(404),
        app.stranger().says("guest/reply", &[]).await.expect(404),
        ada.reads(&ann.thread.clone()).await.expect(200),
        status,
    ];
    for answer in &answers {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(!policy.contains("unsafe"), "{policy}");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "script-src 'self'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.headers_named("vary").contains(&"Cookie"));
    }
}

#[tokio::test]
async fn r12_no_page_holds_data_in_a_script() {
    let (app, mut ada) = TestApp::open().await;
    let ann = [
        ("email", "ann@example.com"),
        ("subject", SUBJECT),
        ("body", BODY),
    ];
    let mut ann = Guest::starts(&app, &ann).await;
    let mut pages = pages_of_the_team(&mut ada, &ann.thread).await;
    pages.push(ann.looks().await.text().to_owned());
    for route in web::routes() {
        let path = route.path.replace("{id}", &ann.thread);
        let path = path.replace("{token}", ann.token());
        let page = ada.get(&path).await;
        if page
            .header("content-type")
            .is_some_and(|kind| kind.contains("html"))
        {
            pages.push(page.text().to_owned());
        }
    }
    for page in pages {
        for script in elements(&page).iter().filter(|it| it.name == "script") {
            let source = script.attribute("src").expect("no script stands in a page");
            assert!(source.starts_with("/pigeon/assets/"), "{source}");
        }
        assert!(!page.contains("\u{2028}"), "{page}");
    }
}

#[tokio::test]
async fn r13_what_a_header_says_is_text_for_staff_too() {
    let app = TestApp::catching().await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("user-agent", "<script>alert(1)</script>"),
        ("x-forwarded-for", "<script>alert(1)</script>"),
        ("referer", "http://pigeon.test/<script>alert(1)</script>"),
        ("accept-language", "<script>alert(1)</script>"),
    ];
    let fields = [("email", "ann@example.com"), ("body", "Hm?")];
    let path = "/pigeon/actions/pigeon/guest/start";
    let answer = app.stranger().post_with(path, &fields, &headers).await;
    answer.expect(303);
    app.run_jobs().await;
    let inbox = ada.get("/pigeon/admin/mail").await.expect(200);
    let mail = elements(inbox.text());
    let mail = mail.iter().filter_map(|it| it.attribute("href"));
    let mail = mail.filter(|href| href.starts_with("/pigeon/admin/mail/"));
    let mut pages: Vec<String> = mail.map(str::to_owned).collect();
    assert!(!pages.is_empty(), "{inbox:?}");
    pages.extend(pages.clone().iter().map(|mail| format!("{mail}?show=raw")));
    let routes = web::routes().iter().map(|route| route.path);
    let routes = routes.filter(|path| path.starts_with("/pigeon/admin") && !path.contains('{'));
    pages.extend(routes.map(str::to_owned));
    for page in pages {
        let page = ada.get(&page).await.expect(200);
        assert_inert(page.text());
        assert!(!page.text().contains("<script>alert"), "{page:?}");
    }
}

#[tokio::test]
async fn r14_error_pages_echo_nothing() {
    let (app, mut ada) = TestApp::open().await;
    let headers = [("referer", "http://evil.test/<script>1</script>")];
    let evil = "%3Cscript%3E1%3C/script%3E";
    for path in [
        format!("/pigeon/t/{evil}"),
        format!("/pigeon/t/{}", evil.replace('/', "%2F")),
        format!("/pigeon/u/{evil}"),
        format!("/pigeon/reset/{evil}"),
        format!("/pigeon/admin/threads/{evil}"),
        format!("/pigeon/admin/threads?source={evil}&sort={evil}&cursor={evil}"),
        format!("/pigeon/admin/mail/{evil}"),
        format!("/pigeon/contact?body={evil}&email={evil}"),
        format!("/{evil}?{evil}"),
    ] {
        for person in [&mut app.stranger(), &mut ada] {
            let answer = person.get_with(&path, &headers).await;
            assert_inert(answer.text());
            for echo in ["script>1", "evil.test"] {
                assert!(!answer.text().contains(echo), "{path}: {answer:?}");
            }
        }
    }
    let unknown = app
        .stranger()
        .get(&format!("/pigeon/t/{}", "A".repeat(43)))
        .await;
    let evil = evil.replace('/', "%2F");
    let odd = app.stranger().get(&format!("/pigeon/t/{evil}")).await;
    assert_eq!(words(odd.text()), words(unknown.text()));
}
