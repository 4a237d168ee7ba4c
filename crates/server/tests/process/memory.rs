use std::{
    fs,
    io::{self, Write as _},
    net::TcpStream,
    time::Duration,
};

use pigeon::web;

use crate::program::{Answer, House, Program};

const MIB: usize = 1024 * 1024;
/// By how much the program's memory may grow while it refuses everything, in bytes. What it has
/// rendered for its refusals, and what the allocator keeps for each thread, comes to 6 to 9 MiB; to
/// take in what is sent would come to `EARLY` at the least.
const GROWTH: usize = 16 * MIB;
/// More than the program's limit, what it still takes in afterwards, and what lies on the way.
const EARLY: usize = 24 * MIB;

#[tokio::test(flavor = "multi_thread")]
async fn r98_what_says_it_is_five_gigabytes_is_refused_early_and_takes_no_memory() {
    assert_refused_everywhere("Content-Length: 5368709120").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_what_never_ends_is_refused_early_at_every_door_and_takes_no_memory() {
    assert_refused_everywhere("Transfer-Encoding: chunked").await;
}

async fn assert_refused_everywhere(length: &str) {
    let house = House::new("smtp://127.0.0.1:9").await;
    let actions = web::actions::actions().iter();
    let actions = actions.map(|action| format!("/pigeon/actions/{}", action.name));
    let pages = web::routes().iter().filter(|route| route.form.is_some());
    let doors = actions.chain(pages.map(|route| route.path.replace(['{', '}'], "")));
    let doors: Vec<_> = doors.collect();
    tokio::task::block_in_place(|| {
        let program = house.serve(&["serve"]);
        // So that what the program keeps for good is there.
        assert_eq!(house.ask("ann@example.com", "hello").unwrap().status, 303);
        let before = most_memory(&program);
        for kind in [
            "application/x-www-form-urlencoded",
            "application/json",
            "multipart/form-data; boundary=x",
        ] {
            for door in &doors {
                let head = format!(
                    "POST {door} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: {kind}\r\n\
                     Sec-Fetch-Site: same-origin\r\n{length}\r\n\r\n",
                    house.address.port()
                );
                let (answer, sent) = pour(&house, &head).unwrap();
                assert_eq!(answer.status, 413, "{head}{}", answer.text);
                assert!(sent < EARLY, "{head}{sent} bytes");
            }
        }
        let grown = most_memory(&program) - before;
        assert!(grown < GROWTH, "{grown} bytes more than {before}");
    });
}

/// Sends as much as is taken, and at most 300 MB; returns how much that was.
fn pour(house: &House, head: &str) -> io::Result<(Answer, usize)> {
    let mut stream = TcpStream::connect(house.address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(head.as_bytes())?;
    // A chunk, and as good as anything else where there are none.
    let piece = [b"10000\r\n", &*vec![b'x'; 0x10000], b"\r\n"].concat();
    let mut sent = 0;
    while sent < 300 * MIB && stream.write_all(&piece).is_ok() {
        sent += piece.len();
    }
    Ok((Answer::read(&mut stream)?, sent))
}

/// The most memory that the program ever had, in bytes.
fn most_memory(program: &Program) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", program.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<usize>().unwrap() * 1024
}
