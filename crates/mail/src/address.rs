//! Addresses that may stand in an envelope and in a header as they are.

use std::{fmt, str::FromStr};

/// One e-mail address. Its domain is ASCII; its local part may hold other letters, which few servers take.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address(lettre::Address);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct BadAddress;

impl Address {
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    pub(crate) fn lettre(&self) -> lettre::Address {
        self.0.clone()
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    /// Takes no quotes, comments, address literals or display names.
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let (local, domain) = text.rsplit_once('@').ok_or(BadAddress)?;
        if local.is_empty() || local.len() > 64 || !local.chars().all(is_local) {
            return Err(BadAddress);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| BadAddress)?;
        let last = domain.rsplit('.').next().unwrap_or("");
        let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
        if is_number || local.len() + 1 + domain.len() > 254 {
            return Err(BadAddress);
        }
        Ok(Self(lettre::Address::new_dangerous(local, domain)))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an address may hold before its `@`.
fn is_local(c: char) -> bool {
    match c {
        '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '@' | '[' | '\\' | ']' => false,
        _ => !c.is_control() && !c.is_whitespace(),
    }
}

/// An address with a name to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// May be empty, and hold anything: it is made safe when it is written.
    pub name: String,
    pub address: Address,
}

impl FromStr for Mailbox {
    type Err = BadAddress;

    /// `Ada Byron <ada@example.com>`, `"Ada, B." <ada@example.com>` or `ada@example.com`.
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        let Some(rest) = text.strip_suffix('>') else {
            return Ok(Self {
                name: String::new(),
                address: text.parse()?,
            });
        };
        let (name, address) = rest.rsplit_once('<').ok_or(BadAddress)?;
        let name = name.trim();
        let quoted = name.strip_prefix('"').and_then(|n| n.strip_suffix('"'));
        Ok(Self {
            name: quoted.unwrap_or(name).replace("\\\"", "\""),
            address: address.trim().parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_and_its_domain_is_ascii() {
        for (typed, stored) in [
            ("ada@example.com", "ada@example.com"),
            ("o'neil+tag@Example.COM", "o'neil+tag@example.com"),
            ("jörg@example.com", "jörg@example.com"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("pigeon@localhost", "pigeon@localhost"),
            ("-oQ/tmp/x@y.test", "-oQ/tmp/x@y.test"),
            ("a..b@docomo.example", "a..b@docomo.example"),
        ] {
            assert_eq!(typed.parse::<Address>().unwrap().as_str(), stored);
        }
    }

    #[test]
    fn what_two_parsers_could_read_differently_is_no_address() {
        let long = format!("{}@example.com", "a".repeat(65));
        for typed in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a@b@example.com",
            "\"a@ours\"@evil.test",
            "<a@b>c@d.test",
            "a@b(c).test",
            "a b@example.com",
            "a@exam ple.com",
            "a@example.com\r\nRCPT TO:<v@x.test>",
            "a\u{0}@example.com",
            "a\u{85}@example.com",
            "a\u{2028}@example.com",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@example.com>",
            "a,b@example.com",
            "a@-x.example",
            &long,
        ] {
            assert_eq!(typed.parse::<Address>(), Err(BadAddress), "{typed:?}");
        }
    }

    #[test]
    fn a_mailbox_may_have_a_name() {
        for (typed, name) in [
            ("Pigeon <pigeon@localhost>", "Pigeon"),
            ("\"Byron, Ada\" <pigeon@localhost>", "Byron, Ada"),
            (" pigeon@localhost ", ""),
            ("<pigeon@localhost>", ""),
        ] {
            let mailbox: Mailbox = typed.parse().unwrap();
            assert_eq!(mailbox.name, name);
            assert_eq!(mailbox.address.as_str(), "pigeon@localhost");
        }
        assert!("Pigeon pigeon@localhost>".parse::<Mailbox>().is_err());
        assert!("Pigeon <>".parse::<Mailbox>().is_err());
    }
}
