//! Who may come in: so many connections in all, and so many from one address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::limits::Limits;
use crate::proxies::{Network, is_trusted};

/// Counts connections.
#[derive(Debug, Clone)]
pub(super) struct Door {
    counts: Arc<Mutex<Counts>>,
    in_all: usize,
    of_one: usize,
    exempt: Arc<[Network]>,
}

#[derive(Debug, Default)]
struct Counts {
    in_all: usize,
    of_one: HashMap<Neighbourhood, usize>,
}

/// An IPv4 address, or the 64 bits of an IPv6 address that one customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Neighbourhood(IpAddr);

impl Neighbourhood {
    /// `None` for loopback, where every address is this machine: a local proxy brings everybody.
    fn of(address: IpAddr) -> Option<Self> {
        let address = address.to_canonical();
        if address.is_loopback() {
            return None;
        }
        Some(Self(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
        }))
    }
}

impl Door {
    /// A door that lets in as many as `limits` say. A trusted proxy brings everybody, so it is not one caller.
    pub(super) fn new(limits: &Limits, trusted_proxies: &[Network]) -> Self {
        let counts = Arc::default();
        Self {
            counts,
            in_all: limits.connections,
            of_one: limits.connections_per_address,
            exempt: trusted_proxies.into(),
        }
    }

    /// Lets a connection in, for as long as the admission is kept; `None` when there is no room.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Admission> {
        let neighbourhood = if is_trusted(&self.exempt, address) { None } else { Neighbourhood::of(address) };
        let mut counts = self.lock();
        if counts.in_all >= self.in_all {
            return None;
        }
        if let Some(neighbourhood) = neighbourhood {
            let count = counts.of_one.entry(neighbourhood).or_default();
            if *count >= self.of_one {
                return None;
            }
            *count += 1;
        }
        counts.in_all += 1;
        drop(counts);
        Some(Admission { door: self.clone(), neighbourhood })
    }

    /// The counts hold after every statement, so a panic elsewhere has not broken them.
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to be connected.
#[derive(Debug)]
pub(super) struct Admission {
    door: Door,
    neighbourhood: Option<Neighbourhood>,
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut counts = self.door.lock();
        counts.in_all = counts.in_all.saturating_sub(1);
        let Some(neighbourhood) = self.neighbourhood else { return };
        if let Entry::Occupied(mut count) = counts.of_one.entry(neighbourhood) {
            *count.get_mut() = count.get().saturating_sub(1);
            // Nobody there, nothing kept: the table is never larger than the number of connections.
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(in_all: usize, of_one: usize) -> Door {
        let limits = Limits { connections: in_all, connections_per_address: of_one, ..Limits::default() };
        Door::new(&limits, &["10.9.0.0/16".parse().unwrap()])
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_gets_so_many_and_gets_them_back() {
        let door = door(100, 2);
        let first = door.admit(address("10.0.0.1"));
        let second = door.admit(address("::ffff:10.0.0.1"));
        assert!(first.is_some() && second.is_some());
        assert!(door.admit(address("10.0.0.1")).is_none());
        assert!(door.admit(address("10.0.0.2")).is_some());
        drop(second);
        assert!(door.admit(address("10.0.0.1")).is_some());
        drop(first);
        assert!(door.lock().of_one.is_empty());
        assert_eq!(door.lock().in_all, 0);
    }

    #[test]
    fn a_trusted_proxy_counts_towards_the_whole_only() {
        let door = door(3, 1);
        let kept = ["10.9.0.1", "::ffff:10.9.0.1", "10.9.0.1"].map(|text| door.admit(address(text)));
        assert!(kept.iter().all(Option::is_some));
        assert!(door.admit(address("10.9.0.1")).is_none());
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_address() {
        let door = door(100, 1);
        let kept = door.admit(address("2001:db8:1:2::1"));
        assert!(kept.is_some());
        assert!(door.admit(address("2001:db8:1:2:ffff::9")).is_none());
        assert!(door.admit(address("2001:db8:1:3::1")).is_some());
    }

    #[test]
    fn loopback_counts_towards_the_whole_only() {
        let door = door(3, 1);
        let kept: Vec<_> =
            ["127.0.0.1", "127.0.0.1", "::1"].map(|text| door.admit(address(text))).into_iter().collect();
        assert!(kept.iter().all(Option::is_some));
        assert!(door.admit(address("127.0.0.1")).is_none());
        assert!(door.admit(address("10.0.0.1")).is_none());
        assert!(door.lock().of_one.is_empty());
    }
}
