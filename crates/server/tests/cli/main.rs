//! The command line as scripts see it: exit codes, and one clear line on standard error.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use db::testing::Place;
use tempfile::TempDir;

/// An installation of its own.
struct Pigeon {
    folder: TempDir,
    database_url: String,
    _place: Place,
}

impl Pigeon {
    async fn new() -> Self {
        let (place, database_url) = Place::empty().await;
        Self {
            folder: tempfile::tempdir().unwrap(),
            database_url,
            _place: place,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(self.folder.path(), arguments);
        command.env("PIGEON_DATABASE_URL", &self.database_url);
        command
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(&self.command(arguments).output().unwrap())
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that refuses its arguments does not read.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        Outcome::of(&child.wait_with_output().unwrap())
    }
}

/// Without an environment, in a folder of its own.
fn bare(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pigeon"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null());
    command
}

fn run_bare(folder: &TempDir, arguments: &[&str]) -> Outcome {
    Outcome::of(&bare(folder.path(), arguments).output().unwrap())
}

#[derive(Debug)]
struct Outcome {
    code: i32,
    out: String,
    err: String,
}

impl Outcome {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().expect("not killed by a signal"),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    #[track_caller]
    fn refused_with(&self, line: &str) {
        assert_eq!(
            (self.code, self.err.as_str()),
            (2, &*format!("pigeon: {line}\n"))
        );
        assert_eq!(self.out, "");
    }

    #[track_caller]
    fn ok(&self) -> &str {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        &self.out
    }
}

#[tokio::test]
async fn accounts_are_added_listed_changed_and_disabled() {
    let pigeon = Pigeon::new().await;
    let added = pigeon.run_with_input(
        &[
            "user",
            "add",
            "--email",
            "Ann@Example.com",
            "--name",
            "Ann",
            "--admin",
            "--password-stdin",
        ],
        "correct horse battery\n",
    );
    assert_eq!(added.ok(), "Added Ann@Example.com.\n");
    let added = pigeon.run(&[
        "user",
        "add",
        "--email",
        "ben@example.com",
        "--username",
        "ben",
        "--permission",
        "manageThreads",
        "--permission",
        "pigeon:assignThreads",
    ]);
    assert!(added.ok().contains("http://localhost:8080/pigeon/forgot"));

    let list = pigeon.run(&["user", "list"]);
    let rows: Vec<Vec<&str>> = list.ok().lines().map(|l| l.split('\t').collect()).collect();
    assert_eq!(rows[0][1..], ["Ann@Example.com", "", "Ann", "admin"]);
    assert_eq!(
        rows[1][1..],
        [
            "ben@example.com",
            "ben",
            "ben",
            "pigeon:assignThreads,pigeon:manageThreads"
        ]
    );

    let set = pigeon.run_with_input(
        &["user", "set-password", "BEN", "--password-stdin"],
        "another long password",
    );
    assert_eq!(set.ok(), "ben@example.com has a new password.\n");
    pigeon.run(&["user", "disable", "ben@example.com"]).ok();
    let list = pigeon.run(&["user", "list"]);
    assert!(list.ok().lines().nth(1).unwrap().ends_with("\tdisabled"));
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_said_in_one_line() {
    let pigeon = Pigeon::new().await;
    pigeon
        .run(&[
            "user",
            "add",
            "--email",
            "ann@example.com",
            "--username",
            "ann",
            "--admin",
        ])
        .ok();
    let add = |arguments: &[&str]| pigeon.run(&[&["user", "add"], arguments].concat());
    add(&["--email", "ann"]).refused_with("email: An e-mail address looks like ann@example.com.");
    add(&["--email", "ANN@example.com"])
        .refused_with("email: There is an account with it already.");
    add(&["--email", "b@example.com", "--username", "Ann"])
        .refused_with("username: There is an account with it already.");
    add(&["--email", "b@example.com", "--username", "a b"])
        .refused_with("username: A user name has no spaces, commas, semicolons or @.");
    add(&[
        "--email",
        "b@example.com",
        "--permission",
        "pigeon:assignThreads",
    ])
    .refused_with("permission: pigeon:assignThreads needs pigeon:manageThreads too.");
    pigeon
        .run_with_input(
            &[
                "user",
                "add",
                "--email",
                "b@example.com",
                "--password-stdin",
            ],
            "short",
        )
        .refused_with("password: A password has at least 12 characters.");
    pigeon
        .run_with_input(
            &[
                "user",
                "set-password",
                "nobody@example.com",
                "--password-stdin",
            ],
            "correct horse battery",
        )
        .refused_with("there is no account nobody@example.com");
    let last = pigeon.run(&["user", "disable", "ann"]);
    assert_eq!((last.code, last.err.lines().count()), (1, 1), "{last:?}");
    assert_eq!(pigeon.run(&["user", "list"]).ok().lines().count(), 1);
}

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
