use crate::{
    Problems, Result,
    conversations::Status,
    email_address::Address,
    i18n::{t, t_with},
};

const MAX_NAME: usize = 300;
const MAX_SUBJECT: usize = 300;
const MAX_BODY: usize = 100_000;

/// The text of a message, as it may be stored: not empty, not too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub body: String,
    /// What staff set along with it; None: what follows by itself.
    pub status: Option<Status>,
}

impl Draft {
    pub fn parse(body: &str) -> Result<Self> {
        let mut problems = Problems::default();
        let body = parse_body(body, &mut problems);
        problems.check()?;
        Ok(Self::of(body))
    }

    /// A text that was parsed already.
    pub(super) fn of(body: String) -> Self {
        Self { body, status: None }
    }

    /// *Send and close*: a closed thread stays so.
    pub(super) fn closes(&self) -> bool {
        self.status == Some(Status::Closed)
    }
}

/// What starts a thread with a guest: by the guest, or by staff.
#[derive(Clone, Debug)]
pub struct NewThread {
    pub name: String,
    pub address: Address,
    pub subject: String,
    pub body: String,
}

impl NewThread {
    /// No name: the part of the address before the `@`. No subject: "Support request".
    pub fn parse(name: &str, email: &str, subject: &str, body: &str) -> Result<Self> {
        let mut problems = Problems::default();
        let name = parse_line("name", name, MAX_NAME, &mut problems);
        let subject = parse_line("subject", subject, MAX_SUBJECT, &mut problems);
        let body = parse_body(body, &mut problems);
        let address = match Address::parse(email) {
            Ok(address) => Some(address),
            Err(problem) => {
                problems.add("email", problem.to_string());
                None
            }
        };
        problems.check()?;
        let address = address.expect("without one there is a problem");
        let name = if name.is_empty() {
            local_part(&address).to_owned()
        } else {
            name
        };
        Ok(Self {
            name,
            address,
            subject: subject_or_usual(subject),
            body,
        })
    }
}

/// A subject by itself: not empty, one line, not too long.
pub fn parse_subject(subject: &str) -> Result<String> {
    let mut problems = Problems::default();
    let subject = parse_line("subject", subject, MAX_SUBJECT, &mut problems);
    if subject.is_empty() && problems.is_empty() {
        problems.add("subject", t("Type a subject."));
    }
    problems.check()?;
    Ok(subject)
}

/// What a conversation is called whose subject nobody typed.
pub fn subject_or_usual(subject: String) -> String {
    if subject.is_empty() {
        t("Support request").to_owned()
    } else {
        subject
    }
}

fn local_part(address: &Address) -> &str {
    address
        .as_typed()
        .rsplit_once('@')
        .map_or("", |(local, _)| local)
}

/// One line of text: without control and invisible formatting characters, and not too long.
fn parse_line(field: &str, text: &str, max: usize, problems: &mut Problems) -> String {
    let line: String = text.trim().chars().filter(|c| !is_invisible(*c)).collect();
    if line.chars().count() > max {
        problems.add(field, too_long(max));
    }
    line
}

/// Text of many lines: line breaks as `\n`, no other control characters.
fn parse_body(text: &str, problems: &mut Problems) -> String {
    let body = text.replace("\r\n", "\n").replace('\r', "\n");
    let body: String = body
        .trim()
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect();
    if body.is_empty() {
        problems.add("body", t("Please write a message."));
    }
    if body.chars().count() > MAX_BODY {
        problems.add("body", too_long(MAX_BODY));
    }
    body
}

/// How many characters of a text are too many for one message.
pub fn excess(body: &str) -> usize {
    // A character has at least one byte, so most texts need no counting.
    if body.len() <= MAX_BODY {
        return 0;
    }
    body.trim().chars().count().saturating_sub(MAX_BODY)
}

fn too_long(max: usize) -> String {
    t_with(
        "This is too long: {max} characters at most.",
        &[("max", &max.to_string())],
    )
}

/// Control characters, and formatting ones that hide or reorder what stands beside them. The
/// joiners stay: scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_white_space_is_refused() {
        for body in ["", "  ", "\r\n\t", "\0"] {
            assert!(Draft::parse(body).is_err(), "{body:?}");
        }
    }

    #[test]
    fn line_breaks_become_one_kind_and_control_characters_go() {
        assert_eq!(Draft::parse("a\r\nb\rc\0\u{1b}").unwrap().body, "a\nb\nc");
    }

    #[test]
    fn limits_count_characters_and_are_exact() {
        let long = |n| "é".repeat(n);
        assert!(NewThread::parse(&long(300), "a@b.test", &long(300), &long(100_000)).is_ok());
        for (name, subject, body) in [(301, 1, 1), (1, 301, 1), (1, 1, 100_001)] {
            assert!(
                NewThread::parse(&long(name), "a@b.test", &long(subject), &long(body)).is_err()
            );
        }
    }

    #[test]
    fn a_name_cannot_hold_a_line_break_or_turn_the_text_around() {
        let new =
            NewThread::parse("A\r\nBcc: v@x.test", "a@b.test", "inv\u{202e}fdp", "x").unwrap();
        assert_eq!(
            (new.name.as_str(), new.subject.as_str()),
            ("ABcc: v@x.test", "invfdp")
        );
    }

    #[test]
    fn without_name_and_subject_the_thread_still_has_both() {
        let new = NewThread::parse(" ", "ann@example.com", "", "x").unwrap();
        assert_eq!(
            (new.name.as_str(), new.subject.as_str()),
            ("ann", "Support request")
        );
    }
}
