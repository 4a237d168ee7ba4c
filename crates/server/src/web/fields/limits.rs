use crate::{Problems, i18n::t_with, web::fields::Fields};

/// How long a field may be, in characters.
const LIMITS: [(&str, usize); 8] = [
    ("name", 300),
    ("subject", 300),
    ("email", 254),
    ("body", 100_000),
    ("carried", 400_000),
    ("supportNotificationRecipients", 10_000),
    ("fromName", 300),
    ("siteName", 300),
];
/// Of every other field: ids, tokens, switches, passwords, addresses of pages.
const ELSE: usize = 2_000;

pub(super) fn check(fields: &Fields, problems: &mut Problems) {
    for (name, value) in fields.iter() {
        let known = LIMITS.iter().find(|(field, _)| *field == name);
        let limit = known.map_or(ELSE, |(_, limit)| *limit);
        // A character has at least one byte, so most values need no counting.
        if value.len() > limit && value.chars().count() > limit {
            let limit = limit.to_string();
            let message = "This is longer than {limit} characters.";
            problems.add(name, t_with(message, &[("limit", &limit)]));
        }
    }
}

/// Line ends as browsers send them become `\n`. Texts that people read lose control characters
/// that nobody typed; names, ids and secrets are left to whoever parses them.
pub(super) fn clean(name: &str, value: &str) -> String {
    let value = if value.contains('\r') {
        value.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        value.to_owned()
    };
    if !matches!(name, "body" | "subject" | "name") {
        return value;
    }
    // NUL stays, to be refused: it is a sign of something else than a slip.
    let stays = |c: char| matches!(c, '\n' | '\t' | '\0') || !c.is_control();
    value.chars().filter(|c| stays(*c)).collect()
}
