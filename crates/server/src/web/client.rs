//! The client's address: what a trusted proxy says, else the connection's other end.

use std::{net::IpAddr, sync::atomic::Ordering::Relaxed};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, header},
};
use ipnet::IpNet;

use crate::{App, web::request::Peer};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    pub ip: IpAddr,
}

impl Client {
    /// The rightmost address that no trusted proxy has: what stands further left, anybody may
    /// have written.
    pub fn find(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip));
        let mut ip = peer.to_canonical();
        for hop in hops(headers).rev() {
            if !is_trusted(ip) {
                break;
            }
            let Some(hop) = hop else { break };
            ip = hop;
        }
        Self { ip }
    }
}

/// Says in the log, once, that a proxy nearby forwards to us that the owner has not named: all its
/// visitors count as one.
pub fn note_unnamed_proxy(app: &App, request: &Request) {
    let Some(Peer(peer)) = request.extensions().get() else {
        return;
    };
    let is_new = !app.unnamed_proxy.load(Relaxed)
        && is_unnamed_proxy(*peer, request.headers(), &app.config.trusted_proxies);
    if is_new && !app.unnamed_proxy.swap(true, Relaxed) {
        tracing::warn!("a proxy forwards requests, but trusted_proxies does not name it");
    }
}

fn is_unnamed_proxy(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    let nearby = match peer {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    let forwards = headers.contains_key(FORWARDED_FOR) || headers.contains_key(header::FORWARDED);
    nearby && forwards && !trusted.iter().any(|net| net.contains(&peer))
}

/// What the header says, left to right; None for what is no address.
fn hops(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = Option<IpAddr>> {
    let lines = headers.get_all(FORWARDED_FOR).iter();
    let lines = lines.map(|line| line.to_str().unwrap_or_default());
    let hops: Vec<_> = lines.flat_map(|line| line.split(',')).map(hop).collect();
    hops.into_iter()
}

/// An address, perhaps with a port.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let ip = bare.parse().ok();
    let ip = ip.or_else(|| Some(text.parse::<std::net::SocketAddr>().ok()?.ip()));
    Some(ip?.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits;

    fn found(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        limits::network(Client::find(peer.parse().unwrap(), &headers, &trusted).ip)
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_their_own_word() {
        for (peer, forwarded, expected) in [
            ("192.0.2.1", &["1.2.3.4"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["1.2.3.4"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
            ("10.0.0.1", &["6.6.6.6", "1.2.3.4, 10.0.0.2"], "1.2.3.4"),
            ("10.0.0.1", &["1.2.3.4, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &["1.2.3.4:5678"], "1.2.3.4"),
            ("::1", &["[2001:db8:1:2:3::4]:99"], "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", &[], "192.0.2.1"),
        ] {
            assert_eq!(found(peer, forwarded), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        assert_eq!(
            found("2001:db8:1:2:3::4", &[]),
            found("2001:db8:1:2:ffff::9", &[])
        );
        assert_ne!(
            found("2001:db8:1:2:3::4", &[]),
            found("2001:db8:1:3::4", &[])
        );
    }
}
