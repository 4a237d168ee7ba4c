//! The program, run as scripts run it.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use db::testing::Place;
use tempfile::TempDir;

/// An installation of its own.
pub struct Pigeon {
    pub folder: TempDir,
    pub database_url: String,
    _place: Place,
}

impl Pigeon {
    pub async fn new() -> Self {
        let (place, database_url) = Place::empty().await;
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            database_url,
            _place: place,
        }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(self.folder.path(), arguments);
        command.env("PIGEON_DATABASE_URL", &self.database_url);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(&self.command(arguments).output().expect("the program runs"))
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("the program runs");
        // A command that refuses its arguments does not read.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        Outcome::of(&child.wait_with_output().expect("the program runs"))
    }
}

/// Without an environment, in a folder of its own.
pub fn bare(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pigeon"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null());
    command
}

pub fn run_bare(folder: &TempDir, arguments: &[&str]) -> Outcome {
    Outcome::of(
        &bare(folder.path(), arguments)
            .output()
            .expect("the program runs"),
    )
}

#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Outcome {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().expect("not killed by a signal"),
            out: String::from_utf8(output.stdout.clone()).expect("it says text"),
            err: String::from_utf8(output.stderr.clone()).expect("it says text"),
        }
    }

    #[track_caller]
    pub fn refused_with(&self, line: &str) {
        assert_eq!(
            (self.code, self.err.as_str()),
            (2, &*format!("pigeon: {line}\n"))
        );
        assert_eq!(self.out, "");
    }

    #[track_caller]
    pub fn ok(&self) -> &str {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        &self.out
    }
}
