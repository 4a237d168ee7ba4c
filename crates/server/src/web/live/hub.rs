//! Passes on what is announced, to whom it concerns, after a look at their rights; and ends the
//! streams of those who have none any more.

use std::{collections::HashSet, sync::Arc, time::Duration};

use db::{Event, Events};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::{
    App, Result,
    app::{WeakApp, streams::Stream},
    conversations::presence,
    web::live::rights::Rights,
};

/// What is announced within this time is passed on together.
const TOGETHER: Duration = Duration::from_millis(25);
const TICK: Duration = Duration::from_secs(1);
/// Ticks between two signs of life of a stream.
const BEAT: u64 = 20;
/// Ticks between two looks at everybody's rights: an announcement may be lost.
const LOOK: u64 = 2;
/// Ticks between two looks for people who have gone without a word.
const CALL: u64 = 5;
/// Without knowing their rights nobody hears anything for longer.
const UNSURE: Duration = Duration::from_secs(4);

/// What was announced and is not passed on yet.
#[derive(Default)]
struct Heard {
    topics: HashSet<Arc<str>>,
    /// Something may have been missed.
    anything: bool,
}

pub fn start(app: &App) {
    app.streams.remember([].into_iter(), app.clock.now());
    tokio::spawn(run(app.downgrade(), app.db.events()));
}

/// Until the app is gone.
async fn run(app: WeakApp, mut events: Events) {
    let mut heard = Heard::default();
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut tick, mut sure) = (0_u64, Instant::now());
    loop {
        let is_tick = tokio::select! {
            event = events.next() => { heard.take(event); false }
            _ = ticks.tick() => true,
        };
        if !is_tick {
            sleep(TOGETHER).await;
        }
        while let Some(event) = events.try_next() {
            heard.take(event);
        }
        let Some(app) = app.upgrade() else { return };
        remember(&app, &heard);
        let mut looks = false;
        if is_tick {
            tick += 1;
            beat(&app, tick);
            looks = tick.is_multiple_of(LOOK);
            if tick.is_multiple_of(CALL) {
                notice_gone(&app).await;
            }
        }
        match pass_on(&app, &mut heard, looks).await {
            Ok(()) => sure = Instant::now(),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot look at the rights of those who listen"
                );
                if sure.elapsed() > UNSURE {
                    app.streams.all().iter().for_each(|stream| stream.end());
                }
            }
        }
    }
}

impl Heard {
    fn take(&mut self, event: Event) {
        match event {
            Event::Topic(topic) => _ = self.topics.insert(topic),
            Event::Anything => self.anything = true,
        }
    }
}

fn remember(app: &App, heard: &Heard) {
    let now = app.clock.now();
    if heard.anything {
        app.streams.forget(now);
    }
    app.streams.remember(heard.topics.iter().cloned(), now);
}

/// A twentieth of the streams at a time.
fn beat(app: &App, tick: u64) {
    for stream in app.streams.all() {
        if stream.id % BEAT == tick % BEAT {
            stream.beat();
        }
    }
}

/// Tells the streams of what was heard, or ends them; `looks`: all of them are looked at.
async fn pass_on(app: &App, heard: &mut Heard, looks: bool) -> Result<()> {
    let everybody = looks || heard.anything;
    let streams = if everybody {
        app.streams.all()
    } else {
        app.streams.hearing(heard.topics.iter())
    };
    if !streams.is_empty() {
        let mut conn = app.db.read().await?;
        let mut rights = Rights::of(app, &mut conn, &streams).await?;
        for stream in streams {
            let due = due(&stream, heard);
            let asked = if everybody { u16::MAX } else { due };
            if !rights.allow(&mut conn, &stream, asked).await? {
                stream.dismiss();
            } else if heard.anything {
                stream.tell_all();
            } else if due != 0 {
                stream.tell(due);
            }
        }
    }
    *heard = Heard::default();
    Ok(())
}

/// A bit for each topic of the stream that was announced.
fn due(stream: &Stream, heard: &Heard) -> u16 {
    let topics = stream.topics.iter().enumerate();
    let due = topics.filter(|(_, topic)| heard.topics.contains(&topic.heard));
    due.fold(0, |bits, (bit, _)| bits | 1 << bit)
}

/// People whose pages have said nothing for a while are not here any more.
async fn notice_gone(app: &App) {
    if app.streams.count() == 0 {
        return;
    }
    if let Err(error) = presence::sweep(&app.db, app.clock.now()).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "cannot look for people who have gone"
        );
    }
}
