//! Announcements between the nodes of one PostgreSQL database.
//!
//! They go out after the commit, from one connection a node: inside the transaction NOTIFY takes a
//! lock on the whole server, and keeps it while it waits for the disk. A node hears its own without
//! the server, so what comes back to it is passed over.

use std::{collections::HashSet, time::Duration};

use sqlx::{
    ConnectOptions as _, PgPool,
    postgres::{PgConnectOptions, PgConnection, PgListener, PgPoolOptions},
};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{interval, sleep, timeout},
};
use uuid::Uuid;

use crate::{Result, events::Sender};

const CHANNEL: &str = "announcements";
/// Topics announced within this time go out together, each once.
const TOGETHER: Duration = Duration::from_millis(20);
/// More topics than this, or longer ones, are announced as "anything".
const MOST: usize = 1000;
const LONGEST: usize = 1000;
/// How often to see whether the server still answers the one who listens.
const HEARTBEAT: Duration = Duration::from_secs(15);
const PATIENCE: Duration = Duration::from_secs(5);

/// Tells this node and the others what a transaction announced.
#[derive(Clone)]
pub(crate) struct Announcer {
    events: Sender,
    queue: mpsc::UnboundedSender<Option<String>>,
}

/// Starts telling the other nodes, and hears them from when this returns.
pub(crate) async fn join(connect: &PgConnectOptions, events: Sender) -> Result<Announcer> {
    let node = Uuid::now_v7().simple().to_string();
    let (queue, waiting) = mpsc::unbounded_channel();
    // A pool of one, since that is what a listener reconnects by.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(connect.clone());
    let listener = listener(&pool).await?;
    let mut listening = JoinSet::new();
    listening.spawn(listen(listener, pool, node.clone(), events.clone()));
    let speaker = Speaker {
        connect: connect.clone(),
        conn: None,
        node,
    };
    tokio::spawn(speaker.run(waiting, listening));
    Ok(Announcer { events, queue })
}

impl Announcer {
    pub(crate) fn announce(&self, topics: Vec<String>) {
        for topic in topics {
            self.events.topic(&topic);
            let _ = self.queue.send(Some(topic));
        }
    }

    /// Ends both connections, once what was announced is out.
    pub(crate) fn leave(&self) {
        let _ = self.queue.send(None);
    }
}

struct Speaker {
    connect: PgConnectOptions,
    conn: Option<PgConnection>,
    node: String,
}

impl Speaker {
    /// Until the node leaves, or forgets the database; then the listener ends, too.
    async fn run(
        mut self,
        mut waiting: mpsc::UnboundedReceiver<Option<String>>,
        _listening: JoinSet<()>,
    ) {
        let mut open = true;
        while open && let Some(Some(first)) = waiting.recv().await {
            sleep(TOGETHER).await;
            let mut topics = HashSet::from([first]);
            while let Ok(next) = waiting.try_recv() {
                match next {
                    Some(topic) => _ = topics.insert(topic),
                    None => open = false,
                }
            }
            if let Err(error) = self.notify(topics).await {
                // The others look by themselves now and then.
                tracing::warn!(%error, "other nodes were not told of changes");
            }
        }
    }

    async fn notify(&mut self, topics: HashSet<String>) -> Result<()> {
        let payloads: Vec<String> =
            if topics.len() > MOST || topics.iter().any(|topic| topic.len() > LONGEST) {
                vec![self.node.clone()]
            } else {
                let node = &self.node;
                topics
                    .iter()
                    .map(|topic| format!("{node} {topic}"))
                    .collect()
            };
        // The second time on a new connection: the old one may have died while it rested.
        let again = self.conn.is_some();
        match self.send(&payloads).await {
            Err(_) if again => self.send(&payloads).await,
            outcome => outcome,
        }
    }

    async fn send(&mut self, payloads: &[String]) -> Result<()> {
        let sent = timeout(PATIENCE, async {
            let mut conn = match self.conn.take() {
                Some(conn) => conn,
                None => self.connect.connect().await?,
            };
            sqlx::query("SELECT pg_notify($1, payload) FROM unnest(CAST($2 AS TEXT[])) payload")
                .bind(CHANNEL)
                .bind(payloads)
                .execute(&mut conn)
                .await?;
            Ok::<_, sqlx::Error>(conn)
        });
        self.conn = Some(sent.await.map_err(|_| sqlx::Error::PoolTimedOut)??);
        Ok(())
    }
}

async fn listener(pool: &PgPool) -> Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false); // so that we hear of it
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Passes on what other nodes announce; reconnects by itself, and then says that something may
/// have been missed.
async fn listen(first: PgListener, pool: PgPool, node: String, events: Sender) {
    let mut connected = Some(first);
    loop {
        let heard = match connected.take() {
            Some(listener) => hear(listener, &node, &events).await,
            None => Ok(()),
        };
        if let Err(error) = heard {
            tracing::warn!(%error, "not hearing other nodes");
        }
        sleep(Duration::from_secs(1)).await;
        match listener(&pool).await {
            Ok(listener) => {
                events.anything();
                connected = Some(listener);
            }
            Err(error) => tracing::warn!(%error, "cannot listen to other nodes"),
        }
    }
}

/// Until the connection is lost.
async fn hear(mut listener: PgListener, node: &str, events: &Sender) -> Result<()> {
    let mut heartbeat = interval(HEARTBEAT);
    loop {
        tokio::select! {
            heard = listener.try_recv() => {
                let Some(heard) = heard? else { return Ok(()) };
                let (from, topic) = match heard.payload().split_once(' ') {
                    Some((from, topic)) => (from, Some(topic)),
                    None => (heard.payload(), None),
                };
                match topic {
                    _ if from == node => {}
                    Some(topic) => events.topic(topic),
                    None => events.anything(),
                }
            }
            _ = heartbeat.tick() => {
                let alive = sqlx::query("SELECT 1").execute(&mut listener);
                timeout(PATIENCE, alive).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
            }
        }
    }
}
