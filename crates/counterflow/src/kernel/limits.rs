//! How often something may be tried from an address, and how often a password may be guessed. In memory, in every
//! process for itself.
//!
//! Guesses of a stranger must not lock out the owner of an account. So whoever comes from a network from which this
//! account was signed in to before is counted for themselves, and all others together.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Mutex,
    time::Duration,
};

use axum::http::StatusCode;
use governor::{
    DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock, QuantaInstant, Reference as _},
    nanos::Nanos,
};

use super::error::Error;

/// Old counters are looked for at most this often: it walks through all of them.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// Where a request comes from: an IPv4 address, or the /64 of an IPv6 address, which is what one household or one
/// machine gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => Self(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into()),
            address @ IpAddr::V4(_) => Self(address),
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether the owner of an account has signed in from where a guess comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Somebody has signed in to this account from this network before.
    Known,
    /// Nobody has.
    Stranger,
}

type Counter<K> = DefaultKeyedRateLimiter<K>;

/// The counters. Keys that have recovered are forgotten, so that they cannot fill the memory.
#[derive(Debug)]
pub struct Limits {
    /// From one network: 60 a minute, since an office shares one.
    visits: Counter<Network>,
    /// On one account from a network that it knows: 10, then one in 3 minutes.
    known: Counter<(String, Network)>,
    /// On one account from a network that it does not know: 5, then one in 12 minutes;
    stranger: Counter<(String, Network)>,
    /// and from all such networks together: 10, then one in 4 minutes.
    strangers: Counter<String>,
    tidied: Mutex<QuantaInstant>,
}

impl Default for Limits {
    fn default() -> Self {
        let visits = Quota::per_minute(NonZeroU32::new(60).unwrap_or(NonZeroU32::MIN));
        Self {
            visits: RateLimiter::keyed(visits),
            known: counter(10, Duration::from_mins(3)),
            stranger: counter(5, Duration::from_mins(12)),
            strangers: counter(10, Duration::from_mins(4)),
            tidied: Mutex::new(DefaultClock::default().now()),
        }
    }
}

/// Counts `burst` tries at once, and then one more every `period`.
fn counter<K: Hash + Eq + Clone>(burst: u32, period: Duration) -> Counter<K> {
    let one = Quota::per_hour(NonZeroU32::MIN);
    let quota = Quota::with_period(period).unwrap_or(one);
    RateLimiter::keyed(quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)))
}

impl Limits {
    /// Counts one request for something dear: a letter, a password to be hashed.
    ///
    /// # Errors
    /// 429 with the seconds to wait, once there were too many.
    pub fn visit(&self, address: IpAddr) -> Result<(), Error> {
        self.tidy();
        self.visits.check_key(&address.into()).map_err(|wait| self.too_many(&wait))
    }

    /// Counts one guess of an account's password. What was refused is not counted again elsewhere: one network that
    /// is out of guesses does not use up those of the others.
    ///
    /// # Errors
    /// 429 with the seconds to wait, once there were too many.
    pub fn guess(&self, account: &str, address: IpAddr, caller: Caller) -> Result<(), Error> {
        let account = account.to_lowercase();
        let here = (account.clone(), Network::from(address));
        let counted = match caller {
            Caller::Known => self.known.check_key(&here),
            Caller::Stranger => self.stranger.check_key(&here).and_then(|()| self.strangers.check_key(&account)),
        };
        counted.map_err(|wait| self.too_many(&wait))
    }

    fn too_many(&self, wait: &NotUntil<QuantaInstant>) -> Error {
        let seconds = wait.wait_time_from(self.visits.clock().now()).as_secs() + 1;
        Error::Trouble {
            status: StatusCode::TOO_MANY_REQUESTS,
            key: "too_many",
            data: vec![("seconds", seconds.to_string())],
        }
    }

    fn tidy(&self) {
        let now = self.visits.clock().now();
        let Ok(mut tidied) = self.tidied.try_lock() else { return };
        if !is_due(*tidied, now) {
            return;
        }
        *tidied = now;
        drop(tidied);
        self.visits.retain_recent();
        self.known.retain_recent();
        self.stranger.retain_recent();
        self.strangers.retain_recent();
    }
}

fn is_due(tidied: QuantaInstant, now: QuantaInstant) -> bool {
    now.duration_since(tidied) >= Nanos::from(TIDY_EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([203, 0, 113, last])
    }

    fn guesses(limits: &Limits, from: IpAddr, caller: Caller) -> usize {
        (0..20).take_while(|_| limits.guess("a@x.example", from, caller).is_ok()).count()
    }

    #[test]
    fn strangers_share_their_guesses_and_leave_the_owner_theirs() {
        let limits = Limits::default();
        assert_eq!(guesses(&limits, address(1), Caller::Stranger), 5);
        assert_eq!(guesses(&limits, address(2), Caller::Stranger), 5);
        assert_eq!(guesses(&limits, address(3), Caller::Stranger), 0, "ten from all strangers together");
        assert_eq!(guesses(&limits, address(4), Caller::Known), 10, "the owner is not locked out");
        assert!(limits.guess("b@x.example", address(1), Caller::Stranger).is_ok(), "nor is anybody else");
    }

    #[test]
    fn a_network_that_is_out_of_guesses_does_not_use_up_those_of_others() {
        let limits = Limits::default();
        for _ in 0..100 {
            let _ = limits.guess("a@x.example", address(1), Caller::Stranger);
        }
        assert_eq!(guesses(&limits, address(2), Caller::Stranger), 5);
    }

    #[test]
    fn an_account_is_the_same_whatever_its_case() {
        let limits = Limits::default();
        assert_eq!(guesses(&limits, address(1), Caller::Known), 10);
        let refused = limits.guess("A@X.example", address(1), Caller::Known).unwrap_err();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    }

    #[test]
    fn sixty_requests_a_minute_from_one_network() {
        let limits = Limits::default();
        let from = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, last]);
        let allowed = (0..100).filter(|last| limits.visit(from(*last)).is_ok()).count();
        assert_eq!(allowed, 60, "all of a /64 is one");
        assert!(limits.visit(IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 1])).is_ok());
    }

    #[test]
    fn an_ipv4_address_is_the_same_inside_ipv6() {
        let inside = address(9).to_string().parse::<std::net::Ipv4Addr>().unwrap().to_ipv6_mapped();
        assert_eq!(Network::from(IpAddr::from(inside)), Network::from(address(9)));
    }

    #[test]
    fn tidying_is_due_once_a_minute() {
        let start = DefaultClock::default().now();
        let after = |seconds| start + Nanos::from(Duration::from_secs(seconds));
        assert!(!is_due(start, after(59)));
        assert!(is_due(start, after(60)));
    }
}
