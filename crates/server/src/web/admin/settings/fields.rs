//! The settings that apply, in groups, with what each is called and for.

use crate::{
    settings::{Setting, Settings},
    views::settings::{Field, Group, Kind},
    web::Visit,
};

type Line = (&'static str, &'static str, &'static str, fn() -> Kind);

const GROUPS: &[(&str, &str, &[Line])] = &[
    (
        "site",
        "Site",
        &[
            (
                "siteName",
                "Site name",
                "On every page and in every e-mail.",
                text,
            ),
            (
                "timeZone",
                "Time zone",
                "In which pages and e-mails tell the time.",
                zone,
            ),
        ],
    ),
    (
        "guests",
        "Guests",
        &[
            (
                "allowGuestThreads",
                "Guests may start conversations",
                "Off closes the contact form. Conversations that exist go on.",
                switch,
            ),
            (
                "guestTokenLifetimeDays",
                "Private links work for so many days",
                "Counted from the last message, from 1 to 365.",
                || number(1, Some(365)),
            ),
        ],
    ),
    (
        "mail",
        "E-mail",
        &[
            (
                "supportNotificationRecipients",
                "Who hears of new messages",
                "Addresses, separated by commas. Empty: everybody in the team.",
                text,
            ),
            (
                "fromName",
                "Sender’s name",
                "Empty: that of mail_from in the configuration, or else the site’s.",
                text,
            ),
            (
                "fromEmail",
                "Sender’s address",
                "Empty: that of mail_from in the configuration. Your mail server must accept it.",
                text,
            ),
        ],
    ),
    (
        "trash",
        "Trash",
        &[(
            "trashLifetimeDays",
            "Days in the trash",
            "Then a conversation is deleted for good. From 1 to 365.",
            || number(1, Some(365)),
        )],
    ),
    (
        "spam",
        "Against spam",
        &[
            (
                "rateLimitMaxMessages",
                "Messages from one internet address",
                "Guests may post as many in the time below.",
                || number(1, None),
            ),
            (
                "rateLimitWindowSeconds",
                "In so many seconds",
                "Then the count begins anew.",
                || number(1, None),
            ),
            (
                "enableHoneypot",
                "Hidden field as a trap",
                "Programs fill it in, people do not see it: what comes with it is not stored.",
                switch,
            ),
            (
                "honeypotField",
                "The hidden field’s name",
                "Forms on your own pages must use the same.",
                text,
            ),
        ],
    ),
];

fn switch() -> Kind {
    Kind::Switch
}

fn text() -> Kind {
    Kind::Text
}

fn number(min: u32, max: Option<u32>) -> Kind {
    Kind::Number { min, max }
}

fn zone() -> Kind {
    let zones = jiff::tz::db().available();
    let mut options: Vec<String> = zones.map(|zone| zone.to_string()).collect();
    options.sort_unstable();
    Kind::Choice { options }
}

/// With what was typed, if the form came back.
pub(super) fn groups(visit: &Visit, settings: &Settings) -> Vec<Group> {
    let group = |(id, title, lines): &(&'static str, &'static str, &[Line])| Group {
        id,
        title,
        fields: lines
            .iter()
            .map(|line| field(visit, settings, line))
            .collect(),
    };
    GROUPS.iter().map(group).collect()
}

fn field(visit: &Visit, settings: &Settings, line: &Line) -> Field {
    let (name, label, hint, kind) = *line;
    let setting = Setting::find(name).expect("the groups name only settings");
    let typed = visit
        .typed
        .as_ref()
        .and_then(|typed| typed.fields.find(name));
    let value = typed.map_or_else(|| setting.get(settings), str::to_owned);
    let mut kind = kind();
    if let Kind::Choice { options } = &mut kind
        && !options.contains(&value)
    {
        options.insert(0, value.clone());
    }
    Field {
        name,
        label,
        hint,
        kind,
        value,
        pinned_by: visit.app.config.pins.get(name).map(|pin| pin.by.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SETTINGS;

    /// For what Pigeon does not do yet.
    const NOT_YET: [&str; 6] = [
        "allowUserThreads",
        "userThreadPermission",
        "attachmentsEnabled",
        "maxAttachmentsPerMessage",
        "maxAttachmentSizeMb",
        "allowedAttachmentExtensions",
    ];

    #[test]
    fn every_setting_that_applies_has_a_line() {
        let lines = GROUPS.iter().flat_map(|(_, _, lines)| *lines);
        let lines: Vec<&str> = lines.map(|(name, ..)| *name).collect();
        for setting in SETTINGS {
            let applies = !NOT_YET.contains(&setting.name);
            assert_eq!(lines.contains(&setting.name), applies, "{}", setting.name);
        }
    }

    #[test]
    fn every_line_is_a_setting() {
        for (_, _, lines) in GROUPS {
            for (name, ..) in *lines {
                assert!(Setting::find(name).is_some(), "{name}");
            }
        }
    }
}
