//! Guests, by their private links.

mod page;

use axum::{http::StatusCode, response::Response};
use db::{Conn, Timestamp, Tx};

use crate::{
    App, Error, Result,
    conversations::{
        Draft, Guest, HandedOut, Message, Origin, Seen, Token, Visibility, ask_for_links,
        confirm as prove, notify::Office, once::KEY, post,
    },
    email_address::Address,
    i18n::t,
    ids::MessageId,
    limits::{self, Taken},
    secrets,
    views::guest::{ExpiredPage, LinkSentPage},
    web::{
        Call, Done, ThreadSummary, Visit,
        client::Client,
        contact::{alert, problems, sender},
        device::Device,
        guest_post::{self, honeypot, kept},
        once,
        visit::see_other,
    },
};

const REPLY: &str = "pigeon/guest/reply";
const LINK_SENT: &str = "/pigeon/link-sent";
const EXPIRED: &str = "/pigeon/expired";

/// The page of a private link.
pub fn page_of(token: &Token) -> String {
    format!("/pigeon/t/{}", token.as_str())
}

/// The page of the link that a form names; for one that is no token, the page that all such get.
pub fn own_page(call: &Call) -> String {
    Token::parse(call.token()).map_or_else(|| EXPIRED.to_owned(), |token| page_of(&token))
}

pub async fn show_thread(visit: Visit) -> Result<Response> {
    let token = Token::parse(visit.param("token"));
    let device = Device::read(&visit.app, &visit.headers, visit.now);
    let mut conn = visit.read().await?;
    let guest = by_page(&visit, &mut conn).await?;
    let token = token.expect("it has led to the guest");
    let view = page::load(&visit, &mut conn, &token, &guest).await?;
    drop(conn);
    let mut response = visit.page("guest/thread.html", &view)?;
    let key = guest.participant.email_key.as_deref().unwrap_or_default();
    if guest.handed_out == HandedOut::Mailed
        && let Some(cookie) = device.opening_mail_to(key)
    {
        cookie.add_to(&visit.app.config, response.headers_mut());
    }
    Ok(response)
}

/// The guest whose private link the page's address is.
pub async fn by_page(visit: &Visit, conn: &mut Conn) -> Result<Guest> {
    let device = Device::read(&visit.app, &visit.headers, visit.now);
    Guest::by_token(
        conn,
        Token::parse(visit.param("token")).as_ref(),
        visit.app.settings().link_lifetime(),
        |key: &str| device.has_opened_mail_to(key),
        visit.now,
    )
    .await
    .map_err(|error| counted(error, &visit.app, visit.client, visit.now))
}

/// `pigeon/guest/reply`
pub async fn reply(call: Call) -> Result<Done> {
    if guest_post::is_caught(&call) {
        return Ok(kept());
    }
    let app = &call.app;
    let office = Office::new(&app.config, &app.settings());
    let mut tx = app.db.begin().await?;
    let mut guest = by_link(&call, &mut tx).await?;
    let draft = Draft::parse(call.fields.get("body"))?;
    let actor = guest.participant.id.to_string();
    let once = once::of(&call, REPLY, &actor);
    if once.find(&mut tx, call.now).await?.is_some() {
        return Ok(replied(&call, &guest));
    }
    guest_post::take(&mut tx, &call, "posts", call.now).await?;
    prove(&mut tx, &mut guest, call.now).await?;
    let seen = match seen(&call, &mut tx, &guest).await? {
        Some(seq) => Seen::UpTo(seq),
        None => Seen::Everything,
    };
    let author = &mut guest.participant;
    let (thread, message) = post(
        &mut tx,
        &office,
        author,
        Origin::Link,
        draft,
        seen,
        call.now,
    )
    .await?;
    let is_first = once
        .remember(
            &mut tx,
            thread.id,
            Some(author.id),
            message.seq,
            None,
            call.now,
        )
        .await?;
    if !is_first {
        drop(tx);
        return Ok(replied(&call, &guest));
    }
    tx.commit().await?;
    let page = format!("{}#m-{}", own_page(&call), message.id);
    let done = Done::lead_to(page, t("Your message was sent."));
    Ok(done.with_thread(ThreadSummary::of(&thread)))
}

/// The same reply once more: the same page, where the form had a key.
fn replied(call: &Call, guest: &Guest) -> Done {
    if guest_post::key(call).is_none() {
        return kept();
    }
    let done = Done::lead_to(own_page(call), t("Your message was sent."));
    done.with_thread(ThreadSummary::of(&guest.thread))
}

/// `pigeon/guest/confirm`: the button *Confirm my address*.
pub async fn confirm(call: Call) -> Result<Done> {
    let mut tx = call.app.db.begin().await?;
    let mut guest = by_link(&call, &mut tx).await?;
    if guest.handed_out == HandedOut::Shown {
        let text = t("Please use the link in your mail: it shows that the address is yours.");
        return Err(Error::Forbidden(text.to_owned()));
    }
    prove(&mut tx, &mut guest, call.now).await?;
    tx.commit().await?;
    let message = t("Your address is confirmed.");
    Ok(Done::lead_to(own_page(&call), message))
}

/// `pigeon/guest/request-link`: says the same, and takes as long, whoever wrote or did not.
pub async fn request_link(call: Call) -> Result<Done> {
    if guest_post::is_caught(&call) {
        return Ok(link_sent());
    }
    let mut tx = call.app.db.begin().await?;
    let address = if let Some(email) = call.fields.find("email") {
        Address::parse(email).map_err(|why| Error::invalid("email", why.to_string()))?
    } else {
        let guest = by_link(&call, &mut tx).await?;
        let email = guest.participant.email.unwrap_or_default();
        Address::parse(&email).map_err(Error::internal("a stored address is none"))?
    };
    if !is_first(&call, &mut tx, &address).await? {
        return Ok(link_sent());
    }
    guest_post::take(&mut tx, &call, "links", call.now).await?;
    ask_for_links(&mut tx, &address, call.now).await?;
    tx.commit().await?;
    Ok(link_sent())
}

/// A form that is sent twice asks once.
async fn is_first(call: &Call, tx: &mut Tx, address: &Address) -> Result<bool> {
    let Some(key) = guest_post::key(call) else {
        return Ok(true);
    };
    let name = secrets::fingerprint(&format!("{key} {}", address.key()));
    let bucket = format!("asked for links {name}");
    let taken = limits::take(tx, &bucket, 1, KEY, call.now).await?;
    Ok(taken == Taken::Allowed)
}

fn link_sent() -> Done {
    Done::show(
        LINK_SENT,
        t("If that address wrote to us, a new link is on its way."),
    )
}

pub fn show_link_sent(visit: &Visit) -> Result<Response> {
    let Some(typed) = &visit.typed else {
        return Ok(see_other(EXPIRED));
    };
    let view = LinkSentPage {
        email: typed.fields.find("email").map(str::to_owned),
        sender: sender(visit),
        kept: visit.typed("body").to_owned(),
    };
    visit.page("guest/link_sent.html", &view)
}

/// One page for every link that does not work: it offers a new one, and keeps what was written.
pub fn show_expired(visit: &Visit) -> Result<Response> {
    let typed = visit.typed.as_ref();
    let is_gone = typed.is_some_and(|typed| typed.status == StatusCode::NOT_FOUND);
    let view = ExpiredPage {
        email: visit.typed("email").to_owned(),
        kept: visit.typed("body").to_owned(),
        alert: alert(visit).filter(|_| !is_gone),
        problems: problems(visit),
        honeypot: honeypot(&visit.app.settings()),
    };
    visit.page("guest/expired.html", &view)
}

/// Whose link the form names.
pub async fn by_link(call: &Call, conn: &mut Conn) -> Result<Guest> {
    let device = Device::of(call);
    Guest::by_token(
        conn,
        Token::parse(call.token()).as_ref(),
        call.app.settings().link_lifetime(),
        |key: &str| device.has_opened_mail_to(key),
        call.now,
    )
    .await
    .map_err(|error| counted(error, &call.app, call.client, call.now))
}

/// Slows down whoever tries many links that do not work.
fn counted(error: Error, app: &App, client: Client, now: Timestamp) -> Error {
    match error {
        Error::LinkExpired => match app.guesses.count(client.ip, now) {
            Ok(()) => Error::LinkExpired,
            Err(too_many) => too_many,
        },
        other => other,
    }
}

/// The number of the last message that the form's page showed, if it says so: one that the guest
/// can see.
pub async fn seen(call: &Call, conn: &mut Conn, guest: &Guest) -> Result<Option<i64>> {
    let id = call.fields.get("seen");
    if id.is_empty() {
        return Ok(None);
    }
    let message = match id.parse::<MessageId>() {
        Ok(id) => Message::get(conn, guest.thread.id, id).await?,
        Err(_) => None,
    };
    let message = message.filter(|message| message.visibility == Visibility::Everyone);
    message
        .map(|message| Some(message.seq))
        .ok_or_else(|| Error::invalid("seen", t("There is no such message.")))
}
