//! E-mail addresses: the one parser, at every door, and the one form they are compared in.

use std::{fmt, str::FromStr};

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::i18n::t;

/// What a mailbox may be called besides letters and digits (RFC 5322's atom), dots apart.
const SIGNS: &str = "!#$%&'*+-/=?^_`{|}~";

/// An address as it was typed, and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    typed: String,
    key: String,
}

/// Why a text is no address that mail could safely go to, in words for whoever typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", t(.0))]
pub struct NotAnAddress(&'static str);

impl Address {
    /// Takes only the plain form `mailbox@domain`: no quotes, comments, names or brackets, which
    /// mail programs read in different ways. White space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(NotAnAddress("Type an e-mail address."));
        }
        if typed.len() > 254 {
            return Err(NotAnAddress("This e-mail address is too long."));
        }
        let (local, domain) = typed.split_once('@').ok_or(NotAnAddress(
            "An e-mail address looks like ann@example.com.",
        ))?;
        let key = format!("{}@{}", local_key(local)?, domain_key(domain)?);
        if key.len() > 254 {
            return Err(NotAnAddress("This e-mail address is too long."));
        }
        Ok(Self {
            typed: typed.to_owned(),
            key,
        })
    }

    /// What mail is sent to and what people see.
    pub fn as_typed(&self) -> &str {
        &self.typed
    }

    /// What is compared, and unique: the domain in ASCII by IDNA, the mailbox in Unicode NFC, with
    /// ASCII letters in lower case and nothing else folded.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The domain in lower-case ASCII.
    pub fn domain(&self) -> &str {
        self.key
            .rsplit_once('@')
            .expect("a key has the form mailbox@domain")
            .1
    }
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        Self::parse(text)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

fn local_key(local: &str) -> Result<String, NotAnAddress> {
    if local.is_empty() || local.len() > 64 {
        return Err(NotAnAddress(
            "The part before the @ is missing or too long.",
        ));
    }
    if local.starts_with('-') {
        return Err(NotAnAddress(
            "An e-mail address cannot begin with a hyphen here.",
        ));
    }
    let dots_astray = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    // `=?` begins an encoded word, which some mail programs would decode into another address.
    if dots_astray || local.contains("=?") || !local.chars().all(is_mailbox_char) {
        return Err(NotAnAddress(
            "The part before the @ has a character or a dot that cannot stand there.",
        ));
    }
    Ok(local.nfc().collect::<String>().to_ascii_lowercase())
}

fn is_mailbox_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '.' || SIGNS.contains(c);
    }
    // The Kelvin sign would normalise to the letter K, and so to somebody else's key.
    let turns_ascii = std::iter::once(c).nfc().any(|c| c.is_ascii());
    (c.is_alphanumeric() || is_combining_mark(c)) && !turns_ascii
}

fn domain_key(domain: &str) -> Result<String, NotAnAddress> {
    let wrong = NotAnAddress(
        "The part after the @ is not right. An e-mail address looks like ann@example.com.",
    );
    let key = idna::domain_to_ascii_strict(domain).map_err(|_| wrong)?;
    let last = key.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|b| b.is_ascii_digit());
    if is_number || (last == key && key != "localhost") {
        return Err(wrong);
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_one_canonical_form() {
        for (typed, key) in [
            ("ann@example.com", "ann@example.com"),
            ("  Ann@Example.COM\n", "ann@example.com"),
            ("ann+tag@example.com", "ann+tag@example.com"),
            ("o'neil@example.com", "o'neil@example.com"),
            ("a.b_c-d@mail.example.co.uk", "a.b_c-d@mail.example.co.uk"),
            ("root@localhost", "root@localhost"),
            ("ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
            ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
            // Other alphabets stay what they are: only ASCII is folded.
            ("mıke@example.org", "mıke@example.org"),
            ("mike@exаmple.org", "mike@xn--exmple-4nf.org"),
            ("İda@example.org", "İda@example.org"),
            ("straße@example.org", "straße@example.org"),
            ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
            // Composed and decomposed are one.
            ("re\u{301}ne@example.org", "r\u{e9}ne@example.org"),
        ] {
            let address = Address::parse(typed).expect(typed);
            assert_eq!(address.key(), key, "{typed}");
            assert_eq!(address.as_typed(), typed.trim());
        }
    }

    #[test]
    fn look_alikes_have_keys_of_their_own() {
        let real = Address::parse("mike@example.org").unwrap();
        for other in ["mıke@example.org", "mike@exаmple.org", "ｍike@example.org"] {
            assert_ne!(Address::parse(other).unwrap().key(), real.key(), "{other}");
        }
        assert_eq!(
            Address::parse("MIKE@EXAMPLE.ORG").unwrap().key(),
            real.key()
        );
    }

    #[test]
    fn what_mail_programs_could_read_in_two_ways_is_refused() {
        let long = format!("{}@example.com", "a".repeat(400));
        let long_mailbox = format!("{}@example.com", "a".repeat(65));
        for text in [
            "",
            "   ",
            "ann",
            "@example.com",
            "ann@",
            "ann@example",
            "ann@127.0.0.1",
            "ann@[127.0.0.1]",
            "ann@exa mple.com",
            "ann@example.com.",
            "ann@.example.com",
            "ann@-example.com",
            "ann@example_x.com",
            "an n@example.com",
            ".ann@example.com",
            "ann.@example.com",
            "a..n@example.com",
            "a@x,b@x",
            "a@example.com,b@example.com",
            "=?utf-8?q?a=40ours.test=3e?=@evil.test",
            "\"a@ours\"@evil.test",
            "\"ann\"@example.com",
            "<a@b>c@d.test",
            "Ann <ann@example.com>",
            "a@b(c)",
            "a@b.test(c)",
            "a(c)@b.test",
            "a\0@b.test",
            "a@b.test\0",
            "a\r\nBcc: x@y.test@b.test",
            "a@b.test\r\nBcc: x@y.test",
            "a\u{202e}b@example.com",
            "a\u{200b}b@example.com",
            "mi\u{212a}e@example.org",
            "a＠b.test",
            "-oQ/tmp/x@y.test",
            &long,
            &long_mailbox,
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
    }
}
