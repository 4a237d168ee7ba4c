//! The Host check: pages, links and cookies belong to `site_url`, and to no other name that
//! happens to lead here.

use std::net::IpAddr;

use axum::http::{
    HeaderMap, Uri,
    header::HOST,
    uri::{Authority, Scheme},
};

use crate::config::Config;

#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Ours,
    /// Another name of this machine: cookies belong to one of them.
    Alias,
    Unknown,
    /// None, or several, or what is no name.
    Malformed,
}

pub fn check(config: &Config, headers: &HeaderMap, uri: &Uri) -> Verdict {
    let Some(host) = named(headers) else {
        return Verdict::Malformed;
    };
    if uri.authority().is_some_and(|authority| *authority != host) {
        return Verdict::Unknown;
    }
    let own = config.site_url.host_str().unwrap_or_default();
    let same_name = host.host().eq_ignore_ascii_case(own);
    if is_loopback(own) {
        return match (same_name, is_loopback(host.host())) {
            // On any port: a container's may be mapped to another.
            (true, _) => Verdict::Ours,
            (false, true) => Verdict::Alias,
            (false, false) => Verdict::Unknown,
        };
    }
    let port = host.port_u16().or_else(|| default_port(config));
    if same_name && port == config.site_url.port_or_known_default() {
        Verdict::Ours
    } else {
        Verdict::Unknown
    }
}

/// The name that a request used for this machine, where `site_url` is on it too.
pub fn loopback_alias(config: &Config, headers: &HeaderMap) -> Option<String> {
    let host = named(headers)?;
    let both = is_loopback(config.site_url.host_str()?) && is_loopback(host.host());
    both.then(|| host.as_str().to_ascii_lowercase())
}

fn named(headers: &HeaderMap) -> Option<Authority> {
    let mut hosts = headers.get_all(HOST).iter();
    let host: Authority = hosts.next()?.to_str().ok()?.parse().ok()?;
    let alone = hosts.next().is_none() && !host.as_str().contains('@');
    alone.then_some(host)
}

fn default_port(config: &Config) -> Option<u16> {
    let scheme = Scheme::try_from(config.site_url.scheme()).ok()?;
    Some(if scheme == Scheme::HTTPS { 443 } else { 80 })
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(site_url: &str, hosts: &[&str], uri: &str) -> Verdict {
        let env = [("PIGEON_SITE_URL".to_owned(), site_url.to_owned())];
        let config = Config::from_sources("pigeon.toml", "", env).expect("a valid configuration");
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, host.parse().unwrap());
        }
        check(&config, &headers, &uri.parse().unwrap())
    }

    #[test]
    fn only_the_sites_own_name_is_ours() {
        let site = "https://ours.test";
        for host in ["ours.test", "OURS.test", "ours.test:443"] {
            assert_eq!(checked(site, &[host], "/"), Verdict::Ours, "{host}");
        }
        for host in [
            "evil.test",
            "ours.test:8080",
            "ours.test.evil.test",
            "localhost",
            "127.0.0.1",
        ] {
            assert_eq!(checked(site, &[host], "/"), Verdict::Unknown, "{host}");
        }
        for hosts in [
            &[][..],
            &["ours.test", "ours.test"],
            &["a@ours.test"],
            &["a b"],
            &[""],
        ] {
            assert_eq!(checked(site, hosts, "/"), Verdict::Malformed, "{hosts:?}");
        }
        let absolute = "http://evil.test/pigeon";
        assert_eq!(checked(site, &["ours.test"], absolute), Verdict::Unknown);
    }

    #[test]
    fn on_loopback_every_name_of_this_machine_counts() {
        let site = "http://localhost:8080";
        for (host, verdict) in [
            ("localhost:8080", Verdict::Ours),
            ("localhost:9090", Verdict::Ours),
            ("127.0.0.1:8080", Verdict::Alias),
            ("[::1]:8080", Verdict::Alias),
            ("evil.test", Verdict::Unknown),
        ] {
            assert_eq!(checked(site, &[host], "/"), verdict, "{host}");
        }
    }
}
