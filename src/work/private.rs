//! Hosts inside this machine or its network that the reader subscribed to: what belongs to their articles may be there, too.

use std::collections::HashSet;

use url::Url;

use crate::source::places::{Front, Places};
use crate::store::{Store, StoreError};

pub(super) fn private_hosts(store: &Store, places: &Places) -> Result<HashSet<String>, StoreError> {
    let private = store.subscriptions()?.into_iter().filter(|one| one.is_private);
    let stands_at = |address: String| match Front::parse(&address) {
        Some(Ok(front)) => front.base(places),
        _ => address,
    };
    Ok(private.filter_map(|one| host(&stands_at(one.address))).collect())
}

pub(super) fn host(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host_str().map(str::to_owned)
}
