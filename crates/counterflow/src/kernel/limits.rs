//! How often something may be tried: sign-in by account and by address. In memory, in every process for itself.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use axum::http::StatusCode;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use super::error::Error;

/// The counters. Keys that have recovered are forgotten, so that they cannot fill the memory.
#[derive(Debug)]
pub struct Limits {
    account: DefaultKeyedRateLimiter<String>,
    address: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        let number = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        // Twenty tries an hour on one account, from wherever; sixty a minute from one address, since an office shares one.
        let account = Quota::with_period(Duration::from_secs(180)).unwrap_or(Quota::per_hour(number(20)));
        Self {
            account: RateLimiter::keyed(account.allow_burst(number(10))),
            address: RateLimiter::keyed(Quota::per_minute(number(60))),
        }
    }
}

impl Limits {
    /// Counts one try on an account from an address.
    ///
    /// # Errors
    /// 429 with the seconds to wait, once there were too many.
    pub fn count(&self, account: &str, address: IpAddr) -> Result<(), Error> {
        self.tidy();
        let account = self.account.check_key(&account.to_lowercase()).map_err(|wait| self.too_many(&wait));
        let address = self.address.check_key(&address).map_err(|wait| self.too_many(&wait));
        address.and(account)
    }

    fn too_many(&self, wait: &governor::NotUntil<governor::clock::QuantaInstant>) -> Error {
        let seconds = wait.wait_time_from(self.account.clock().now()).as_secs() + 1;
        Error::Trouble {
            status: StatusCode::TOO_MANY_REQUESTS,
            key: "too_many",
            data: vec![("seconds", seconds.to_string())],
        }
    }

    fn tidy(&self) {
        if self.account.len() + self.address.len() > 10_000 {
            self.account.retain_recent();
            self.address.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_ten_tries_whatever_its_case() {
        let limits = Limits::default();
        let address = IpAddr::from([127, 0, 0, 1]);
        for _ in 0..5 {
            assert!(limits.count("a@x.example", address).is_ok() && limits.count("A@X.example", address).is_ok());
        }
        let refused = limits.count("a@x.example", address).unwrap_err();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(limits.count("b@x.example", address).is_ok());
    }
}
