//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::kernel::{app::App, error::Error};

/// The address of whoever is asking: the peer's, or what the trusted proxies in front say.
pub struct Address(pub IpAddr);

impl FromRequestParts<App> for Address {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let told = forwarded(&parts.headers, app.config.trusted_proxies);
        Ok(Self(told.or(peer).unwrap_or(IpAddr::from([127, 0, 0, 1]))))
    }
}

/// The address that the outermost of `proxies` trusted ones has seen. Each adds one on the right, in the same line or
/// in one of its own; what stands further left was written by whoever sent the request.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let told = lines.join(",");
    parse(told.rsplit(',').nth(proxies.checked_sub(1)?)?.trim())
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse::<IpAddr>().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip())).or_else(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_or_without_its_port() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(parse(text), expected.map(|address| address.parse().unwrap()), "{text}");
        };
        check("192.0.2.1", Some("192.0.2.1"));
        check("192.0.2.1:4711", Some("192.0.2.1"));
        check("2001:db8::1", Some("2001:db8::1"));
        check("[2001:db8::1]", Some("2001:db8::1"));
        check("[2001:db8::1]:4711", Some("2001:db8::1"));
        check("unknown", None);
        check("", None);
    }

    #[test]
    fn trusted_proxies_are_counted_from_the_right_over_all_lines() {
        let mut headers = HeaderMap::new();
        for line in ["10.9.9.9, 192.0.2.1", "198.51.100.7:80"] {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let check = |proxies: usize, expected: Option<&str>| {
            assert_eq!(forwarded(&headers, proxies), expected.map(|address| address.parse().unwrap()), "{proxies}");
        };
        check(0, None);
        check(1, Some("198.51.100.7"));
        check(2, Some("192.0.2.1"));
        check(3, Some("10.9.9.9"));
        check(4, None);
    }
}
