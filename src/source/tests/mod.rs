//! The whole of a request against servers on loopback that say what a script says.

mod exchange;
mod hostile;
mod queue;
mod secure;
mod server;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::http::{Client, HttpSettings, Proxy, Request};

/// In the world of these tests this is the open net, and all else is inside.
const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const INSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Knows `inside.test`, `unknown.test`, and any other name as one outside.
#[derive(Debug)]
struct Names;

impl Resolver for Names {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let port = uri.port_u16().unwrap_or(80);
        let mut found = self.empty();
        match uri.host().unwrap_or_default() {
            "unknown.test" => return Err(ureq::Error::HostNotFound),
            "inside.test" => found.push(SocketAddr::new(INSIDE, port)),
            "both.test" => {
                found.push(SocketAddr::new(INSIDE, port));
                found.push(SocketAddr::new(OUTSIDE, port));
            }
            host => found.push(SocketAddr::new(host.parse().unwrap_or(OUTSIDE), port)),
        }
        Ok(found)
    }
}

fn is_outside(address: IpAddr) -> bool {
    address == OUTSIDE
}

/// Wide limits, so that a loaded machine does not run into them; tests that are about one set it.
fn settings() -> HttpSettings {
    let long = Duration::from_mins(1);
    HttpSettings { connect: long, whole: long, largest: 100_000, proxy: Proxy::None, ..HttpSettings::default() }
}

fn client(settings: HttpSettings) -> Client {
    Client::with_places(settings, Arc::new(Names), is_outside).unwrap()
}

fn request(address: &str) -> Request {
    Request { address: address.to_owned(), ..Request::default() }
}
