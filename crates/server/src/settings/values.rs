//! How the settings that are text are read.

use std::sync::LazyLock;

use jiff::tz::TimeZone;

use crate::{config::list, email_address::Address};

type Parsed<T> = Result<T, &'static str>;

/// Names that the forms use themselves.
const TAKEN: [&str; 28] = [
    "action",
    "all",
    "anyway",
    "assigneeId",
    "attachments",
    "attachments[]",
    "body",
    "carried",
    "code",
    "csrf",
    "email",
    "isInternalNote",
    "key",
    "loginName",
    "name",
    "on",
    "password",
    "recipients",
    "redirect",
    "seen",
    "status",
    "subject",
    "target",
    "threadId",
    "threadId[]",
    "token",
    "type",
    "undoSeconds",
];

/// An unticked box sends nothing or an empty text.
pub(super) fn flag(value: &str) -> Parsed<bool> {
    match value {
        "1" | "true" | "on" | "yes" => Ok(true),
        "" | "0" | "false" | "off" | "no" => Ok(false),
        _ => Err("Type true or false."),
    }
}

/// One line of at most 300 characters.
pub(super) fn short(value: &str) -> Parsed<String> {
    if value.chars().any(char::is_control) {
        return Err("This must be a single line.");
    }
    if value.chars().count() > 300 {
        return Err("This has more than 300 characters.");
    }
    Ok(value.to_owned())
}

pub(super) fn site_name(value: &str) -> Parsed<String> {
    if value.is_empty() {
        return Err("The site needs a name.");
    }
    short(value)
}

pub(super) fn address(value: &str) -> Parsed<Option<Address>> {
    if value.is_empty() {
        return Ok(None);
    }
    Address::parse(value)
        .map(Some)
        .map_err(|_| "An e-mail address looks like ann@example.com.")
}

pub(super) fn addresses(value: &str) -> Parsed<Vec<Address>> {
    let mut addresses: Vec<Address> = Vec::new();
    for item in list(value) {
        let address = Address::parse(item)
            .map_err(|_| "One of these is not an e-mail address such as ann@example.com.")?;
        if addresses.iter().all(|other| other.key() != address.key()) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

pub(super) fn addresses_text(addresses: &[Address]) -> String {
    let addresses: Vec<_> = addresses.iter().map(Address::as_typed).collect();
    addresses.join(", ")
}

pub(super) fn extensions(value: &str) -> Parsed<Vec<String>> {
    let mut extensions = Vec::new();
    for item in list(value) {
        let extension = item.trim_start_matches('.').to_ascii_lowercase();
        let plain = extension.bytes().all(|b| b.is_ascii_alphanumeric());
        if extension.is_empty() || extension.len() > 16 || !plain {
            return Err("An extension has only letters and digits, such as pdf.");
        }
        if !extensions.contains(&extension) {
            extensions.push(extension);
        }
    }
    Ok(extensions)
}

pub(super) fn field_name(value: &str) -> Parsed<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let begins_well = value.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins_well || value.len() > 50 || !value.bytes().all(plain) {
        return Err("A field's name has only letters, digits, - and _, and begins with a letter.");
    }
    if TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(value)) {
        return Err("The form has a field of this name already.");
    }
    Ok(value.to_owned())
}

/// The names that a person may choose from, in order.
pub fn time_zones() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let names = jiff::tz::db().available();
        let mut names: Vec<_> = names.map(|name| name.as_str().to_owned()).collect();
        names.retain(|name| {
            let is_place = name.contains('/') && name.starts_with(|c: char| c.is_ascii_uppercase());
            name == "UTC" || (is_place && !name.starts_with("Etc/") && !name.starts_with("System"))
        });
        names.sort_unstable();
        names
    });
    &NAMES
}

/// The machine's; one that has no name that a person knows is taken for UTC.
pub(super) fn machines_time_zone() -> TimeZone {
    let zone = TimeZone::system();
    match zone.iana_name() {
        Some(name) if !name.starts_with("Etc/") => zone,
        _ => TimeZone::UTC,
    }
}

pub(super) fn time_zone(value: &str) -> Parsed<TimeZone> {
    TimeZone::get(value).map_err(|_| "A time zone has a name such as Europe/Berlin.")
}
