use std::{fs, net::TcpStream, time::Duration};

use db::{Db, Options};

use crate::program::{House, eventually};

const FILES: usize = 64;
const BRIEFLY: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(30);

/// F9: when the system has no file left for a connection, the program waits for one, and serves
/// again once clients leave.
#[tokio::test(flavor = "multi_thread")]
async fn f9_two_hundred_clients_for_64_files_keep_nobody_out_once_they_leave() {
    let house = House::new("smtp://127.0.0.1:9").await;
    tokio::task::block_in_place(|| {
        let mut program = house.serve(&["serve"]);
        program.limit(&format!("--nofile={FILES}:"));
        // The system itself may keep the last ones waiting.
        let connect = |_| TcpStream::connect_timeout(&house.address, BRIEFLY).ok();
        let clients: Vec<_> = (0..200).filter_map(connect).collect();
        assert!(clients.len() > FILES);
        let files = format!("/proc/{}/fd", program.child.id());
        eventually("no file is left", PATIENCE, || {
            fs::read_dir(&files).unwrap().count() >= FILES
        });
        assert!(program.is_running());

        drop(clients);
        eventually("it serves", PATIENCE, || {
            house
                .get("/pigeon/contact")
                .is_some_and(|answer| answer.status == 200)
        });
        assert_eq!(house.ask("ann@example.com", "hello").unwrap().status, 303);
        assert!(program.is_running());
    });
}

/// F8: a file that may not grow any more is like a full disk: posts are refused with their text,
/// pages are shown, and nothing needs a restart.
#[tokio::test(flavor = "multi_thread")]
async fn f8_at_a_file_size_limit_posts_are_refused_with_their_text_and_reading_goes_on() {
    let house = House::new("smtp://127.0.0.1:9").await;
    if !house.database_url.starts_with("sqlite:") {
        return; // PostgreSQL's files are not the program's.
    }
    let mut posted = 0;
    tokio::task::block_in_place(|| {
        let mut program = house.serve(&["serve"]);
        let ask = |n: i64| {
            let body = format!("{n}-{}", "x".repeat(90_000));
            let answer = house.ask(&format!("guest{n}@example.com"), &body);
            (answer.unwrap(), body)
        };
        program.limit("--fsize=1500000:");
        let mut page = String::new();
        let (refused, body) = loop {
            let (answer, body) = ask(posted);
            if answer.status != 303 {
                break (answer, body);
            }
            page = answer.location().unwrap().to_owned();
            posted += 1;
        };
        assert!([503, 507].contains(&refused.status), "{}", refused.text);
        assert!(refused.text.contains(&body), "the text is not lost");
        for path in ["/pigeon/contact", &page] {
            assert_eq!(house.get(path).unwrap().status, 200, "{path}");
        }
        assert!(posted > 0 && program.is_running());

        program.limit("--fsize=unlimited:");
        eventually("it takes posts again", PATIENCE, || {
            ask(posted).0.status == 303
        });
        posted += 1;
    });
    let db = Db::open(&house.database_url, Options::default())
        .await
        .unwrap();
    let mut conn = db.read().await.unwrap();
    let query = conn.query("SELECT count(*) FROM messages WHERE kind = 'message'");
    let stored: i64 = query.fetch_scalar().await.unwrap();
    assert_eq!(stored, posted, "what was acknowledged, and nothing else");
}
