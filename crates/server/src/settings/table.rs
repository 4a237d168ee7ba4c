//! Every setting: its name, where it is kept, and what it may be.

use super::{Settings, values};
use crate::i18n::{t, t_with};

/// A setting, by the name that it has everywhere.
pub struct Setting {
    pub name: &'static str,
    kind: Kind,
}

/// What a setting holds. The functions give its place in [`Settings`].
enum Kind {
    Flag(fn(&mut Settings) -> &mut bool),
    Number(fn(&mut Settings) -> &mut u32, u32, u32),
    /// How to read it, and how to write it as it is read.
    Text(
        fn(&mut Settings, &str) -> Result<(), &'static str>,
        fn(&Settings) -> String,
    ),
}

pub const SETTINGS: &[Setting] = &[
    flag("allowGuestThreads", |s| &mut s.allow_guest_threads),
    flag("allowUserThreads", |s| &mut s.allow_user_threads),
    text(
        "userThreadPermission",
        |s, v| values::short(v).map(|v| s.user_thread_permission = v),
        |s| s.user_thread_permission.clone(),
    ),
    text(
        "supportNotificationRecipients",
        |s, v| values::addresses(v).map(|v| s.support_notification_recipients = v),
        |s| values::addresses_text(&s.support_notification_recipients),
    ),
    text(
        "fromName",
        |s, v| values::short(v).map(|v| s.from_name = v),
        |s| s.from_name.clone(),
    ),
    text(
        "fromEmail",
        |s, v| values::address(v).map(|v| s.from_email = v),
        |s| s.from_email.iter().map(ToString::to_string).collect(),
    ),
    flag("attachmentsEnabled", |s| &mut s.attachments_enabled),
    number(
        "maxAttachmentsPerMessage",
        |s| &mut s.max_attachments_per_message,
        0,
        20,
    ),
    number(
        "maxAttachmentSizeMb",
        |s| &mut s.max_attachment_size_mb,
        1,
        200,
    ),
    text(
        "allowedAttachmentExtensions",
        |s, v| values::extensions(v).map(|v| s.allowed_attachment_extensions = v),
        |s| s.allowed_attachment_extensions.join(" "),
    ),
    number(
        "guestTokenLifetimeDays",
        |s| &mut s.guest_token_lifetime_days,
        1,
        365,
    ),
    number(
        "rateLimitMaxMessages",
        |s| &mut s.rate_limit_max_messages,
        1,
        u32::MAX,
    ),
    number(
        "rateLimitWindowSeconds",
        |s| &mut s.rate_limit_window_seconds,
        1,
        u32::MAX,
    ),
    flag("enableHoneypot", |s| &mut s.enable_honeypot),
    text(
        "honeypotField",
        |s, v| values::field_name(v).map(|v| s.honeypot_field = v),
        |s| s.honeypot_field.clone(),
    ),
    number("trashLifetimeDays", |s| &mut s.trash_lifetime_days, 1, 365),
    text(
        "siteName",
        |s, v| values::site_name(v).map(|v| s.site_name = v),
        |s| s.site_name.clone(),
    ),
    text(
        "timeZone",
        |s, v| values::time_zone(v).map(|v| s.time_zone = v),
        |s| s.time_zone.iana_name().unwrap_or("UTC").to_owned(),
    ),
];

impl Setting {
    pub fn find(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }

    /// The value as text, which [`Setting::set`] takes back.
    pub fn get(&self, settings: &Settings) -> String {
        match self.kind {
            Kind::Flag(place) => place(&mut settings.clone()).to_string(),
            Kind::Number(place, ..) => place(&mut settings.clone()).to_string(),
            Kind::Text(_, get) => get(settings),
        }
    }

    /// The problem is in words for whoever typed the value.
    pub fn set(&self, settings: &mut Settings, value: &str) -> Result<(), String> {
        let value = value.trim();
        match self.kind {
            Kind::Flag(place) => {
                *place(settings) = values::flag(value).map_err(t)?;
                Ok(())
            }
            Kind::Number(place, min, max) => {
                let number = value.parse().ok();
                *place(settings) = number
                    .filter(|number| (min..=max).contains(number))
                    .ok_or_else(|| not_in_range(min, max))?;
                Ok(())
            }
            Kind::Text(set, _) => set(settings, value).map_err(|problem| t(problem).to_owned()),
        }
    }

    /// The variable that pins it.
    pub fn variable(&self) -> String {
        let mut variable = "PIGEON_SETTING_".to_owned();
        for c in self.name.chars() {
            if c.is_ascii_uppercase() {
                variable.push('_');
            }
            variable.push(c.to_ascii_uppercase());
        }
        variable
    }
}

fn not_in_range(min: u32, max: u32) -> String {
    let (min, most) = (min.to_string(), max.to_string());
    if max == u32::MAX {
        return t_with("Type a whole number of at least {min}.", &[("min", &min)]);
    }
    t_with(
        "Type a whole number from {min} to {max}.",
        &[("min", &min), ("max", &most)],
    )
}

const fn flag(name: &'static str, place: fn(&mut Settings) -> &mut bool) -> Setting {
    Setting {
        name,
        kind: Kind::Flag(place),
    }
}

const fn number(
    name: &'static str,
    place: fn(&mut Settings) -> &mut u32,
    min: u32,
    max: u32,
) -> Setting {
    Setting {
        name,
        kind: Kind::Number(place, min, max),
    }
}

const fn text(
    name: &'static str,
    set: fn(&mut Settings, &str) -> Result<(), &'static str>,
    get: fn(&Settings) -> String,
) -> Setting {
    Setting {
        name,
        kind: Kind::Text(set, get),
    }
}
