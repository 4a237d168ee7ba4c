use db::testing::TestDb;

use super::*;
use crate::migrations::MIGRATIONS;

const NOW: Timestamp = Timestamp::from_micros(1_795_176_300_000_000);

fn config(pins: &[(&str, &str)]) -> Config {
    let env = pins
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_sources("pigeon.toml", "", env).unwrap()
}

#[test]
fn every_setting_takes_back_what_it_gives() {
    let mut settings = Settings::defaults(&config(&[]));
    for setting in SETTINGS {
        let value = setting.get(&settings);
        assert_eq!(
            setting.set(&mut settings, &value),
            Ok(()),
            "{}",
            setting.name
        );
        assert_eq!(setting.get(&settings), value, "{}", setting.name);
    }
}

#[test]
fn every_setting_stands_in_the_example_with_its_default() {
    let example = crate::config::example::uncommented();
    let there: Vec<&str> = example.pins.keys().map(String::as_str).collect();
    let mut names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    names.sort_unstable();
    assert_eq!(there, names);
    let defaults = Settings::defaults(&config(&[]));
    let mut shown = defaults.clone();
    shown.pin(&example).unwrap();
    for setting in SETTINGS {
        let default = match setting.name {
            "timeZone" => "UTC".to_owned(), // this machine's may be another
            _ => setting.get(&defaults),
        };
        assert_eq!(setting.get(&shown), default, "{}", setting.name);
    }
}

#[test]
fn limits_hold_and_are_said() {
    let mut settings = Settings::defaults(&config(&[]));
    for (name, good, bad) in [
        ("allowGuestThreads", &["1", "", "false"][..], &["maybe"][..]),
        (
            "maxAttachmentsPerMessage",
            &["0", "20"],
            &["21", "-1", "x", ""],
        ),
        ("maxAttachmentSizeMb", &["1", "200"], &["0", "201"]),
        ("guestTokenLifetimeDays", &["1", "365"], &["0", "366"]),
        ("trashLifetimeDays", &["1", "365"], &["0", "366"]),
        (
            "rateLimitMaxMessages",
            &["1", "100000"],
            &["0", "99999999999"],
        ),
        ("rateLimitWindowSeconds", &["1"], &["0", "1.5"]),
        (
            "fromEmail",
            &["", "a@example.com"],
            &["a", "A <a@example.com>"],
        ),
        ("fromName", &["", "Shop"], &["a\nBcc: b", &"x".repeat(301)]),
        ("siteName", &["Shop"], &["", "   "]),
        (
            "honeypotField",
            &["website"],
            &["", "body", "Email", "1a", "a b"],
        ),
        ("timeZone", &["Europe/Berlin", "UTC"], &["", "Mars/Olympus"]),
        ("allowedAttachmentExtensions", &["", ".PDF, txt"], &["p/f"]),
        (
            "supportNotificationRecipients",
            &["", "a@example.com; b@example.com c@example.com"],
            &["a@example.com, b"],
        ),
    ] {
        let setting = Setting::find(name).expect(name);
        for value in good {
            assert_eq!(
                setting.set(&mut settings, value),
                Ok(()),
                "{name} {value:?}"
            );
        }
        for value in bad {
            assert!(
                setting.set(&mut settings, value).is_err(),
                "{name} {value:?}"
            );
        }
    }
    assert_eq!(settings.allowed_attachment_extensions, ["pdf", "txt"]);
    assert_eq!(settings.support_notification_recipients.len(), 3);
}

#[test]
fn a_pin_that_cannot_be_is_named_with_its_source() {
    let problem = |name, value| {
        let error = Settings::check_pins(&config(&[(name, value)])).unwrap_err();
        error.0
    };
    assert_eq!(
        problem("PIGEON_SETTING_SITE_NMAE", "Shop"),
        "unknown variable PIGEON_SETTING_SITE_NMAE; the nearest right one is PIGEON_SETTING_SITE_NAME"
    );
    assert_eq!(
        problem("PIGEON_SETTING_TRASH_LIFETIME_DAYS", "0"),
        "PIGEON_SETTING_TRASH_LIFETIME_DAYS: Type a whole number from 1 to 365."
    );
    let toml = Config::from_sources("pigeon.toml", "[settings]\nsitename = 'x'", []).unwrap();
    assert_eq!(
        Settings::check_pins(&toml).unwrap_err().0,
        "settings.sitename in pigeon.toml: there is no such setting; the nearest right one is siteName"
    );
}

#[test]
fn every_setting_has_a_variable_that_pins_it() {
    for setting in SETTINGS {
        let settings = Settings::defaults(&config(&[]));
        let value = setting.get(&settings);
        let config = config(&[(&setting.variable(), &value)]);
        assert_eq!(config.pins[setting.name].by, setting.variable());
        assert_eq!(Settings::check_pins(&config), Ok(()), "{}", setting.name);
    }
}

#[tokio::test]
async fn what_is_stored_is_loaded_and_what_is_pinned_wins() {
    let TestDb { db, .. } = &TestDb::new(MIGRATIONS).await;
    let own = config(&[]);
    let change = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let mut tx = db.begin().await.unwrap();
    let changes = [
        change("siteName", " Shop "),
        change("rateLimitMaxMessages", "3"),
    ];
    for changes in &changes {
        Settings::update(&mut tx, &own, changes, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let settings = Settings::load(&mut conn, &own).await.unwrap();
    assert_eq!(
        (
            settings.site_name.as_str(),
            settings.rate_limit_max_messages
        ),
        ("Shop", 3)
    );

    let pinned = config(&[("PIGEON_SETTING_SITE_NAME", "Store")]);
    let settings = Settings::load(&mut conn, &pinned).await.unwrap();
    assert_eq!(
        (
            settings.site_name.as_str(),
            settings.rate_limit_max_messages
        ),
        ("Store", 3)
    );
    drop(conn);

    let mut tx = db.begin().await.unwrap();
    Settings::update(&mut tx, &pinned, &change("siteName", "Store"), NOW)
        .await
        .unwrap();
    let refused = Settings::update(&mut tx, &pinned, &change("siteName", "Mine"), NOW).await;
    let Err(Error::Invalid(problems)) = refused else {
        panic!("it is pinned");
    };
    assert_eq!(
        problems.0["siteName"],
        ["This is fixed by PIGEON_SETTING_SITE_NAME."]
    );
}

#[tokio::test]
async fn one_wrong_value_keeps_all_from_being_stored() {
    let TestDb { db, .. } = &TestDb::new(MIGRATIONS).await;
    let own = config(&[]);
    let changes = [
        ("siteName", "Shop"),
        ("trashLifetimeDays", "0"),
        ("nothing", "x"),
    ];
    let changes = changes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut tx = db.begin().await.unwrap();
    let refused = Settings::update(&mut tx, &own, &changes.into(), NOW).await;
    let Err(Error::Invalid(problems)) = refused else {
        panic!("it is wrong");
    };
    assert_eq!(
        problems.0.keys().collect::<Vec<_>>(),
        ["nothing", "trashLifetimeDays"]
    );
    tx.commit().await.unwrap();
    let mut conn = db.read().await.unwrap();
    let settings = Settings::load(&mut conn, &own).await.unwrap();
    assert_eq!(settings.site_name, "localhost");
}

#[test]
fn people_choose_from_the_zones_that_are_valid() {
    let mut settings = Settings::defaults(&config(&[]));
    let setting = Setting::find("timeZone").unwrap();
    assert!(time_zones().len() > 300);
    for zone in time_zones() {
        assert_eq!(setting.set(&mut settings, zone), Ok(()), "{zone}");
    }
    assert!(time_zones().iter().any(|zone| zone == "UTC"));
}
