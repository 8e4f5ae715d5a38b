//! Base addresses of the sites, which `[sites]` in the configuration can change.

use std::collections::BTreeMap;

use url::Url;

use super::{SITES, Site, SiteRequest};
use crate::domain::site::SiteId;
use crate::source::http::{PrivateOrigins, Request};

/// One key of a site's table in the configuration.
#[derive(Clone, Copy, Debug)]
pub struct BaseSetting {
    pub key: &'static str,
    pub default: &'static [&'static str],
    /// True if it takes a list of addresses, not exactly one.
    pub is_list: bool,
}

impl BaseSetting {
    pub const fn one(key: &'static str, default: &'static [&'static str; 1]) -> BaseSetting {
        BaseSetting { key, default, is_list: false }
    }

    /// Addresses that are asked when the discussions of an article are looked for.
    pub const fn list(key: &'static str) -> BaseSetting {
        BaseSetting { key, default: &[], is_list: true }
    }
}

/// The base addresses of every site, without a slash at their ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SiteBases(BTreeMap<(SiteId, &'static str), Vec<String>>);

impl Default for SiteBases {
    fn default() -> SiteBases {
        let all = SITES.iter().flat_map(|site| site.base_settings().iter().map(|setting| (site.id(), setting)));
        SiteBases(
            all.map(|(id, setting)| ((id, setting.key), setting.default.iter().map(|one| (*one).to_owned()).collect()))
                .collect(),
        )
    }
}

impl SiteBases {
    /// The sites that have keys in the configuration.
    pub fn settings() -> impl Iterator<Item = (&'static dyn Site, &'static [BaseSetting])> {
        SITES.iter().map(|site| (*site, site.base_settings())).filter(|(_, settings)| !settings.is_empty())
    }

    pub fn list(&self, site: SiteId, key: &'static str) -> &[String] {
        self.0.get(&(site, key)).map_or(&[], Vec::as_slice)
    }

    pub fn one(&self, site: SiteId, key: &'static str) -> &str {
        self.list(site, key).first().map_or("", String::as_str)
    }

    #[must_use]
    pub fn with<T: AsRef<str>>(mut self, site: SiteId, key: &'static str, addresses: &[T]) -> SiteBases {
        let addresses = addresses.iter().map(|one| one.as_ref().trim_end_matches('/').to_owned());
        self.0.insert((site, key), addresses.collect());
        self
    }

    /// True if an address stands at a base that was configured: such a one may stand inside this machine or its network.
    pub fn is_configured(&self, address: &str) -> bool {
        let origin = Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        self.0.values().flatten().any(|known| is_at(known, &origin))
    }

    /// True if an address stands at one of the bases of a list.
    pub(super) fn has_origin_of(&self, address: &str, site: SiteId, key: &'static str) -> bool {
        let origin = Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        self.list(site, key).iter().any(|known| is_at(known, &origin))
    }

    /// A site's request.
    pub fn request(&self, site: &dyn Site, asked: &SiteRequest) -> Request {
        let configured = self.is_configured(&asked.address).then(|| PrivateOrigins::of(&asked.address));
        Request {
            address: asked.address.clone(),
            etag: asked.etag.clone(),
            accept: asked.accept,
            private: configured.unwrap_or_default(),
            windows: site.windows(),
            ..Request::default()
        }
    }
}

/// True if a base address is of an origin.
pub(super) fn is_at(base: &str, origin: &str) -> bool {
    Url::parse(base).is_ok_and(|url| url.origin().ascii_serialization() == origin)
}
