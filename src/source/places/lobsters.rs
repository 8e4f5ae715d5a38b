//! Lobsters: a story with all its comments is one request. Unknown parameters answer 400, so that there are none.

use super::{Ask, Places, Plan, base};
use crate::domain::article::Page;
use crate::format::json::Json;
use crate::source::Failure;

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

    fn take(&mut self, _: &Ask, _: &Json) -> Vec<Ask> {
        Vec::new()
    }

    fn failed(&mut self, _: &Ask, _: &Failure) -> Option<Vec<Ask>> {
        None
    }

    fn is_whole(&self, _: &Page) -> Option<bool> {
        None
    }
}
