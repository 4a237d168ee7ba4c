use super::*;

fn from(toml: &str, env: &[(&str, &str)]) -> Result<Config, String> {
    let env = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_sources("pigeon.toml", toml, env).map_err(|error| error.0)
}

#[test]
fn no_key_is_needed() {
    let config = from("", &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.url("/pigeon"), "http://localhost:8080/pigeon");
    assert_eq!(config.database_url, "sqlite:pigeon-data/pigeon.db");
    assert_eq!(config.mail_from.name, "Pigeon");
    assert_eq!(config.mail_from.address.as_typed(), "pigeon@localhost");
    assert!(config.smtp_url.is_none() && config.secret_key.is_none());
}

#[test]
fn the_environment_wins_over_the_file() {
    let toml = "listen = '0.0.0.0:80'\nsite_url = 'https://a.example/'\ndata_dir = '/srv/a'";
    let config = from(
        toml,
        &[
            ("PIGEON_SITE_URL", "https://b.example"),
            ("PIGEON_LISTEN", ""),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.port(), 80);
    assert_eq!(config.origin(), "https://b.example");
    assert_eq!(config.database_url, "sqlite:/srv/a/pigeon.db");
}

#[test]
fn an_empty_value_is_none() {
    let toml = "listen = ''\nsmtp_url = ''\nsecret_key = ' '\nlog_format = ''\ndata_dir = ''";
    let config = from(toml, &[]).unwrap();
    assert_eq!(config.listen.port(), 8080);
    assert_eq!(config.database_url, "sqlite:pigeon-data/pigeon.db");
    assert!(config.smtp_url.is_none() && config.secret_key.is_none());
}

#[test]
fn lists_are_separated_by_comma_semicolon_or_space() {
    let toml = "trusted_proxies = ['10.0.0.0/8', '::1']";
    let origins = "https://a.example, http://b.example:81/;https://c.example";
    let config = from(toml, &[("PIGEON_ALLOWED_ORIGINS", origins)]).unwrap();
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(
        config.allowed_origins,
        [
            "https://a.example",
            "http://b.example:81",
            "https://c.example"
        ]
    );
}

#[test]
fn an_unknown_name_is_named_with_the_nearest_right_one() {
    assert_eq!(
        from("site_ulr = 'x'", &[]).err().unwrap(),
        "pigeon.toml: unknown key site_ulr; the nearest right one is site_url"
    );
    assert_eq!(
        from("", &[("PIGEON_SMTP", "x")]).err().unwrap(),
        "unknown variable PIGEON_SMTP; the nearest right one is PIGEON_SMTP_URL"
    );
    let kubernetes = [
        ("PIGEON_SERVICE_HOST", "10.0.0.1"),
        ("PIGEON_PORT_80_TCP", "x"),
    ];
    assert_eq!(from("", &kubernetes).unwrap().warnings.len(), 2);
}

#[test]
fn a_bad_value_is_named_in_one_line_and_no_secret_is_repeated() {
    for (key, value) in [
        ("listen", "8080"),
        ("site_url", "example.com"),
        ("site_url", "ftp://example.com"),
        ("site_url", "https://example.com/support"),
        ("site_url", "https://ann:hunter2@example.com"),
        ("database_url", "mysql://root:hunter2@localhost/x"),
        ("database_url", "sqlite:"),
        ("smtp_url", "https://ann:hunter2@example.com"),
        ("smtp_url", "smtp://ann:hunter2@example.com?tls=no"),
        ("smtp_url", "smtp://ann:1#hunter2@example.com"),
        ("mail_from", "Pigeon"),
        ("trusted_proxies", "10.0.0.0/33"),
        ("allowed_origins", "*"),
        ("allowed_origins", "https://example.com/path"),
        ("secret_key", "hunter2"),
        ("metrics_token", "hunter2"),
        ("log_format", "xml"),
    ] {
        let variable = format!("PIGEON_{}", key.to_uppercase());
        let in_file = from(&format!("{key} = '{value}'"), &[]).err().expect(value);
        let in_env = from("", &[(&variable, value)]).err().expect(value);
        assert!(
            in_file.starts_with(&format!("pigeon.toml: {key}: ")),
            "{in_file}"
        );
        assert!(in_env.starts_with(&format!("{variable}: ")), "{in_env}");
        assert!(!in_env.contains("hunter2"), "{in_env}");
        assert!(!in_file.contains('\n'));
    }
    let error = from("listen = '127.0.0.1:1'\nsite_url = \n", &[])
        .err()
        .unwrap();
    assert!(error.starts_with("pigeon.toml: line 2: "), "{error}");
    assert!(!error.contains('\n'));
}

#[test]
fn settings_are_pinned_by_file_or_variable() {
    let toml = "[settings]\nsiteName = 'Shop'\nmaxAttachmentSizeMb = 20\nenableHoneypot = false";
    let config = from(toml, &[("PIGEON_SETTING_SITE_NAME", "Store")]).unwrap();
    assert_eq!(config.pins["siteName"].value, "Store");
    assert_eq!(config.pins["siteName"].by, "PIGEON_SETTING_SITE_NAME");
    assert_eq!(config.pins["enableHoneypot"].value, "false");
    assert_eq!(
        config.pins["maxAttachmentSizeMb"].by,
        "settings.maxAttachmentSizeMb in pigeon.toml"
    );
}
