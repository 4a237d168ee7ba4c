//! The contact form: anybody begins a conversation.

use axum::{http::StatusCode, response::Response};
use db::Tx;

use crate::{
    Error, Problems, Result,
    accounts::setup,
    conversations::{HandedOut, NewThread, mint, notify::Office, once::Previous, start_by_guest},
    i18n::t,
    settings::Settings,
    views::contact::{ContactForm, ContactPage, KeptPage, NotOpenPage},
    web::{
        Call, Done, ThreadSummary, Visit,
        device::Device,
        guest::page_of,
        guest_post::{self, honeypot, kept},
        once,
        visit::see_other,
    },
};

const START: &str = "pigeon/guest/start";

pub async fn show_contact(visit: Visit) -> Result<Response> {
    if !setup::is_done(&visit.app).await? {
        let mut page = visit.page("guest/not_open.html", &NotOpenPage {})?;
        *page.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        return Ok(page);
    }
    let settings = visit.app.settings();
    ensure_allowed(&settings)?;
    let redirect = visit.typed("redirect");
    let problems = problems(&visit);
    let view = ContactPage {
        typed: ContactForm {
            name: visit.typed("name").to_owned(),
            email: visit.typed("email").to_owned(),
            subject: visit.typed("subject").to_owned(),
            body: visit.typed("body").to_owned(),
            redirect: (!redirect.is_empty()).then(|| redirect.to_owned()),
        },
        alert: alert(&visit),
        problems,
        honeypot: honeypot(&settings),
        signed_in: visit.user.is_some(),
    };
    visit.page("guest/contact.html", &view)
}

/// Only ever shown as the answer to a post.
pub fn show_kept(visit: &Visit) -> Result<Response> {
    if visit.typed.is_none() {
        return Ok(see_other("/pigeon/contact"));
    }
    let view = KeptPage {
        sender: sender(visit),
    };
    visit.page("guest/kept.html", &view)
}

/// `pigeon/guest/start`: always makes a guest, whoever is signed in.
pub async fn start(call: Call) -> Result<Done> {
    if !setup::is_done(&call.app).await? {
        return Err(Error::NotOpen);
    }
    if guest_post::is_caught(&call) {
        return Ok(kept());
    }
    ensure_allowed(&call.app.settings())?;
    let fields = &call.fields;
    let new = NewThread::parse(
        fields.get("name"),
        fields.get("email"),
        fields.get("subject"),
        fields.get("body"),
    )?;
    if let Some(done) = try_start(&call, new.clone()).await? {
        return Ok(done);
    }
    // The same form won the race: now it is there.
    let done = try_start(&call, new).await?;
    Ok(done.unwrap_or_else(kept))
}

/// None: the same was posted while this was.
async fn try_start(call: &Call, new: NewThread) -> Result<Option<Done>> {
    let app = &call.app;
    let office = Office::new(&app.config, &app.settings());
    let (device, cookie) = (Device::of(call), cookie(call));
    let once = once::of(call, START, "");
    let proved = device.has_opened_mail_to(new.address.key());

    let mut tx = app.db.begin().await?;
    if let Some(previous) = once.find(&mut tx, call.now).await? {
        return again(call, tx, &previous).await.map(Some);
    }
    guest_post::take(&mut tx, call, "posts", call.now).await?;
    let (started, token) = start_by_guest(&mut tx, &office, new, proved, call.now).await?;
    let is_first = once
        .remember(
            &mut tx,
            started.thread.id,
            Some(started.guest),
            started.message.seq,
            cookie.as_deref(),
            call.now,
        )
        .await?;
    if !is_first {
        return Ok(None);
    }
    tx.commit().await?;
    let done = Done::lead_to(page_of(&token), t("Your message was sent."));
    Ok(Some(done.with_thread(ThreadSummary::of(&started.thread))))
}

/// The same form once more. Only the browser that sent it first is shown the thread again, and
/// only while nobody else has written there.
async fn again(call: &Call, mut tx: Tx, previous: &Previous) -> Result<Done> {
    let is_same_browser =
        guest_post::key(call).is_some() && previous.has_cookie(cookie(call).as_deref());
    if !is_same_browser {
        return Ok(kept());
    }
    let device = Device::of(call);
    let proof = |key: &str| device.has_opened_mail_to(key);
    let Some(participant) = previous.still_alone(&mut tx, proof).await? else {
        return Ok(kept());
    };
    let token = mint(&mut tx, participant, HandedOut::Shown, call.now).await?;
    tx.commit().await?;
    Ok(Done::lead_to(page_of(&token), t("Your message was sent.")))
}

fn ensure_allowed(settings: &Settings) -> Result<()> {
    if settings.allow_guest_threads {
        return Ok(());
    }
    let text = t("This form takes no messages at the moment.");
    Err(Error::Forbidden(text.to_owned()))
}

/// What names the browser.
fn cookie(call: &Call) -> Option<String> {
    let cookie = call.form_cookie.as_ref();
    cookie.map(|cookie| cookie.name(&call.app))
}

/// The address that our mail comes from.
pub fn sender(visit: &Visit) -> String {
    let settings = visit.app.settings();
    let sender = settings.from_email.as_ref();
    let sender = sender.unwrap_or(&visit.app.config.mail_from.address);
    sender.as_typed().to_owned()
}

/// What is wrong, by field, with the form that came back.
pub fn problems(visit: &Visit) -> Problems {
    let typed = visit.typed.as_ref();
    typed.map_or_else(Problems::default, |typed| typed.problems.clone())
}

/// What is wrong with the whole; nothing where the fields say it.
pub fn alert(visit: &Visit) -> Option<String> {
    let refused = visit.typed.as_ref()?.status != StatusCode::OK;
    let refusal = visit.refusal().filter(|_| refused);
    let refusal = refusal.filter(|_| problems(visit).is_empty());
    refusal.map(str::to_owned)
}
