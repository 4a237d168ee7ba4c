//! What the tests write: posts, of which none may ever be there by half.

use std::{collections::HashSet, future::poll_fn, pin::pin};

use db::{Db, Event, Events, Migration, Result, Tx};
use tokio::{sync::oneshot, task::JoinSet};
use uuid::Uuid;

pub(crate) const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "posts",
    sqlite: "
        CREATE TABLE threads (id INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, last_at INTEGER NOT NULL, preview TEXT NOT NULL) STRICT;
        CREATE INDEX threads_by_time ON threads (last_at, id);
        CREATE TABLE messages (id BLOB PRIMARY KEY, thread_id INTEGER NOT NULL REFERENCES threads, seq INTEGER NOT NULL, author_id INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (thread_id, seq)) STRICT;
        CREATE TABLE marks (thread_id INTEGER NOT NULL, user_id INTEGER NOT NULL, read_seq INTEGER NOT NULL, PRIMARY KEY (thread_id, user_id)) STRICT, WITHOUT ROWID;
        CREATE TABLE jobs (id BLOB PRIMARY KEY, kind TEXT NOT NULL, message_id BLOB NOT NULL, run_at INTEGER NOT NULL) STRICT;
        CREATE INDEX jobs_due ON jobs (run_at);
        CREATE TABLE late (parent INTEGER REFERENCES threads DEFERRABLE INITIALLY DEFERRED) STRICT;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        INSERT INTO threads SELECT i, 0, i, '' FROM n",
    postgres: "
        CREATE TABLE threads (id BIGINT PRIMARY KEY, last_seq BIGINT NOT NULL, last_at BIGINT NOT NULL, preview TEXT NOT NULL);
        CREATE INDEX threads_by_time ON threads (last_at, id);
        CREATE TABLE messages (id UUID PRIMARY KEY, thread_id BIGINT NOT NULL REFERENCES threads, seq BIGINT NOT NULL, author_id BIGINT NOT NULL, body TEXT NOT NULL, UNIQUE (thread_id, seq));
        CREATE TABLE marks (thread_id BIGINT NOT NULL, user_id BIGINT NOT NULL, read_seq BIGINT NOT NULL, PRIMARY KEY (thread_id, user_id));
        CREATE TABLE jobs (id UUID PRIMARY KEY, kind TEXT NOT NULL, message_id UUID NOT NULL, run_at BIGINT NOT NULL);
        CREATE INDEX jobs_due ON jobs (run_at);
        CREATE TABLE late (parent BIGINT REFERENCES threads DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO threads SELECT i, 0, i, '' FROM generate_series(1, 1000) i",
}];

pub(crate) fn random(below: u64) -> u64 {
    Uuid::now_v7().as_u64_pair().1 % below
}

/// What a posted message writes: five statements.
pub(crate) async fn post(tx: &mut Tx, id: Uuid) -> Result<()> {
    let (thread, author) = (random(1000).cast_signed() + 1, random(50).cast_signed());
    let seq: i64 = tx
        .query("UPDATE threads SET last_seq = last_seq + 1, last_at = $2, preview = $3 WHERE id = $1 RETURNING last_seq")
        .bind(thread)
        .bind(random(1 << 40).cast_signed())
        .bind("Thank you, that helped a lot. One more question, though: what about")
        .fetch_scalar()
        .await?;
    tx.query(
        "INSERT INTO messages (id, thread_id, seq, author_id, body) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(thread)
    .bind(seq)
    .bind(author)
    .bind("Thank you, that helped a lot. ".repeat(10))
    .execute()
    .await?;
    tx.query("INSERT INTO marks (thread_id, user_id, read_seq) VALUES ($1, $2, $3) ON CONFLICT (thread_id, user_id) DO UPDATE SET read_seq = excluded.read_seq")
        .bind(thread)
        .bind(author)
        .bind(seq)
        .execute()
        .await?;
    for kind in ["notify", "index"] {
        tx.query("INSERT INTO jobs (id, kind, message_id, run_at) VALUES ($1, $2, $3, $4)")
            .bind(Uuid::now_v7())
            .bind(kind)
            .bind(id)
            .bind(random(1 << 40).cast_signed())
            .execute()
            .await?;
    }
    Ok(())
}

pub(crate) async fn post_and_commit(db: &Db, id: Uuid) -> Result<()> {
    let mut tx = db.begin().await?;
    post(&mut tx, id).await?;
    tx.announce(id.to_string()).await?;
    tx.commit().await
}

/// Lets `posters` queue behind an open transaction, so that all of them share its batch.
pub(crate) async fn queue_behind<T: Send + 'static>(
    db: &Db,
    posters: impl IntoIterator<Item: Future<Output = T> + Send + 'static>,
) -> (Tx, JoinSet<T>) {
    let first = db.begin().await.unwrap();
    let mut queue = JoinSet::new();
    for poster in posters {
        let (queued, wait) = oneshot::channel();
        queue.spawn(async move {
            let mut poster = pin!(poster);
            let mut queued = Some(queued);
            poll_fn(move |cx| {
                let poll = poster.as_mut().poll(cx);
                queued.take().map(|queued| queued.send(()));
                poll
            })
            .await
        });
        wait.await.unwrap();
    }
    (first, queue)
}

/// The messages that are there, each with its two jobs; fails on a half of one.
pub(crate) async fn whole_messages(db: &Db) -> HashSet<Uuid> {
    let mut conn = db.read().await.unwrap();
    let check: String = conn
        .query_each("PRAGMA integrity_check", "SELECT 'ok'")
        .fetch_scalar()
        .await
        .unwrap();
    assert_eq!(check, "ok");
    let rows: Vec<(Uuid, i64)> = conn
        .query(
            "SELECT m.id, (SELECT count(*) FROM jobs j WHERE j.message_id = m.id) FROM messages m",
        )
        .fetch_all()
        .await
        .unwrap();
    assert!(rows.iter().all(|(_, jobs)| *jobs == 2), "half a post");
    let strays: bool = conn
        .query(
            "SELECT (SELECT count(*) FROM jobs) <> 2 * count(*)
                 OR (SELECT sum(last_seq) FROM threads) <> count(*) FROM messages",
        )
        .fetch_scalar()
        .await
        .unwrap();
    assert!(!strays, "half a post");
    rows.into_iter().map(|(id, _)| id).collect()
}

/// The posts announced so far.
pub(crate) fn announced(events: &mut Events) -> HashSet<Uuid> {
    std::iter::from_fn(|| events.try_next())
        .filter_map(|event| match event {
            Event::Topic(topic) => Some(topic.parse().unwrap()),
            Event::Anything => None,
        })
        .collect()
}
