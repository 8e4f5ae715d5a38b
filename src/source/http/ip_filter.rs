//! Tells public IP addresses from private ones; its resolver refuses names that lead to private ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

/// Tells whether an address is anybody's to ask.
pub(super) type IsPublic = fn(IpAddr) -> bool;

/// True if an address is on the open net: none of this machine, its network, its provider's network, of many hosts at
/// once, kept for special use, or standing for one of these in another form. After the IANA registries of special-purpose
/// addresses (RFC 6890 and what updates it).
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    match address.octets() {
        [0 | 10 | 127 | 224..=255, ..] | [203, 0, 113, _] => false,
        [100, second, ..] => !(64..=127).contains(&second),
        [169, second, ..] => second != 254,
        [172, second, ..] => !(16..=31).contains(&second),
        [192, second, third, _] => !matches!((second, third), (168, _) | (0, 0 | 2) | (88, 99)),
        [198, second, third, _] => !matches!((second, third), (18 | 19, _) | (51, 100)),
        _ => true,
    }
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // An IPv4 address as such, and behind NAT64, through which a network without IPv4 reaches all of it.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // Teredo, benchmarks, ORCHID; documentation; 6to4, which ends at whatever IPv4 address it holds.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x2002, ..] => false,
        // All that was ever given out is in 2000::/3.
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

/// Other names that systems have for themselves.
const ALIASES: [&str; 4] = ["localhost.localdomain", "localhost6", "ip6-localhost", "ip6-loopback"];

/// True if an address names a place inside without any look-up. A proxy that looks names up is not ours to check, so
/// this is asked of each address before it is asked for.
pub(super) fn is_inside_by_name(url: &Url, is_public: IsPublic) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost") || ALIASES.contains(&name)
        }
        None => false,
    }
}

/// A resolver's errors beyond addresses, carried through ureq's errors.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unresolved {
    #[error("{0}")]
    Unknown(String),
    #[error("it is inside this machine or its network")]
    Inside,
}

/// Looks names up and keeps of their addresses only those that may be entered. Since it is these that are connected to,
/// a name that is looked up once more with another answer gains nothing.
#[derive(Debug, Clone)]
pub(super) struct Vetting {
    pub lookup: Arc<dyn Resolver>,
    /// None lets everything through.
    pub admits: Option<IsPublic>,
}

impl Resolver for Vetting {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.lookup.resolve(uri, config, timeout).map_err(|error| match error {
            ureq::Error::Io(error) => ureq::Error::Other(Box::new(Unresolved::Unknown(error.to_string()))),
            ureq::Error::HostNotFound => ureq::Error::Other(Box::new(Unresolved::Unknown("it has no address".to_owned()))),
            error => error,
        })?;
        // The proxy is the reader's own choice and may stand anywhere. It is told from a page that has the proxy's
        // address by being the very value in the configuration.
        let is_proxy = config.proxy().is_some_and(|proxy| std::ptr::eq(proxy.uri(), uri));
        let Some(is_public) = self.admits.filter(|_| !is_proxy) else { return Ok(found) };
        let mut admitted = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            admitted.push(*address);
        }
        if admitted.is_empty() { Err(ureq::Error::Other(Box::new(Unresolved::Inside))) } else { Ok(admitted) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_open_net_is_public() {
        for (address, wanted) in [
            ("8.8.8.8", true),
            ("100.63.255.255", true),
            ("100.64.0.1", false),
            ("100.127.255.255", false),
            ("100.128.0.0", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("127.0.0.1", false),
            ("127.8.8.8", false),
            ("169.254.169.254", false),
            ("172.15.0.1", true),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("172.32.0.1", true),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("192.0.1.1", true),
            ("192.88.99.1", false),
            ("192.168.1.1", false),
            ("192.169.1.1", true),
            ("198.18.0.1", false),
            ("198.20.0.1", true),
            ("198.51.100.7", false),
            ("203.0.113.9", false),
            ("223.255.255.255", true),
            ("224.0.0.251", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::8.8.8.8", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("::ffff:0:127.0.0.1", false),
            ("64:ff9b::8.8.8.8", true),
            ("64:ff9b::192.168.0.1", false),
            ("64:ff9b:1::8.8.8.8", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:2::1", false),
            ("2001:10::1", false),
            ("2001:db8::1", false),
            ("2001:4860:4860::8888", true),
            ("2002:7f00:1::", false),
            ("2002:808:808::", false),
            ("2a00:1450::5", true),
            ("3fff::1", false),
            ("5f00::1", false),
            ("fc00::1", false),
            ("fd12:3456::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), wanted, "{address}");
        }
    }

    #[test]
    fn some_places_are_inside_by_name() {
        for (address, wanted) in [
            ("http://localhost/", true),
            ("http://a.LOCALHOST.:8080/", true),
            ("http://localhost.example/", false),
            ("http://127.1/", true),
            ("http://0x7f000001/", true),
            ("http://2130706433/", true),
            ("http://017700000001/", true),
            ("http://[::1]/", true),
            ("http://[::ffff:10.0.0.1]/", true),
            ("http://news.example/", false),
            ("http://9.9.9.9/", false),
        ] {
            assert_eq!(is_inside_by_name(&Url::parse(address).unwrap(), is_public), wanted, "{address}");
        }
    }
}
