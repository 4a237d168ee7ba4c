//! Where a form leads on to: its `redirect` field, if that is on this site or on a named one.

use url::Url;

use crate::config::Config;

/// The address to lead on to, as it goes into `Location`: a path, or an address of a named site.
/// None for anything that a browser might take elsewhere.
pub fn parse(config: &Config, redirect: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_graphic() && c != '\\';
    if redirect.is_empty() || redirect.len() > 2_000 || !redirect.chars().all(plain) {
        return None;
    }
    if redirect.starts_with('/') {
        let url = config.site_url.join(redirect).ok()?;
        let stays = url.origin() == config.site_url.origin() && !url.path().starts_with("//");
        return stays.then(|| path_of(&url));
    }
    let url = Url::parse(redirect).ok()?;
    // Written out with its slashes: `https:evil` is a path to some, and a host to others.
    let whole = redirect
        .split_once("://")
        .is_some_and(|(scheme, rest)| scheme == url.scheme() && !rest.starts_with('/'));
    let bare = url.username().is_empty() && url.password().is_none();
    if !whole || !bare || !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if url.origin() == config.site_url.origin() {
        return Some(path_of(&url));
    }
    let origin = url.origin().ascii_serialization();
    config.allowed_origins.contains(&origin).then(|| url.into())
}

fn path_of(url: &Url) -> String {
    url[url::Position::BeforePath..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(redirect: &str) -> Option<String> {
        let env = [
            ("PIGEON_SITE_URL", "https://ours.test"),
            ("PIGEON_ALLOWED_ORIGINS", "https://good.test"),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_sources("pigeon.toml", "", env).expect("a valid configuration");
        parse(&config, redirect)
    }

    #[test]
    fn paths_and_named_sites_are_followed() {
        for (redirect, expected) in [
            ("/thanks", "/thanks"),
            ("/thanks?a=b&c=%2F#top", "/thanks?a=b&c=%2F#top"),
            ("/", "/"),
            ("https://ours.test/thanks", "/thanks"),
            ("https://good.test/thanks", "https://good.test/thanks"),
        ] {
            assert_eq!(parsed(redirect).as_deref(), Some(expected), "{redirect}");
        }
    }

    #[test]
    fn anything_that_leads_elsewhere_is_not_followed() {
        for redirect in [
            "",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "https:evil.test",
            "https:/evil.test",
            "https:///evil.test",
            "\t//evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            " /thanks",
            "https://evil.test",
            "https://ours.test.evil.test",
            "https://ours.test@evil.test",
            "https://evil@good.test/",
            "http://good.test/",
            "https://good.test:8443/",
            "javascript:1",
            "data:text/html,1",
            "%2f%2fevil.test",
            "/%5c\\evil.test",
            "/.//evil.test",
            "/x/..//evil.test",
            "thanks",
            "?x",
        ] {
            assert_eq!(parsed(redirect), None, "{redirect:?}");
        }
    }
}
