use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;

/// Connections of one client at one time. A browser opens six; many people may share an address.
const MOST: u32 = 256;

/// Who has how many connections. This machine and the proxies that the owner trusts have as many
/// as they like: everybody comes through them.
pub(super) struct Clients {
    counts: Arc<Mutex<HashMap<IpAddr, u32>>>,
    trusted: Vec<IpNet>,
}

/// One connection; dropped when it ends.
pub(super) struct Entered {
    counts: Arc<Mutex<HashMap<IpAddr, u32>>>,
    /// None: not counted.
    client: Option<IpAddr>,
}

impl Clients {
    pub(super) fn new(trusted: Vec<IpNet>) -> Self {
        Self {
            counts: Arc::default(),
            trusted,
        }
    }

    /// None when the client has too many already.
    pub(super) fn enter(&self, peer: IpAddr) -> Option<Entered> {
        let peer = peer.to_canonical();
        let is_free = peer.is_loopback() || self.trusted.iter().any(|net| net.contains(&peer));
        let client = (!is_free).then(|| network_of(peer));
        if let Some(client) = client {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(client).or_default();
            if *count >= MOST {
                return None;
            }
            *count += 1;
        }
        Some(Entered {
            counts: Arc::clone(&self.counts),
            client,
        })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&client);
            }
        }
    }
}

/// A customer's network, where an address of IPv6 is one of many.
fn network_of(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_so_many_connections_and_others_are_not_kept_out() {
        let clients = Clients::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let of = |ip: &str| clients.enter(ip.parse().unwrap());
        let mut open: Vec<_> = (0..MOST).map(|_| of("2001:db8::1").unwrap()).collect();
        assert!(of("2001:db8::2").is_none());
        assert!(of("2001:db8:0:1::1").is_some());
        open.pop();
        assert!(of("2001:db8::2").is_some());
        for ip in ["127.0.0.1", "10.1.2.3"] {
            let many: Vec<_> = (0..=MOST).map(|_| of(ip)).collect();
            assert!(many.iter().all(Option::is_some), "{ip}");
        }
        drop(open);
        assert!(clients.counts.lock().unwrap().is_empty());
    }
}
