//! `smtp_url` of the configuration.

use std::{fmt, net::IpAddr, str::FromStr};

use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Which mail server, how to sign in to it, and how to encrypt.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    pub(crate) credentials: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte: `smtps://`.
    Implicit,
    /// STARTTLS, or no mail.
    Required,
    /// STARTTLS where the server offers it, and then with a certificate that holds.
    Opportunistic,
    None,
}

/// What is wrong with the address of the mail server. Never repeats any of it: a password could be in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    #[error("it must begin with smtp:// or smtps://")]
    Scheme,
    #[error(
        "it must be like smtp://user:password@host:587; in user and password write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A and % as %25"
    )]
    Shape,
    #[error("a user name needs a password, and a password a user name")]
    Credentials,
    #[error("after the ? it takes only tls=required, tls=opportunistic or tls=none")]
    Query,
    #[error("smtps:// is encrypted from the start and takes no other tls= than required")]
    Contradiction,
}

impl FromStr for SmtpUrl {
    type Err = BadUrl;

    fn from_str(text: &str) -> Result<Self, BadUrl> {
        let implicit = match text.split_once("://") {
            Some(("smtp", _)) => false,
            Some(("smtps", _)) => true,
            _ => return Err(BadUrl::Scheme),
        };
        // A password with an unescaped # or / would silently become something else.
        let url = Url::parse(text).map_err(|_| BadUrl::Shape)?;
        if !["", "/"].contains(&url.path()) || url.fragment().is_some() {
            return Err(BadUrl::Shape);
        }
        let host = host(&url)?;
        let loopback = is_loopback(&host);
        let encryption = match (implicit, asked(&url)?) {
            (true, None | Some(Encryption::Required)) => Encryption::Implicit,
            (true, Some(_)) => return Err(BadUrl::Contradiction),
            (false, Some(asked)) => asked,
            (false, None) if loopback => Encryption::None,
            (false, None) => Encryption::Required,
        };
        let usual = match encryption {
            Encryption::Implicit => 465,
            _ if loopback => 25,
            _ => 587,
        };
        Ok(Self {
            host,
            port: url.port().unwrap_or(usual),
            encryption,
            credentials: credentials(&url)?,
        })
    }
}

fn host(url: &Url) -> Result<String, BadUrl> {
    // The parser takes any text for the host of a scheme that it does not know.
    let text = url.host_str().ok_or(BadUrl::Shape)?;
    match Host::parse(text).map_err(|_| BadUrl::Shape)? {
        Host::Domain(name) if name.is_empty() => Err(BadUrl::Shape),
        Host::Domain(name) => Ok(name),
        Host::Ipv4(ip) => Ok(ip.to_string()),
        Host::Ipv6(ip) => Ok(ip.to_string()),
    }
}

/// Whether the other end is this machine, by its name or number: nobody listens on the way.
fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn asked(url: &Url) -> Result<Option<Encryption>, BadUrl> {
    let mut asked = None;
    for (key, value) in url.query_pairs() {
        if key != "tls" || asked.is_some() {
            return Err(BadUrl::Query);
        }
        asked = Some(match &*value {
            "required" => Encryption::Required,
            "opportunistic" => Encryption::Opportunistic,
            "none" => Encryption::None,
            _ => return Err(BadUrl::Query),
        });
    }
    Ok(asked)
}

fn credentials(url: &Url) -> Result<Option<(String, String)>, BadUrl> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from).map_err(|_| BadUrl::Shape)
    };
    let user = decoded(url.username())?;
    let password = decoded(url.password().unwrap_or(""))?;
    if user.contains('\0') || password.contains('\0') {
        return Err(BadUrl::Shape);
    }
    match (user.is_empty(), password.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some((user, password))),
        _ => Err(BadUrl::Credentials),
    }
}

impl SmtpUrl {
    pub fn encryption(&self) -> Encryption {
        self.encryption
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

impl fmt::Display for SmtpUrl {
    /// Host and port: as people know it, and without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "[{}]:{}", self.host, self.port);
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({self}, {:?})", self.encryption)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_addresses_mean_what_they_say() {
        for (text, shown, encryption) in [
            (
                "smtps://u:p@mail.example",
                "mail.example:465",
                Encryption::Implicit,
            ),
            (
                "smtp://u:p@mail.example:587",
                "mail.example:587",
                Encryption::Required,
            ),
            (
                "smtp://mail.example",
                "mail.example:587",
                Encryption::Required,
            ),
            (
                "smtp://mail.example:25?tls=none",
                "mail.example:25",
                Encryption::None,
            ),
            (
                "smtp://mail.example?tls=opportunistic",
                "mail.example:587",
                Encryption::Opportunistic,
            ),
            ("smtp://localhost:1025", "localhost:1025", Encryption::None),
            ("smtp://127.0.0.1", "127.0.0.1:25", Encryption::None),
            (
                "smtp://[::1]:1025?tls=required",
                "[::1]:1025",
                Encryption::Required,
            ),
            (
                "smtp://MAIL.bücher.example/",
                "mail.xn--bcher-kva.example:587",
                Encryption::Required,
            ),
        ] {
            let url: SmtpUrl = text.parse().unwrap();
            assert_eq!(
                (url.to_string().as_str(), url.encryption()),
                (shown, encryption),
                "{text}"
            );
        }
    }

    #[test]
    fn a_password_may_hold_anything_once_it_is_escaped() {
        let url: SmtpUrl = "smtp://ada%40example.com:p%2F%23%3A%25@mail.example"
            .parse()
            .unwrap();
        let (user, password) = url.credentials.clone().unwrap();
        assert_eq!(
            (user.as_str(), password.as_str()),
            ("ada@example.com", "p/#:%")
        );
        assert!(!format!("{url} {url:?}").contains("p/#"));
    }

    #[test]
    fn a_bad_address_is_refused_without_repeating_it() {
        for (text, error) in [
            ("mail.example", BadUrl::Scheme),
            ("http://mail.example", BadUrl::Scheme),
            ("smtp://", BadUrl::Shape),
            ("smtp://u:s3cret@", BadUrl::Shape),
            ("smtp://u:s3cret#4@mail.example", BadUrl::Shape),
            ("smtp://u:1#s3cret@mail.example", BadUrl::Shape),
            ("smtp://u:1/s3cret@mail.example", BadUrl::Shape),
            ("smtp://u:s3cret@mail.example:99999", BadUrl::Shape),
            ("smtp://u:s3cret@ma il.example", BadUrl::Shape),
            ("smtp://u@mail.example", BadUrl::Credentials),
            ("smtp://:s3cret@mail.example", BadUrl::Credentials),
            ("smtp://u:s3cret@mail.example?tls=maybe", BadUrl::Query),
            ("smtp://u:s3cret@mail.example?verify=no", BadUrl::Query),
            (
                "smtps://u:s3cret@mail.example?tls=none",
                BadUrl::Contradiction,
            ),
        ] {
            let refused = text.parse::<SmtpUrl>().unwrap_err();
            assert_eq!(refused, error, "{text}");
            assert!(!format!("{refused} {refused:?}").contains("s3cret"));
        }
    }
}
