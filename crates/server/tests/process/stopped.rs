use std::time::Duration;

use smtp_sink::{Mode, Sink};

use crate::program::{House, eventually};

/// P9: a worker that is stopped for longer than its lease, in the middle of sending, has lost its
/// job when it thaws: whoever took over sends the same mail, and nobody sends another.
#[tokio::test(flavor = "multi_thread")]
async fn p9_a_worker_stopped_for_70_seconds_sends_no_second_mail_with_another_id() {
    let sink = Sink::start().await;
    let house = House::new(&sink.url()).await;
    tokio::task::block_in_place(|| {
        let web = house.serve(&["serve", "--no-worker"]);
        assert_eq!(house.ask("ann@example.com", "hello").unwrap().status, 303);
        drop(web);
    });

    // The server keeps it waiting, so that it is stopped with the mail in its hand.
    sink.set_mode(Mode::Hang).await;
    let first = house.command(&["queue", "listen"]).spawn().unwrap();
    let first = crate::program::Program {
        child: first,
        up_after: Duration::ZERO,
    };
    tokio::task::block_in_place(|| {
        eventually("a connection", Duration::from_secs(20), || {
            sink.connections() > 0
        });
    });
    // Whatever else it writes is written by then: stopped within a transaction, it would keep
    // everybody from writing.
    tokio::time::sleep(Duration::from_secs(2)).await;
    first.signal("-STOP");
    sink.set_mode(Mode::Ok).await;
    tokio::time::sleep(Duration::from_secs(70)).await;

    let second = house.command(&["queue", "listen"]).spawn().unwrap();
    let second = crate::program::Program {
        child: second,
        up_after: Duration::ZERO,
    };
    tokio::task::block_in_place(|| {
        eventually("both mails", Duration::from_secs(30), || {
            sink.mails().len() >= 2
        });
        first.signal("-CONT");
    });
    // Time for the thawed one to do what it should not.
    tokio::time::sleep(Duration::from_secs(8)).await;
    let copies = sink.count_by_message_id();
    assert_eq!(copies.len(), 2, "{copies:?}");
    drop((first, second));
}
