//! Event streams: they name topics, and never say what has happened. Whoever hears one asks for the
//! page again, and gets what they may see.

pub mod hub;
mod rights;

use std::{convert::Infallible, future::poll_fn, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use db::Timestamp;
use futures_util::stream::unfold;

use crate::{
    Error, Result,
    accounts::{Permission, User},
    app::streams::{Full, Holder, Listening, MOST_TOPICS, Topic},
    conversations::Actor,
    secrets,
    web::{Visit, admin::viewer, cookies::Cookie, device::Device, guest},
};

/// For whom there is no room.
const COME_BACK: Duration = Duration::from_secs(10);
/// Tells proxies not to keep back what is there.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// `/pigeon/events?topics=…`: what somebody signed in may hear of those, and of themselves.
pub async fn show_events(visit: Visit) -> Result<Response> {
    let user = viewer(&visit)?.clone();
    let token = Cookie::Session.read(&visit.app.config, &visit.headers);
    let holder = Holder::Session(secrets::hash(token.unwrap_or_default()));
    let mut topics = vec![Topic {
        heard: user.topic().into(),
        told: format!("me {}", user.topic()).into(),
    }];
    let asked = visit.query.get("topics").split(',').take(MOST_TOPICS - 1);
    let actor = Actor::User(Box::new(user.clone()));
    let mut conn = visit.read().await?;
    for name in asked {
        if may_hear(&mut conn, &actor, &user, name).await? {
            let name: Arc<str> = name.into();
            topics.push(Topic {
                heard: Arc::clone(&name),
                told: name,
            });
        }
    }
    drop(conn);
    open(&visit, holder, topics)
}

/// `/pigeon/t/{token}/events`: that something changed which the guest can see.
pub async fn show_guest_events(visit: Visit) -> Result<Response> {
    let mut conn = visit.read().await?;
    let guest = guest::by_page(&visit, &mut conn).await?;
    drop(conn);
    let device = Device::read(&visit.app, &visit.headers, visit.now);
    let key = guest.participant.email_key.as_deref().unwrap_or_default();
    let holder = Holder::Link {
        token: visit.param("token").into(),
        opened_mail: device.has_opened_mail_to(key),
    };
    let topic = Topic {
        heard: guest.thread.guests_topic().into(),
        told: "thread".into(),
    };
    open(&visit, holder, vec![topic])
}

/// Whether there is such a topic, and this person may hear of it: no patterns, no other spellings.
async fn may_hear(conn: &mut db::Conn, actor: &Actor, user: &User, topic: &str) -> Result<bool> {
    if matches!(topic, "inbox" | "here") {
        return Ok(user.can(Permission::AccessPlugin));
    }
    let Some(thread) = rights::thread_of(topic) else {
        return Ok(false);
    };
    match actor.thread(conn, thread).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

fn open(visit: &Visit, holder: Holder, topics: Vec<Topic>) -> Result<Response> {
    let since = visit.query.get("since").parse().ok();
    let since = since.map(Timestamp::from_micros);
    let listening = visit.app.streams.open(holder, topics, since);
    let listening = listening.map_err(|Full| Error::TooMany {
        retry_after: COME_BACK,
    })?;
    let said = unfold(listening, |mut listening: Listening| async {
        let said: Bytes = poll_fn(|cx| listening.poll(cx)).await?;
        Some((Ok::<_, Infallible>(said), listening))
    });
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream"),
        ),
        (UNBUFFERED, HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(said)).into_response())
}
