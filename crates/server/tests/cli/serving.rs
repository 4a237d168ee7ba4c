use std::{
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::pigeon::{Outcome, Pigeon, bare};

/// The lines that a server prints until it is ready, and the server.
fn serve(pigeon: &Pigeon, lines: usize) -> (Child, Vec<String>) {
    let mut child = pigeon
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    let lines = out.lines().take(lines);
    let lines = lines.map(|line| line.expect("it says text")).collect();
    (child, lines)
}

/// Asks the server to end, as service managers do, and waits.
fn end(mut child: Child) -> Option<i32> {
    let id = child.id().to_string();
    let asked = Command::new("kill").args(["-TERM", &id]).status();
    assert!(asked.expect("kill runs").success());
    child.wait().expect("it ends").code()
}

fn mode(path: &Path) -> u32 {
    let metadata = std::fs::metadata(path).expect("it is there");
    metadata.permissions().mode() & 0o777
}

#[tokio::test]
async fn serving_leads_to_set_up_until_there_is_an_admin() {
    let pigeon = Pigeon::new().await;
    let data = pigeon.folder.path().join("pigeon-data");
    let (child, lines) = serve(&pigeon, 3);
    let address = lines.last().unwrap();
    let (page, code) = address.split_once('#').expect("a code stands behind #");
    assert_eq!(page, "http://localhost:8080/pigeon/setup");
    let kept = std::fs::read_to_string(data.join("setup-code")).unwrap();
    assert_eq!(kept.trim(), code);
    assert_eq!(mode(&data.join("setup-code")), 0o600);
    assert_eq!(mode(&data), 0o700);
    assert_eq!(end(child), Some(0));

    // The same code at the next start: what was copied stays good.
    let (child, lines) = serve(&pigeon, 3);
    assert_eq!(lines.last(), Some(address));
    assert_eq!(end(child), Some(0));

    pigeon
        .run(&["user", "add", "--email", "ann@example.com", "--admin"])
        .ok();
    let (child, lines) = serve(&pigeon, 1);
    assert!(lines[0].starts_with("Pigeon serves http://localhost:8080 on 127.0.0.1:"));
    assert_eq!(end(child), Some(0));
    assert!(!data.join("setup-code").exists());
}

#[tokio::test]
async fn an_address_in_use_is_a_failure_in_one_line() {
    let pigeon = Pigeon::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let outcome = pigeon.run(&["serve", "--listen", &address]);
    assert_eq!(
        (outcome.code, outcome.err.lines().count()),
        (1, 1),
        "{outcome:?}"
    );
    assert!(outcome.err.contains(&address), "{outcome:?}");
}

#[tokio::test]
async fn a_backup_is_a_whole_copy_and_overwrites_nothing() {
    let pigeon = Pigeon::new().await;
    if !pigeon.database_url.starts_with("sqlite:") {
        pigeon
            .run(&["backup", "copy.db"])
            .refused_with("backup is for SQLite: PostgreSQL has its own, pg_dump");
        return;
    }
    let none = pigeon.run(&["backup", "copy.db"]);
    assert_eq!((none.code, none.err.lines().count()), (1, 1), "{none:?}");
    assert!(!pigeon.folder.path().join("copy.db").exists());

    pigeon
        .run(&["user", "add", "--email", "ann@example.com", "--admin"])
        .ok();
    let (child, _) = serve(&pigeon, 1);
    assert!(
        pigeon
            .run(&["backup", "copy.db"])
            .ok()
            .contains("secret_key")
    );
    pigeon
        .run(&["backup", "copy.db"])
        .refused_with("copy.db exists already");
    assert_eq!(end(child), Some(0));

    let mut command = bare(pigeon.folder.path(), &["user", "list"]);
    let output = command
        .env("PIGEON_DATABASE_URL", "sqlite:copy.db")
        .output();
    let list = Outcome::of(&output.unwrap());
    assert!(list.ok().contains("ann@example.com"));
}
