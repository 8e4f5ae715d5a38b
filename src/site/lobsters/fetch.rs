//! Lobsters: a story with all its comments is one request. Unknown parameters answer 400, so that there are none.

use super::ID;
use crate::site::fetch::FetchPlan;
use crate::site::{SiteBases, SiteRequest};

pub(super) struct LobstersFetch {
    address: String,
    etag: Option<String>,
}

impl LobstersFetch {
    /// `etag` is that of the answer that is here.
    pub(super) fn new(id: &str, bases: &SiteBases, etag: Option<String>) -> LobstersFetch {
        LobstersFetch { address: format!("{}/s/{id}.json", bases.one(ID, "base")), etag }
    }
}

impl FetchPlan for LobstersFetch {
    fn begin(&mut self) -> Vec<SiteRequest> {
        vec![SiteRequest { etag: self.etag.clone(), ..SiteRequest::json(self.address.clone()) }]
    }

    fn marks_by_etag(&self) -> bool {
        true
    }
}
