//! The open event streams of this node: who holds each, what it may hear, and what it is to be told
//! next. It knows nothing of rights: whoever passes events on has looked at them.

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use db::Timestamp;

/// Topics of one stream; a page has a handful.
pub const MOST_TOPICS: usize = 16;
/// Streams at one time: the rest of the connections are for requests.
const MOST: usize = 14_000;
/// From so many on, nobody has more than [`FAIR`]: one person does not take the others' room.
const CROWD: usize = 11_000;
const FAIR: usize = 20;
/// Topics that are remembered, for streams whose page was made a moment before.
const REMEMBERED: usize = 4_096;
/// How far two nodes' clocks may differ, and how long a page may have been in the making.
const SLACK: Duration = Duration::from_secs(2);

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Registry>>);

#[derive(Default)]
struct Registry {
    open: HashMap<u64, Arc<Stream>>,
    by_topic: HashMap<Arc<str>, HashSet<u64>>,
    held: HashMap<Holder, usize>,
    next: u64,
    is_closed: bool,
    recent: VecDeque<(Timestamp, Arc<str>)>,
    /// What was announced since then is in `recent`.
    remembers_since: Option<Timestamp>,
}

/// By what somebody holds a stream: it ends when that ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// The hash of a session's token.
    Session([u8; 32]),
    /// The secret of a private link, and whether the browser has opened one that was mailed.
    Link { token: Box<str>, opened_mail: bool },
}

/// What a stream hears, and the word by which it tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub heard: Arc<str>,
    pub told: Arc<str>,
}

pub struct Stream {
    pub id: u64,
    pub holder: Holder,
    pub topics: Box<[Topic]>,
    outbox: Mutex<Outbox>,
}

#[derive(Default)]
struct Outbox {
    /// Which of the topics are to be told, a bit each.
    due: u16,
    /// Something may have been missed.
    all: bool,
    beat: bool,
    state: State,
    waker: Option<Waker>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// It has said nothing yet.
    #[default]
    New,
    Open,
    /// It has one word left: that it is over, so that nobody asks for it again.
    Dismissed,
    Ended,
}

/// An open stream: dropping it closes it.
pub struct Listening {
    stream: Arc<Stream>,
    streams: Streams,
}

/// There is no room for another one.
#[derive(Debug)]
pub struct Full;

impl Streams {
    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a stream of these topics. One whose page was made at `since` is told at once what was
    /// announced from then on.
    pub fn open(
        &self,
        holder: Holder,
        mut topics: Vec<Topic>,
        since: Option<Timestamp>,
    ) -> Result<Listening, Full> {
        topics.truncate(MOST_TOPICS);
        let mut registry = self.lock();
        let held = registry.held.get(&holder).copied().unwrap_or(0);
        let open = registry.open.len();
        if registry.is_closed || open >= MOST || (open >= CROWD && held >= FAIR) {
            return Err(Full);
        }
        *registry.held.entry(holder.clone()).or_default() += 1;
        registry.next += 1;
        let id = registry.next;
        for topic in &mut topics {
            topic.heard = registry.hear(&topic.heard, id);
        }
        let outbox = since.map_or_else(Outbox::default, |since| registry.missed(&topics, since));
        let stream = Arc::new(Stream {
            id,
            holder,
            topics: topics.into(),
            outbox: Mutex::new(outbox),
        });
        registry.open.insert(id, Arc::clone(&stream));
        drop(registry);
        let streams = self.clone();
        Ok(Listening { stream, streams })
    }

    pub fn count(&self) -> usize {
        self.lock().open.len()
    }

    pub fn all(&self) -> Vec<Arc<Stream>> {
        self.lock().open.values().cloned().collect()
    }

    /// The streams that hear one of these topics.
    pub fn hearing<'t>(&self, topics: impl Iterator<Item = &'t Arc<str>>) -> Vec<Arc<Stream>> {
        let registry = self.lock();
        let ids: HashSet<u64> = topics
            .filter_map(|topic| registry.by_topic.get(topic))
            .flatten()
            .copied()
            .collect();
        let open = ids.iter().filter_map(|id| registry.open.get(id).cloned());
        open.collect()
    }

    /// Keeps what was announced, for streams that open a moment later.
    pub fn remember(&self, topics: impl Iterator<Item = Arc<str>>, now: Timestamp) {
        let mut registry = self.lock();
        registry.remembers_since.get_or_insert(now);
        for topic in topics {
            if registry.recent.len() == REMEMBERED
                && let Some((at, _)) = registry.recent.pop_front()
            {
                registry.remembers_since = Some(at);
            }
            registry.recent.push_back((now, topic));
        }
    }

    /// Something may have been missed: nothing from before `now` is sure.
    pub fn forget(&self, now: Timestamp) {
        let mut registry = self.lock();
        registry.recent.clear();
        registry.remembers_since = Some(now + SLACK);
    }

    /// Ends all of them, and lets no more in.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.all().iter().for_each(|stream| stream.end());
    }
}

impl Registry {
    fn hear(&mut self, topic: &Arc<str>, id: u64) -> Arc<str> {
        let known = self.by_topic.get_key_value(topic);
        let topic = known.map_or_else(|| Arc::clone(topic), |(known, _)| Arc::clone(known));
        self.by_topic
            .entry(Arc::clone(&topic))
            .or_default()
            .insert(id);
        topic
    }

    fn missed(&self, topics: &[Topic], since: Timestamp) -> Outbox {
        if self.remembers_since.is_none_or(|known| known > since) {
            return Outbox {
                all: true,
                ..Outbox::default()
            };
        }
        let recent = self.recent.iter().rev();
        let recent = recent.take_while(|(at, _)| *at >= since - SLACK);
        let mut due = 0;
        for (_, heard) in recent {
            for (bit, topic) in topics.iter().enumerate() {
                if topic.heard == *heard {
                    due |= 1 << bit;
                }
            }
        }
        Outbox {
            due,
            ..Outbox::default()
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let stream = &self.stream;
        let mut registry = self.streams.lock();
        registry.open.remove(&stream.id);
        for topic in &stream.topics {
            if let Some(hearing) = registry.by_topic.get_mut(&topic.heard) {
                hearing.remove(&stream.id);
                if hearing.is_empty() {
                    registry.by_topic.remove(&topic.heard);
                }
            }
        }
        if let Some(held) = registry.held.get_mut(&stream.holder) {
            *held -= 1;
            if *held == 0 {
                registry.held.remove(&stream.holder);
            }
        }
    }
}

impl Stream {
    fn change(&self, change: impl FnOnce(&mut Outbox)) {
        let mut outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut outbox);
        let waker = outbox.waker.take();
        drop(outbox);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Tells of the topics for which the bits stand.
    pub fn tell(&self, due: u16) {
        self.change(|outbox| outbox.due |= due);
    }

    pub fn tell_all(&self) {
        self.change(|outbox| outbox.all = true);
    }

    /// Says that the connection is alive.
    pub fn beat(&self) {
        self.change(|outbox| outbox.beat = true);
    }

    /// Whoever holds it asks for another one.
    pub fn end(&self) {
        self.change(|outbox| outbox.state = State::Ended);
    }

    /// Whoever holds it has no right to it any more, and is told so.
    pub fn dismiss(&self) {
        self.change(|outbox| outbox.state = State::Dismissed);
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        if outbox.state == State::Ended {
            return Poll::Ready(None);
        }
        if outbox.state == State::Dismissed {
            outbox.state = State::Ended;
            return Poll::Ready(Some("event: end\ndata:\n\n".into()));
        }
        let mut text = String::new();
        if outbox.state == State::New {
            // Whoever lost a node comes back soon, and not all in one moment.
            text = format!("retry: {}\n\n", 500 + self.id * 37 % 1000);
            outbox.beat = true;
        }
        if outbox.all {
            text.push_str("event: all\ndata:\n\n");
        } else if outbox.due != 0 {
            let told = self.topics.iter().enumerate();
            let told = told.filter(|(bit, _)| outbox.due & (1 << bit) != 0);
            let told: Vec<&str> = told.map(|(_, topic)| &*topic.told).collect();
            text.push_str("event: topic\ndata: ");
            text.push_str(&told.join(" "));
            text.push_str("\n\n");
        } else if outbox.beat {
            text.push_str("event: beat\ndata:\n\n");
        }
        if text.is_empty() {
            outbox.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        *outbox = Outbox {
            state: State::Open,
            ..Outbox::default()
        };
        Poll::Ready(Some(text.into()))
    }
}

impl Listening {
    /// What the stream says next; nothing once it has ended.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.stream.poll(cx)
    }
}
