use crate::pigeon::{Outcome, bare, run_bare};

#[test]
fn wrong_arguments_are_said_in_one_line_and_exit_with_2() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (&["srve"][..], "srve"),
        (&["--confg", "x"], "--confg"),
        (&["user", "add"], "--email <E>"),
        (&["user", "add", "--email"], "--email <E>"),
        (&["user", "set-password", "a@b.test"], "--password-stdin"),
        (
            &["user", "add", "--email", "a@b.test", "--permission", "all"],
            "pigeon:accessPlugin",
        ),
        (&["serve", "--listen", "80"], "80"),
        (&["user"], "--help"),
    ] {
        let outcome = run_bare(&folder, arguments);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert_eq!(outcome.err.lines().count(), 1, "{outcome:?}");
        assert!(outcome.err.starts_with("pigeon: "), "{outcome:?}");
        assert!(outcome.err.contains(words), "{outcome:?}");
        assert_eq!(outcome.out, "");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_mistake_in_the_configuration_stops_the_start_before_anything_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("pigeon.toml"),
        "site_ulr = 'https://x.test'",
    )
    .unwrap();
    run_bare(&folder, &["serve"])
        .refused_with("pigeon.toml: unknown key site_ulr; the nearest right one is site_url");
    run_bare(&folder, &["migrate", "--config", "other.toml"])
        .refused_with("other.toml: No such file or directory (os error 2)");
    std::fs::remove_file(folder.path().join("pigeon.toml")).unwrap();

    for (variable, value, line) in [
        (
            "PIGEON_LISTN",
            "x",
            "unknown variable PIGEON_LISTN; the nearest right one is PIGEON_LISTEN",
        ),
        (
            "PIGEON_LISTEN",
            "80",
            "PIGEON_LISTEN: \"80\" is not an address and port such as 127.0.0.1:8080 or 0.0.0.0:8080",
        ),
        (
            "PIGEON_SETTING_MAX_ATTACHMENT_SIZE_MB",
            "0",
            "PIGEON_SETTING_MAX_ATTACHMENT_SIZE_MB: Type a whole number from 1 to 200.",
        ),
    ] {
        let mut command = bare(folder.path(), &["migrate"]);
        let output = command.env(variable, value).output().unwrap();
        Outcome::of(&output).refused_with(line);
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn help_and_version_go_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["--help"][..],
        &["user", "--help"],
        &["user", "add", "--help"],
        &["serve", "--help"],
    ] {
        let outcome = run_bare(&folder, arguments);
        assert!(outcome.ok().contains("Example:\n  pigeon"), "{outcome:?}");
        assert!(outcome.out.contains("--config <FILE>"), "{outcome:?}");
    }
    assert!(
        run_bare(&folder, &["--version"])
            .ok()
            .starts_with("pigeon 0.")
    );
}

#[test]
fn a_failure_that_is_not_the_input_s_exits_with_1() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let mut command = bare(folder.path(), &["migrate"]);
    let output = command.env("PIGEON_DATA_DIR", "file/x").output().unwrap();
    let outcome = Outcome::of(&output);
    assert_eq!(
        (outcome.code, outcome.err.lines().count()),
        (1, 1),
        "{outcome:?}"
    );
}
