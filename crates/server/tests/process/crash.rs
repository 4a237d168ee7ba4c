use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use db::{Db, Options};
use smtp_sink::Sink;

use crate::program::{House, eventually};

const ROUNDS: u32 = 20;
const CLIENTS: u32 = 16;

/// P1, P6: whatever was acknowledged before `kill -9` is there, once; starting again needs no
/// hand work, and all mail goes out.
#[tokio::test(flavor = "multi_thread")]
async fn p6_killed_at_any_instant_every_acknowledged_post_is_there_exactly_once() {
    let sink = Sink::start().await;
    let house = House::new(&sink.url()).await;
    let acknowledged = Mutex::new(Vec::new());
    let mut random = 20_261_120_u32;
    let mut slowest = Duration::ZERO;

    tokio::task::block_in_place(|| {
        for round in 0..ROUNDS {
            let mut program = house.serve(&["serve"]);
            slowest = slowest.max(program.up_after);
            let over = AtomicBool::new(false);
            thread::scope(|scope| {
                for client in 0..CLIENTS {
                    let (house, over, acknowledged) = (&house, &over, &acknowledged);
                    scope.spawn(move || {
                        for post in 0.. {
                            if over.load(Relaxed) {
                                return;
                            }
                            let body = format!("round-{round}-client-{client}-post-{post}");
                            let answer = house.ask(&format!("{body}@example.com"), &body);
                            if answer.is_ok_and(|answer| answer.status == 303) {
                                acknowledged.lock().unwrap().push(body);
                            }
                        }
                    });
                }
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                thread::sleep(Duration::from_millis(u64::from(random >> 24) * 2));
                program.signal("-KILL");
                program.child.wait().unwrap();
                over.store(true, Relaxed);
            });
        }
    });

    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 50, "only {} posts", acknowledged.len());
    let program = tokio::task::block_in_place(|| house.serve(&["serve"]));
    slowest = slowest.max(program.up_after);
    println!(
        "{} acknowledged posts, slowest start {slowest:?}",
        acknowledged.len()
    );
    assert!(slowest < Duration::from_secs(2), "a start took {slowest:?}");

    let db = Db::open(&house.database_url, Options::default())
        .await
        .unwrap();
    let stored = stored(&db).await;
    for body in &acknowledged {
        assert_eq!(stored.get(body), Some(&1), "{body}");
    }
    assert!(stored.values().all(|copies| *copies == 1));

    // Each thread's guest gets "we have your message", and Maya hears of each.
    let wanted = stored.len() * 2;
    tokio::task::block_in_place(|| {
        eventually("all mail is out", Duration::from_secs(90), || {
            sink.count_by_message_id().len() >= wanted
        });
    });
    let copies = sink.count_by_message_id();
    assert_eq!(copies.len(), wanted);
    assert!(copies.values().all(|copies| *copies <= 3));
    drop(program);
}

async fn stored(db: &Db) -> BTreeMap<String, i64> {
    let rows: Vec<(String, i64)> = db
        .read()
        .await
        .unwrap()
        .query("SELECT body, COUNT(*) FROM messages WHERE kind = 'message' GROUP BY body")
        .fetch_all()
        .await
        .unwrap();
    rows.into_iter().collect()
}
