//! Lobsters: a story with all its comments is one request. Unknown parameters answer 400, so that there are none.

use super::{Ask, Places, Plan, base};

pub(super) struct Asking {
    address: String,
    etag: Option<String>,
}

impl Asking {
    /// `etag` is that of the answer that is here.
    pub(super) fn new(id: &str, places: &Places, etag: Option<String>) -> Asking {
        Asking { address: format!("{}/s/{id}.json", base(&places.lobsters)), etag }
    }
}

impl Plan for Asking {
    fn begin(&mut self) -> Vec<Ask> {
        vec![Ask { etag: self.etag.clone(), ..Ask::json(self.address.clone()) }]
    }
}
