//! What the holders of streams may still hear: asked anew before every event is passed on, once for
//! each holder, however many streams they have.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use db::Conn;

use crate::{
    App, Error, Result,
    accounts::{Permission, User, session},
    app::streams::{Holder, Stream},
    conversations::{Actor, Guest, Token, working_links},
    ids::{ThreadId, UserId},
    secrets,
};

/// Asked about together.
const BATCH: usize = 500;

/// Who holds streams, as it is now.
pub struct Rights {
    users: HashMap<[u8; 32], User>,
    /// Private links that work.
    links: HashSet<Holder>,
    threads: HashMap<(UserId, ThreadId), bool>,
}

/// The thread of a topic, in the one spelling that is announced.
pub fn thread_of(topic: &str) -> Option<ThreadId> {
    let (kind, id) = topic.split_once('-')?;
    let thread: ThreadId = id.parse().ok()?;
    (matches!(kind, "conv" | "here") && thread.to_string() == id).then_some(thread)
}

impl Rights {
    pub async fn of(app: &App, conn: &mut Conn, streams: &[Arc<Stream>]) -> Result<Self> {
        let holders: HashSet<&Holder> = streams.iter().map(|stream| &stream.holder).collect();
        let (mut sessions, mut links) = (Vec::new(), Vec::new());
        for holder in holders {
            match holder {
                Holder::Session(hash) => sessions.push(*hash),
                Holder::Link { token, .. } => links.push((secrets::hash(token), holder)),
            }
        }
        Ok(Self {
            users: users(app, conn, &sessions).await?,
            links: working(app, conn, &links).await?,
            threads: HashMap::new(),
        })
    }

    /// Whether the stream may hear its topics of these bits; if not, it has to end.
    pub async fn allow(&mut self, conn: &mut Conn, stream: &Stream, due: u16) -> Result<bool> {
        let hash = match &stream.holder {
            Holder::Session(hash) => hash,
            // A link leads to one thread, and its stream to that thread's one topic.
            link @ Holder::Link { .. } => return Ok(self.links.contains(link)),
        };
        let Some(user) = self.users.get(hash) else {
            return Ok(false);
        };
        for (bit, topic) in stream.topics.iter().enumerate() {
            if due & (1 << bit) == 0 || *topic.heard == *user.topic() {
                continue;
            }
            if !user.can(Permission::AccessPlugin) {
                return Ok(false);
            }
            let Some(thread) = thread_of(&topic.heard) else {
                continue; // The lists, which all who read the inbox have.
            };
            if !sees(&mut self.threads, conn, user, thread).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

async fn sees(
    known: &mut HashMap<(UserId, ThreadId), bool>,
    conn: &mut Conn,
    user: &User,
    thread: ThreadId,
) -> Result<bool> {
    if let Some(sees) = known.get(&(user.id, thread)) {
        return Ok(*sees);
    }
    let found = Actor::User(Box::new(user.clone()))
        .thread(conn, thread)
        .await;
    let sees = match found {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(error) => return Err(error),
    };
    known.insert((user.id, thread), sees);
    Ok(sees)
}

async fn users(
    app: &App,
    conn: &mut Conn,
    sessions: &[[u8; 32]],
) -> Result<HashMap<[u8; 32], User>> {
    let mut users = HashMap::new();
    for hashes in sessions.chunks(BATCH) {
        users.extend(session::holders(conn, hashes, app.clock.now()).await?);
    }
    Ok(users)
}

/// Those which plainly work are found together; the others are asked about as if they were opened.
async fn working(
    app: &App,
    conn: &mut Conn,
    links: &[([u8; 32], &Holder)],
) -> Result<HashSet<Holder>> {
    let (now, lifetime) = (app.clock.now(), app.settings().link_lifetime());
    let mut working = HashSet::new();
    for some in links.chunks(BATCH) {
        let hashes: Vec<[u8; 32]> = some.iter().map(|(hash, _)| *hash).collect();
        let plain = working_links(conn, &hashes, lifetime, now).await?;
        for (hash, holder) in some {
            if plain.contains(hash) || works(app, conn, holder).await? {
                working.insert((*holder).clone());
            }
        }
    }
    Ok(working)
}

async fn works(app: &App, conn: &mut Conn, holder: &Holder) -> Result<bool> {
    let Holder::Link { token, opened_mail } = holder else {
        return Ok(false);
    };
    let (token, opened_mail) = (Token::parse(token), *opened_mail);
    let lifetime = app.settings().link_lifetime();
    let has_opened = move |_: &str| opened_mail;
    let guest = Guest::by_token(conn, token.as_ref(), lifetime, has_opened, app.clock.now());
    match guest.await {
        Ok(_) => Ok(true),
        Err(Error::LinkExpired) => Ok(false),
        Err(error) => Err(error),
    }
}
