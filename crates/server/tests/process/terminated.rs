use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use db::{Db, Options};
use smtp_sink::Sink;

use crate::program::House;

/// On SIGTERM every request that was taken is answered, and nothing that was answered is lost.
#[tokio::test(flavor = "multi_thread")]
async fn ended_under_load_posts_in_flight_are_answered_and_none_is_lost() {
    let sink = Sink::start().await;
    let house = House::new(&sink.url()).await;
    let answers = Mutex::new(Vec::new());

    tokio::task::block_in_place(|| {
        let mut program = house.serve(&["serve"]);
        let over = AtomicBool::new(false);
        let asked = Instant::now();
        thread::scope(|scope| {
            for client in 0..16 {
                let (house, over, answers) = (&house, &over, &answers);
                scope.spawn(move || {
                    for post in 0.. {
                        if over.load(Relaxed) {
                            return;
                        }
                        let body = format!("client-{client}-post-{post}");
                        let Ok(answer) = house.ask(&format!("{body}@example.com"), &body) else {
                            continue; // Not taken any more.
                        };
                        answers.lock().unwrap().push((body, answer.status));
                    }
                });
            }
            thread::sleep(Duration::from_millis(700));
            program.signal("-TERM");
            let status = program.child.wait().unwrap();
            over.store(true, Relaxed);
            assert!(status.success(), "{status}");
        });
        assert!(asked.elapsed() < Duration::from_secs(40));
    });

    let answers = answers.into_inner().unwrap();
    let wrong: Vec<_> = answers
        .iter()
        .filter(|(_, status)| *status != 303)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let db = Db::open(&house.database_url, Options::default())
        .await
        .unwrap();
    let stored: Vec<(String,)> = db
        .read()
        .await
        .unwrap()
        .query("SELECT body FROM messages WHERE kind = 'message'")
        .fetch_all()
        .await
        .unwrap();
    let stored: std::collections::BTreeSet<_> = stored.into_iter().map(|(body,)| body).collect();
    assert!(answers.len() > 50);
    for (body, _) in &answers {
        assert!(stored.contains(body), "{body} was acknowledged and is gone");
    }
}
