//! Comments of a blog by their feed. `WordPress` has it in two forms, of which Atom's tells what answers what.

use super::{Ask, Plan};
use crate::domain::article::Page;
use crate::format::json::Json;
use crate::source::Failure;
use crate::source::http::Accept;

pub(super) struct Asking {
    feed: String,
}

impl Asking {
    pub(super) fn new(feed: &str) -> Asking {
        Asking { feed: feed.to_owned() }
    }

    fn ask(address: String) -> Ask {
        Ask { address, accept: Accept::Feed }
    }

    /// The same feed as Atom, where the address is one that `WordPress` makes.
    fn atom(&self) -> Option<String> {
        let path = self.feed.trim_end_matches('/');
        let is_wordpress = path.ends_with("/feed") && !path.contains('?');
        is_wordpress.then(|| format!("{path}/atom/"))
    }
}

impl Plan for Asking {
    fn begin(&mut self) -> Vec<Ask> {
        vec![Asking::ask(self.atom().unwrap_or_else(|| self.feed.clone()))]
    }

    fn take(&mut self, _: &Ask, _: &Json) -> Vec<Ask> {
        Vec::new()
    }

    fn failed(&mut self, ask: &Ask, failure: &Failure) -> Option<Vec<Ask>> {
        let has_other = ask.address != self.feed && !failure.is_about_the_host();
        has_other.then(|| vec![Asking::ask(self.feed.clone())])
    }

    /// Feeds hold the newest only.
    fn is_whole(&self, _: &Page) -> Option<bool> {
        Some(false)
    }
}
