use jiff::civil::date;

use super::*;
use crate::accounts::{Permissions, Preferences};

fn user(number: u128, name: &str, email: &str) -> User {
    User {
        id: UserId(uuid::Uuid::from_u128(number)),
        email: email.into(),
        email_key: email.into(),
        username: None,
        name: name.into(),
        admin: true,
        disabled_at: None,
        created_at: db::Timestamp::default(),
        preferences: Preferences::default(),
        permissions: Permissions(Vec::new()),
    }
}

fn ask(text: &str) -> Result<Query, String> {
    let staff = [
        user(1, "Ann Lee", "ann@example.com"),
        user(2, "Anna Ngô", "anna@example.com"),
        user(3, "Ann Moss", "moss@example.com"),
    ];
    let zone = jiff::tz::TimeZone::UTC;
    let now = date(2026, 11, 25).at(12, 0, 0, 0).to_zoned(zone).unwrap();
    let viewer = &staff[0];
    Query::parse(
        text,
        &Asker {
            viewer,
            staff: &staff,
            now,
        },
    )
}

fn terms(text: &str) -> Vec<String> {
    ask(text).unwrap().wanted.terms.into_iter().collect()
}

#[test]
fn words_and_operators_become_terms_of_their_fields() {
    assert_eq!(terms("two Cups"), ["cups", "two"]);
    assert_eq!(
        terms("from:Ann subject:\"two cups\""),
        ["#f.ann", "#s.cups", "#s.two"]
    );
    assert_eq!(terms("from:ann@example.com"), ["#f.ann@example.com"]);
    assert_eq!(terms("to:me http://x"), ["http", "me", "to", "x"]);
    assert_eq!(terms("has:note"), [NOTE]);
    assert_eq!(terms("has:note cups"), ["cups"]);
    assert!(ask("-cups").unwrap().wanted.terms.is_empty());
    assert_eq!(ask("-cups -\"a b\"").unwrap().unwanted.len(), 2);
    assert!(ask("*** - --").unwrap().is_empty());
}

#[test]
fn an_assignee_is_meant_by_every_word_of_the_name() {
    let meant = |text: &str| match &ask(text).unwrap().tests[..] {
        [(Test::Assignee(ids), true)] => ids.iter().map(|id| id.0.as_u128()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(meant("assignee:me"), [1]);
    assert_eq!(meant("assignee:nobody"), [0; 0]);
    assert_eq!(meant("assignee:ann"), [1, 3]);
    assert_eq!(meant("assignee:\"Lee Ann\""), [1]);
    assert_eq!(meant("assignee:NGO"), [2]);
    assert_eq!(meant("assignee:moss@example.com"), [3]);
}

#[test]
fn a_wrong_question_says_what_is_wrong_and_what_to_write() {
    for (text, wrong, instead) in [
        ("status:opn", "“opn” is no status", "status:open"),
        ("assignee:zoe", "“zoe”", "assignee:\"Ann Lee\""),
        ("before:soon", "“soon” is no date", "before:2026-11-25"),
        ("after:2026-02-30", "“2026-02-30”", "after:2026-11"),
        ("has:file", "“has:file”", "has:note"),
        ("from: ann", "After “from:”", "from:ann@example.com"),
        ("subject:", "After “subject:”", "subject:parcel"),
        ("-status:", "After “status:”", "status:open"),
        ("from:***", "After “from:”", "“from”"),
        ("assignee:\" \"", "After “assignee:”", "assignee:me"),
    ] {
        let problem = ask(text).expect_err(text);
        assert!(
            problem.contains(wrong) && problem.contains(instead),
            "{text}: {problem}"
        );
    }
}

#[test]
fn a_pasted_message_is_cut() {
    let words: Vec<_> = (0..5_000).map(|n| format!("w{n}")).collect();
    assert_eq!(terms(&words.join(" ")).len(), 40);
    let without = format!("-{}", words.join(" -"));
    assert!(ask(&without).unwrap().unwanted.len() <= 40);
}
