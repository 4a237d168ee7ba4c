use std::time::UNIX_EPOCH;

use db::{Clock, testing::Place};

use super::*;
use crate::config::Config;

const START: Timestamp = Timestamp::from_micros(1_795_000_000_000_000);

/// A house with two admins.
struct House {
    app: App,
    ann: UserId,
    ben: UserId,
    /// Where the database is: gone when it is dropped.
    _place: Place,
    _data: tempfile::TempDir,
}

impl House {
    async fn without_mail_server() -> Self {
        let (place, database_url) = Place::empty().await;
        let data = tempfile::tempdir().unwrap();
        let config = Config {
            database_url,
            data_dir: data.path().to_owned(),
            ..Config::default()
        };
        let app = App::open(config, Clock::manual(START)).await.unwrap();
        Self {
            app,
            ann: UserId::new(START),
            ben: UserId::new(START),
            _place: place,
            _data: data,
        }
    }

    async fn catch(&self, subject: &str, password_of: Option<UserId>) {
        let email = Email {
            from: "Fernhill <hello@fernhill.example>".parse().unwrap(),
            to: "ada@example.com".parse().unwrap(),
            subject: subject.to_owned(),
            text: format!("The link of {subject}"),
            html: format!("<p>The link of {subject}</p>"),
            message_id: "<1@fernhill.example>".to_owned(),
            in_reply_to: None,
            references: Vec::new(),
            list_id: None,
            list_unsubscribe: None,
            auto_submitted: mail::AutoSubmitted::Generated,
            date: UNIX_EPOCH,
        };
        keep(&self.app, &email, password_of).await.unwrap();
    }

    async fn seen_by(&self, viewer: UserId) -> Vec<(MailId, Timestamp, Caught)> {
        let mut conn = self.app.db.read().await.unwrap();
        let now = self.app.clock.now();
        list(&mut conn, &self.app.secrets, viewer, now)
            .await
            .unwrap()
    }

    async fn stored(&self) -> Vec<(Vec<u8>,)> {
        let mut conn = self.app.db.read().await.unwrap();
        let query = conn.query("SELECT sealed FROM caught_mails");
        query.fetch_all().await.unwrap()
    }
}

/// What the sweep of a worker does.
async fn swept(app: &App) {
    let mut tx = app.db.begin().await.unwrap();
    sweep(app, &mut tx, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

fn subjects(caught: &[(MailId, Timestamp, Caught)]) -> Vec<&str> {
    caught.iter().map(|(_, _, c)| c.subject.as_str()).collect()
}

#[tokio::test]
async fn caught_mail_is_shown_whole_newest_first_and_stored_unreadable() {
    let house = House::without_mail_server().await;
    house.catch("first", None).await;
    house.app.clock.advance(Duration::from_secs(1));
    house.catch("second", None).await;

    let caught = house.seen_by(house.ann).await;
    assert_eq!(subjects(&caught), ["second", "first"]);
    let (id, at, second) = &caught[0];
    assert_eq!(*at, house.app.clock.now());
    assert_eq!(second.from, "Fernhill <hello@fernhill.example>");
    assert_eq!(second.to, "ada@example.com");
    assert_eq!(second.html, "<p>The link of second</p>");
    assert!(second.raw.contains("Subject: second\r\n") && !second.is_withheld());

    let mut conn = house.app.db.read().await.unwrap();
    let one = get(&mut conn, &house.app.secrets, house.ben, *id, *at).await;
    assert_eq!(one.unwrap().1.text, "The link of second");

    for (sealed,) in house.stored().await {
        let readable = String::from_utf8_lossy(&sealed).into_owned();
        assert!(!readable.contains("link") && !readable.contains("ada"));
    }
}

#[tokio::test]
async fn a_password_mail_is_shown_only_to_whom_it_is_about() {
    let house = House::without_mail_server().await;
    house.catch("password", Some(house.ben)).await;

    let (id, at, seen) = house.seen_by(house.ann).await.remove(0);
    assert!(seen.is_withheld());
    assert_eq!(
        (seen.subject.as_str(), seen.to.as_str()),
        ("password", "ada@example.com")
    );
    assert_eq!((seen.text, seen.html, seen.raw), Default::default());
    let mut conn = house.app.db.read().await.unwrap();
    let secrets = &house.app.secrets;
    let seen = get(&mut conn, secrets, house.ann, id, at).await.unwrap().1;
    assert!(seen.is_withheld() && seen.raw.is_empty());

    let seen = get(&mut conn, secrets, house.ben, id, at).await.unwrap().1;
    assert_eq!(seen.text, "The link of password");
}

#[tokio::test]
async fn only_the_newest_two_hundred_stay() {
    let house = House::without_mail_server().await;
    for number in 1..=203 {
        house.app.clock.advance(Duration::from_secs(1));
        house.catch(&number.to_string(), None).await;
    }
    let caught = house.seen_by(house.ann).await;
    let subjects = subjects(&caught);
    assert_eq!(
        (subjects.len(), subjects[0], subjects[199]),
        (200, "203", "4")
    );
    assert_eq!(house.stored().await.len(), 200);
}

#[tokio::test]
async fn a_caught_mail_is_gone_after_a_week() {
    let house = House::without_mail_server().await;
    house.catch("old", None).await;
    let (id, ..) = house.seen_by(house.ann).await.remove(0);
    house.app.clock.advance(KEPT);
    assert!(house.seen_by(house.ann).await.is_empty());
    let mut conn = house.app.db.read().await.unwrap();
    let now = house.app.clock.now();
    let one = get(&mut conn, &house.app.secrets, house.ann, id, now).await;
    assert!(matches!(one, Err(Error::NotFound)));
    drop(conn);

    swept(&house.app).await;
    assert!(house.stored().await.is_empty());
}

#[tokio::test]
async fn caught_mail_goes_once_a_mail_server_is_set() {
    let house = House::without_mail_server().await;
    house.catch("secret", None).await;
    let config = Config {
        smtp_url: Some("smtp://localhost:2525".parse().unwrap()),
        ..house.app.config.clone()
    };
    let app = App::open(config, house.app.clock.clone()).await.unwrap();
    swept(&app).await;
    assert!(house.stored().await.is_empty());
}
