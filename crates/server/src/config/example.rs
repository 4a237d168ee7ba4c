//! `pigeon.example.toml`, which shows every key with its default.

use std::collections::BTreeSet;

use super::{Config, KEYS};

const EXAMPLE: &str = include_str!("../../../../pigeon.example.toml");

/// The example, as if every line of it counted.
pub(crate) fn uncommented() -> Config {
    Config::from_sources("pigeon.example.toml", &lines(), []).expect("the example is valid")
}

/// A line that may be taken in has no space behind its `#`.
fn lines() -> String {
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix('#') {
        Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase()) => key,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_changes_nothing() {
    let config = Config::from_sources("pigeon.example.toml", EXAMPLE, []);
    assert!(config.expect("it is valid").pins.is_empty());
}

#[test]
fn every_key_stands_in_the_example_with_its_default() {
    let table: toml::Table = lines().parse().expect("it is TOML");
    let there: BTreeSet<&str> = table.keys().map(String::as_str).collect();
    let keys = KEYS.iter().map(|(name, _)| *name).chain(["settings"]);
    assert_eq!(there, keys.collect());

    let shown = uncommented();
    let Config {
        listen,
        site_url,
        data_dir,
        database_url,
        smtp_url,
        mail_from,
        trusted_proxies,
        allowed_origins,
        secret_key,
        metrics_token,
        log_format,
        // The settings' own test looks at these.
        pins: _,
        warnings,
    } = Config::default();
    assert_eq!(shown.listen, listen);
    assert_eq!(shown.site_url, site_url);
    assert_eq!(shown.data_dir, data_dir);
    assert_eq!(shown.database_url, database_url);
    assert!(shown.smtp_url.is_none() && smtp_url.is_none());
    assert_eq!(shown.mail_from, mail_from);
    assert_eq!(shown.trusted_proxies, trusted_proxies);
    assert_eq!(shown.allowed_origins, allowed_origins);
    assert_eq!(shown.secret_key, secret_key);
    assert_eq!(shown.metrics_token, metrics_token);
    assert_eq!(shown.log_format, log_format);
    assert_eq!(shown.warnings, warnings);
}
