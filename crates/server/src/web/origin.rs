//! Whether a POST comes from a page of ours: from another site, nobody's cookies count.

use axum::http::{HeaderMap, HeaderName, header::ORIGIN};

use crate::{config::Config, web::host};

pub const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// How strictly a form is kept from other sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// From our own pages; a script without cookies needs no token.
    Own,
    /// The same, but a script needs a token too: it would sign somebody in.
    OwnWithToken,
    /// Other sites that the owner named may post it too, always as a guest.
    Guest,
    /// A mail program posts it: the secret in its address is all it needs.
    Mail,
}

/// Who posted a form, as far as the browser says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Own,
    /// A site that the owner named: no cookie counts.
    Allowed(String),
    Refused,
}

/// What is known of the form's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Right,
    Wrong,
    Missing,
}

/// The rule, in order: `Sec-Fetch-Site`, else `Origin`, else the form's token.
pub fn judge(
    config: &Config,
    headers: &HeaderMap,
    door: Door,
    token: Token,
    has_session: bool,
) -> Origin {
    let origin = of(headers);
    let is_own = origin.is_some_and(|origin| is_own(config, headers, origin));
    if door == Door::Mail {
        return Origin::Own;
    }
    if let (Door::Guest, Some(origin), false) = (door, origin, is_own)
        && is_allowed(config, origin)
    {
        return Origin::Allowed(origin.to_owned());
    }
    let taken = if let Some(site) = headers.get(SEC_FETCH_SITE) {
        site == "same-origin"
    } else if origin.is_some() {
        is_own
    } else {
        match token {
            Token::Right => true,
            Token::Wrong => false,
            Token::Missing => door != Door::OwnWithToken && !has_session,
        }
    };
    if taken { Origin::Own } else { Origin::Refused }
}

/// The origin that the browser names; `null` says nothing.
pub fn of(headers: &HeaderMap) -> Option<&str> {
    let origin = headers.get(ORIGIN)?;
    // What is no text is no origin of ours.
    let origin = origin.to_str().unwrap_or("?");
    (origin != "null").then_some(origin)
}

pub fn is_allowed(config: &Config, origin: &str) -> bool {
    config.allowed_origins.iter().any(|own| own == origin)
}

/// On a loopback `site_url` the name that the browser used counts too.
fn is_own(config: &Config, headers: &HeaderMap, origin: &str) -> bool {
    origin == config.origin()
        || host::loopback_alias(config, headers)
            .is_some_and(|alias| origin == format!("{}://{alias}", config.site_url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://ours.test";
    const GOOD: &str = "https://good.test";

    fn config() -> Config {
        let env = [("PIGEON_SITE_URL", SITE), ("PIGEON_ALLOWED_ORIGINS", GOOD)];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Config::from_sources("pigeon.toml", "", env).expect("a valid configuration")
    }

    fn judged(site: &str, origin: &str, door: Door, token: Token, has_session: bool) -> Origin {
        let mut headers = HeaderMap::new();
        for (name, value) in [(SEC_FETCH_SITE, site), (ORIGIN, origin)] {
            if !value.is_empty() {
                headers.insert(name, value.parse().unwrap());
            }
        }
        judge(&config(), &headers, door, token, has_session)
    }

    #[test]
    fn sec_fetch_site_comes_first_and_only_same_origin_is_taken() {
        for door in [Door::Own, Door::OwnWithToken, Door::Guest] {
            for site in ["same-site", "cross-site", "none", "odd"] {
                let judged = judged(site, SITE, door, Token::Right, false);
                assert_eq!(judged, Origin::Refused, "{door:?} {site}");
            }
            for origin in ["", "null", SITE, "https://evil.test"] {
                let judged = judged("same-origin", origin, door, Token::Missing, true);
                assert_eq!(judged, Origin::Own, "{door:?} {origin}");
            }
        }
    }

    #[test]
    fn without_it_the_origin_is_compared_whole() {
        for door in [Door::Own, Door::OwnWithToken, Door::Guest] {
            assert_eq!(judged("", SITE, door, Token::Missing, true), Origin::Own);
            for origin in [
                "https://evil.test",
                "http://ours.test",
                "https://ours.test:8443",
                "https://ours.test.evil.test",
                "https://www.ours.test",
            ] {
                let judged = judged("", origin, door, Token::Right, false);
                assert_eq!(judged, Origin::Refused, "{door:?} {origin}");
            }
        }
    }

    #[test]
    fn without_both_the_token_decides_and_a_script_without_cookies_needs_none() {
        for origin in ["", "null"] {
            for (door, token, has_session, taken) in [
                (Door::Own, Token::Right, true, true),
                (Door::Own, Token::Wrong, false, false),
                (Door::Own, Token::Missing, false, true),
                (Door::Own, Token::Missing, true, false),
                (Door::OwnWithToken, Token::Right, false, true),
                (Door::OwnWithToken, Token::Missing, false, false),
                (Door::Guest, Token::Missing, false, true),
                (Door::Guest, Token::Missing, true, false),
                (Door::Mail, Token::Missing, true, true),
            ] {
                let is_taken = judged("", origin, door, token, has_session) == Origin::Own;
                assert_eq!(is_taken, taken, "{door:?} {token:?} {has_session}");
            }
        }
    }

    #[test]
    fn a_named_site_posts_guest_forms_only_and_never_as_ours() {
        let guest = judged("cross-site", GOOD, Door::Guest, Token::Missing, true);
        assert_eq!(guest, Origin::Allowed(GOOD.into()));
        for door in [Door::Own, Door::OwnWithToken] {
            let other = judged("cross-site", GOOD, door, Token::Right, true);
            assert_eq!(other, Origin::Refused);
        }
    }
}
