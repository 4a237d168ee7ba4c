//! What the forms of visitors and guests share: the trap, and the limit.

use std::time::Duration;

use db::{Timestamp, Tx};

use crate::{
    Result,
    i18n::t,
    limits,
    settings::Settings,
    web::{Call, Done, metrics},
};

/// The page that says *We have your message*, and shows no link.
pub const KEPT: &str = "/pigeon/contact/kept";

/// The name of the field that only programs fill in; none when the trap is off.
pub fn honeypot(settings: &Settings) -> Option<String> {
    let field = settings.honeypot_field.clone();
    (settings.enable_honeypot && !field.is_empty()).then_some(field)
}

/// Whether a program filled in what no person sees: it is told that all went well.
pub fn is_caught(call: &Call) -> bool {
    let trap = honeypot(&call.app.settings());
    let caught = trap.is_some_and(|field| !call.fields.get(&field).is_empty());
    if caught {
        metrics::count_honeypot();
    }
    caught
}

pub fn kept() -> Done {
    Done::show(KEPT, t("We have your message. The link is in your mail."))
}

/// The form's key, if it has one.
pub fn key(call: &Call) -> Option<&str> {
    call.fields.find("key").filter(|key| !key.is_empty())
}

/// Counts a post by a guest, or a request for links, against the limit of its network.
pub async fn take(tx: &mut Tx, call: &Call, what: &str, now: Timestamp) -> Result<()> {
    let settings = call.app.settings();
    let bucket = format!("{what} from {}", limits::network(call.client.ip));
    let window = Duration::from_secs(settings.rate_limit_window_seconds.into());
    let max = settings.rate_limit_max_messages;
    limits::take(tx, &bucket, max, window, now)
        .await?
        .or_refuse()
}
