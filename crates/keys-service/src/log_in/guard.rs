//! Who may try a password now: soft locks for names and devices, and a budget for each address.
//!
//! | who | what it is counted by | what a stranger can do to it |
//! |---|---|---|
//! | a name that somebody has | the account, so that a new name is no way round | make it wait, a day at most |
//! | a browser that has logged in as somebody before | account and device | nothing: it has a lock of its own |
//! | a name that nobody has | the name | the same, so that nothing tells them apart |
//! | an address | the address, an IPv6 network as a whole | take more than its share from others there |
//!
//! All of it lives in memory, in tables of a fixed size, and a restart forgets it. An administrator opens the locks of a
//! person, of the account and of its devices, before their time. Names that somebody has and names that
//! nobody has are kept apart: strangers can invent names without end, and may not crowd out the others.

use std::net::IpAddr;
use std::time::Duration;

use keys_core::{AccountId, DeviceHash, FoldedLogin, SoftLock, Timestamp};

use super::table::{Fades, Table};

impl Fades for SoftLock {
    const FRESH: Self = Self::OPEN;

    fn fades(&self) -> Timestamp {
        self.until()
    }
}

/// Whose failures are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// Those with the name of this account, from anywhere.
    Account(AccountId),
    /// Those from a device that this account has logged in on before.
    Device(AccountId, DeviceHash),
    /// Those with a name that nobody has.
    Nobody(FoldedLogin),
}

/// It is too soon for another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooSoon {
    /// From when on there may be one.
    pub(super) until: Timestamp,
}

/// Everything that is remembered of failed attempts.
#[derive(Debug)]
pub(super) struct Guard {
    known: Table<SoftLock>,
    unknown: Table<SoftLock>,
    addresses: Table<Budget>,
}

/// Places for 16,384 locks of accounts and devices, 4,096 of names nobody has, 16,384 addresses: under 2 MiB.
const KNOWN_BUCKETS: usize = 2_048;
const UNKNOWN_BUCKETS: usize = 512;
const ADDRESS_BUCKETS: usize = 2_048;

impl Guard {
    pub(super) fn new() -> Self {
        Self {
            known: Table::new(KNOWN_BUCKETS),
            unknown: Table::new(UNKNOWN_BUCKETS),
            addresses: Table::new(ADDRESS_BUCKETS),
        }
    }

    /// Whether an attempt may begin; counts nothing.
    pub(super) fn check(&self, lane: &Lane, address: Option<IpAddr>, now: Timestamp) -> Result<(), TooSoon> {
        let lock = self.table(lane).get(lane);
        lock.check(now).map_err(|locked| TooSoon { until: locked.until })?;
        match counted(lane, address) {
            Some(address) => self.addresses.get(address).check(now),
            None => Ok(()),
        }
    }

    /// Begins an attempt, which counts as a failure until it [succeeds](Self::succeed).
    pub(super) fn begin(&self, lane: &Lane, address: Option<IpAddr>, now: Timestamp) -> Result<(), TooSoon> {
        self.check(lane, address, now)?;
        let begun = self.table(lane).change(lane, |lock| lock.begin(now));
        begun.map_err(|locked| TooSoon { until: locked.until })?;
        if let Some(address) = counted(lane, address) {
            self.addresses.change(address, |budget| budget.charge(now));
        }
        Ok(())
    }

    /// The attempt succeeded: the lane is open, and the address has its share back.
    pub(super) fn succeed(&self, lane: &Lane, address: Option<IpAddr>) {
        self.open(lane);
        if let Some(address) = counted(lane, address) {
            self.addresses.change(address, Budget::refund);
        }
    }

    /// Forgets the failures of a lane.
    pub(super) fn open(&self, lane: &Lane) {
        self.table(lane).change(lane, SoftLock::succeed);
    }

    const fn table(&self, lane: &Lane) -> &Table<SoftLock> {
        match lane {
            Lane::Account(_) | Lane::Device(..) => &self.known,
            Lane::Nobody(_) => &self.unknown,
        }
    }
}

/// What an address is counted as; `None` when it is not counted.
///
/// A known device is not held up by what others at its address do. Nor is this machine itself: behind a proxy whose
/// header is not believed, everybody would have its address, and one stranger could hold up all of them.
fn counted(lane: &Lane, address: Option<IpAddr>) -> Option<IpAddr> {
    match lane {
        Lane::Account(_) | Lane::Nobody(_) => address.map(network).filter(|address| !address.is_loopback()),
        Lane::Device(..) => None,
    }
}

/// The address, or the /64 it is in: one subscriber has 2^64 IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6([a, b, c, d, 0, 0, 0, 0].into())
        }
        address @ (IpAddr::V4(_) | IpAddr::V6(_)) => address,
    }
}

/// How many failures an address has left: 60 at once, and one more every 30 seconds.
///
/// Kept is the instant at which all of them are back, which is one number however many there were (GCRA).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Budget {
    whole: Timestamp,
}

impl Budget {
    const EACH: Duration = Duration::from_secs(30);
    const AT_ONCE: u32 = 60;

    fn check(self, now: Timestamp) -> Result<(), TooSoon> {
        let most = Self::EACH.saturating_mul(Self::AT_ONCE - 1);
        let owed = self.whole.since(now);
        // A clock that went back must not make anybody wait for more than all of it.
        if owed <= most || owed > most + Self::EACH {
            return Ok(());
        }
        Err(TooSoon { until: now.checked_add(owed - most).unwrap_or(Timestamp::MAX) })
    }

    fn charge(&mut self, now: Timestamp) {
        let most = Self::EACH.saturating_mul(Self::AT_ONCE);
        let from = if self.whole.since(now) > most { now } else { self.whole.max(now) };
        self.whole = from.checked_add(Self::EACH).unwrap_or(Timestamp::MAX);
    }

    fn refund(&mut self) {
        let each = i64::try_from(Self::EACH.as_millis()).unwrap_or(0);
        let earlier = self.whole.as_millis().saturating_sub(each);
        self.whole = Timestamp::from_millis(earlier).unwrap_or(Timestamp::MIN);
    }
}

impl Fades for Budget {
    const FRESH: Self = Self { whole: Timestamp::MIN };

    fn fades(&self) -> Timestamp {
        self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_458_600_000 + seconds * 1_000).unwrap()
    }

    fn nobody(n: u32) -> Lane {
        Lane::Nobody(format!("nobody {n}").parse::<keys_core::LoginName>().unwrap().folded())
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn an_address_has_sixty_failures_and_one_more_every_thirty_seconds() {
        let guard = Guard::new();
        let from = address("192.0.2.7");
        let begun = (0..100).filter(|n| guard.begin(&nobody(*n), from, at(0)).is_ok()).count();
        assert_eq!(begun, 60);
        assert_eq!(guard.check(&nobody(200), from, at(0)), Err(TooSoon { until: at(30) }));
        assert_eq!(guard.check(&nobody(200), from, at(29)), Err(TooSoon { until: at(30) }));
        assert_eq!(guard.begin(&nobody(200), from, at(30)), Ok(()));
        assert!(guard.begin(&nobody(201), from, at(30)).is_err());
        assert_eq!(guard.begin(&nobody(202), address("192.0.2.8"), at(30)), Ok(()), "another address");
        // After half an hour all of them are back.
        let begun = (300..400).filter(|n| guard.begin(&nobody(*n), from, at(1_830)).is_ok()).count();
        assert_eq!(begun, 60);
    }

    #[test]
    fn success_costs_an_address_nothing() {
        let guard = Guard::new();
        let from = address("192.0.2.7");
        let lane = Lane::Account("1a7".parse().unwrap());
        for _ in 0..1_000 {
            guard.begin(&lane, from, at(0)).unwrap();
            guard.succeed(&lane, from);
        }
        assert_eq!(guard.addresses.get(from.unwrap()), Budget { whole: at(0) });
    }

    #[test]
    fn a_network_counts_as_one_and_this_machine_not_at_all() {
        let guard = Guard::new();
        let begun = (0..100u32)
            .filter(|n| guard.begin(&nobody(*n), address(&format!("2001:db8:1:2::{n:x}")), at(0)).is_ok())
            .count();
        assert_eq!(begun, 60);
        assert!(guard.check(&nobody(999), address("2001:db8:1:3::1"), at(0)).is_ok());
        assert!(guard.check(&nobody(999), address("::ffff:192.0.2.7"), at(0)).is_ok());
        for this in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(
                (0..100u32)
                    .filter(|n| guard
                        .begin(&nobody(*n + 1_000), address(this), at(1_000_000 + i64::from(*n)))
                        .is_ok())
                    .count(),
                100,
                "{this}"
            );
            guard_reset(&guard);
        }
    }

    fn guard_reset(guard: &Guard) {
        (0..100).for_each(|n| guard.open(&nobody(n + 1_000)));
    }

    #[test]
    fn a_known_device_is_held_up_by_nobody_else() {
        let guard = Guard::new();
        let account = "1a7".parse().unwrap();
        let from = address("192.0.2.7");
        for n in 0..100 {
            let _ = guard.begin(&nobody(n), from, at(0));
            let _ = guard.begin(&Lane::Account(account), from, at(0));
        }
        assert!(guard.check(&Lane::Account(account), from, at(0)).is_err());
        let device = |byte| Lane::Device(account, DeviceHash::from_bytes([byte; 32]));
        assert_eq!(guard.begin(&device(1), from, at(0)), Ok(()));
        assert!(guard.begin(&device(1), from, at(0)).is_err(), "but by its own failures");
        assert_eq!(guard.begin(&device(2), from, at(0)), Ok(()));
    }

    #[test]
    fn invented_names_do_not_crowd_out_the_lock_of_a_name_that_somebody_has() {
        let guard = Guard::new();
        let lane = Lane::Account("1a7".parse().unwrap());
        guard.begin(&lane, None, at(0)).unwrap();
        for n in 0..100_000 {
            let _ = guard.begin(&nobody(n), None, at(i64::from(n)));
        }
        assert!(guard.check(&lane, None, at(0)).is_err());
    }

    #[test]
    fn a_clock_that_went_back_holds_nobody_up_for_longer() {
        let mut budget = Budget::FRESH;
        (0..60).for_each(|_| budget.charge(at(0)));
        assert!(budget.check(at(0)).is_err());
        assert_eq!(budget.check(at(-100_000)), Ok(()));
    }
}
