//! What whoever looks after Pigeon is told when something is wrong.

use mail::{Mailer, Smtp};
use pigeon::{app::Outlet, worker};
use smtp_sink::{Mode, Sink};

use crate::support::{Guest, TestApp, words};

#[tokio::test]
async fn p3_mail_that_a_server_refuses_is_shown_to_admins_with_its_words() {
    let sink = Sink::start().await;
    sink.set_mode(Mode::Rcpt550).await;
    let smtp = Smtp::new(sink.url().parse().unwrap(), mail::Options::default()).unwrap();
    let app = TestApp::sending(Outlet::Mailer(Mailer::Smtp(smtp))).await;
    let mut ada = app.signed_in("ada", true, &[]).await;
    let mut maya = app.staff("maya").await;
    let shown = words(ada.get("/pigeon/admin").await.expect(200).text());
    assert!(!shown.contains("Not sent"), "{shown}");

    Guest::asks(&app, "ann@example.com", "Hm?").await;
    let ran = worker::worker(&app.app).run_until_empty().await.unwrap();
    assert_eq!(ran.parked, 3, "to Ann, Ada and Maya");
    let shown = words(ada.get("/pigeon/admin").await.expect(200).text());
    assert!(shown.contains("Not sent 3"), "{shown}");
    assert!(shown.contains("550"), "{shown}");
    let shown = words(maya.get("/pigeon/admin").await.expect(200).text());
    assert!(!shown.contains("Not sent"), "{shown}");
}

#[tokio::test]
async fn a_proxy_that_nobody_named_is_told_to_admins_on_every_page() {
    for header in ["x-forwarded-for", "forwarded"] {
        let (app, mut ada) = TestApp::open().await;
        let mut maya = app.staff("maya").await;
        let told = |page: &str| page.contains("trusted_proxies");
        assert!(!told(ada.get("/pigeon/admin").await.expect(200).text()));
        app.stranger()
            .get_with("/pigeon/contact", &[(header, "192.0.2.7")])
            .await
            .expect(200);
        assert!(told(ada.get("/pigeon/admin").await.expect(200).text()));
        assert!(!told(maya.get("/pigeon/admin").await.expect(200).text()));
    }
}
