//! Requests that may reach this machine or its network: those to sources that the reader configured there, at that scheme, host
//! and port. What others name never may.

use std::collections::BTreeSet;

use url::{Host, Url};

use super::ip_filter::{is_inside_by_name, is_public};

/// Places inside this machine or its network that a request may reach, each by scheme, host and port. It holds at every
/// turn of the request's way: a redirect to another port is not covered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PrivateOrigins(BTreeSet<String>);

impl PrivateOrigins {
    /// The one that an address stands at.
    pub fn of(address: &str) -> PrivateOrigins {
        PrivateOrigins(Url::parse(address.trim()).ok().as_ref().and_then(origin).into_iter().collect())
    }

    #[must_use]
    pub fn and(mut self, other: PrivateOrigins) -> PrivateOrigins {
        self.0.extend(other.0);
        self
    }

    pub(super) fn covers(&self, url: &Url) -> bool {
        origin(url).is_some_and(|origin| self.0.contains(&origin))
    }
}

fn origin(url: &Url) -> Option<String> {
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

/// Endings of names that the open net does not have (RFC 6762, RFC 8375, ICANN's reserved `internal`, and what routers use).
const LOCAL: [&str; 8] = ["local", "localdomain", "lan", "home", "home.arpa", "internal", "intranet", "corp"];

/// True if an address names a host inside this machine or its network, as far as its words tell: by number in any form, as
/// `localhost`, by a name without a dot, or under an ending that is used for such names. No name is looked up.
pub fn looks_private(address: &str) -> bool {
    let Ok(url) = Url::parse(address.trim()) else { return false };
    if is_inside_by_name(&url, is_public) {
        return true;
    }
    let Some(Host::Domain(name)) = url.host() else { return false };
    let name = name.trim_end_matches('.');
    !name.contains('.') || LOCAL.iter().any(|ending| name.strip_suffix(ending).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_scheme_host_and_port_are_covered() {
        let origins = PrivateOrigins::of("http://user:p@127.0.0.1:9000/feed").and(PrivateOrigins::of("https://nas.local/"));
        for (address, covered) in [
            ("http://127.0.0.1:9000/other?x#y", true),
            ("http://127.1:9000/", true),
            ("http://0x7f000001:9000/", true),
            ("https://nas.local:443/", true),
            ("https://NAS.local/", true),
            ("https://127.0.0.1:9000/", false),
            ("http://127.0.0.1:9001/", false),
            ("http://127.0.0.1/", false),
            ("http://127.0.0.2:9000/", false),
            ("http://localhost:9000/", false),
            ("http://[::ffff:127.0.0.1]:9000/", false),
            ("http://nas.local/", false),
            ("https://nas.local./", false),
            ("https://evil.nas.local/", false),
            ("ftp://127.0.0.1:9000/", false),
        ] {
            assert_eq!(origins.covers(&Url::parse(address).unwrap()), covered, "{address}");
        }
        for address in ["", "hn:top", "file:///etc/passwd", "lemmy:http://localhost"] {
            assert_eq!(PrivateOrigins::of(address), PrivateOrigins::default(), "{address}");
        }
    }

    #[test]
    fn addresses_look_private_in_any_form() {
        for (address, wanted) in [
            ("http://127.0.0.1:631/", true),
            ("http://10.0.0.1/feed", true),
            ("http://169.254.169.254/latest/meta-data", true),
            ("http://100.64.0.1/", true),
            ("http://0.0.0.0/", true),
            ("http://0/", true),
            ("http://127.1/", true),
            ("http://2130706433/", true),
            ("http://0177.0.0.1/", true),
            ("http://0x7f.1/", true),
            ("http://127.0.0.1./", true),
            ("http://%31%32%37.0.0.1/", true),
            ("http://１２７.0.0.1/", true),
            ("http://127。0。0。1/", true),
            ("http://[::1]/", true),
            ("http://[::]/", true),
            ("http://[::ffff:7f00:1]/", true),
            ("http://[::ffff:192.168.1.1]/", true),
            ("http://[fe80::1]/", true),
            ("http://[fc00::1]/", true),
            ("http://[64:ff9b::7f00:1]/", true),
            ("http://[2002:7f00:1::]/", true),
            ("http://[ff02::1]/", true),
            ("http://224.0.0.1/", true),
            ("http://localhost./", true),
            ("http://a.LocalHost/", true),
            ("http://ip6-localhost/", true),
            ("http://nas/feed", true),
            ("http://printer.local/", true),
            ("http://router.home.arpa./", true),
            ("http://wiki.corp/", true),
            ("http://local.example/", false),
            ("http://8.8.8.8/", false),
            ("https://news.example/feed", false),
            ("http://[2001:4860:4860::8888]/", false),
            ("hn:top", false),
            ("nothing", false),
        ] {
            assert_eq!(looks_private(address), wanted, "{address}");
        }
    }
}
