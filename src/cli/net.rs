//! One address from the net, for the commands that take an address where others take a file.

use super::error::{CliError, InputError};
use super::{Setup, clock};
use crate::format::{Format, Origin, Parsed};
use crate::site;
use crate::source::Failure;
use crate::source::http::{Accept, Client};
pub(super) use crate::store::subscriptions::shown;
pub(super) use crate::work::subscribing::whole_address;
use crate::work::subscribing::{self, Got};

/// Asks for an address that the reader has just given, see [`subscribing::get`].
fn get(setup: &Setup, client: &Client, typed: &str, accept: Accept) -> Result<Got, Failure> {
    subscribing::get(&setup.settings.fetch, client, (typed, typed), accept, clock::now())
}

/// The pages at an address, in any format that files may have.
pub(super) fn read_address(setup: &Setup, typed: &str) -> anyhow::Result<Parsed> {
    let client = client(setup)?;
    let now = clock::now();
    if let Some(page) = subscribing::discussion_at(&setup.settings.fetch, &client, typed, now) {
        let page = page.map_err(|failure| complaint(&failure))?;
        return Ok(Parsed::of_pages(Format::Html, vec![page], Vec::new()));
    }
    let (bytes, particulars) = get(setup, &client, typed, Accept::Page).map_err(|failure| complaint(&failure))?;
    let origin = Origin { name: &particulars.address, now };
    let name = shown(&particulars.address).to_string();
    let parsed = site::read_told(&bytes, particulars.charset(), &origin);
    Ok(parsed.map_err(|source| InputError::Unreadable { name, source })?)
}

pub(super) fn client(setup: &Setup) -> Result<Client, CliError> {
    Client::new(setup.settings.fetch.client.clone()).map_err(|failure| complaint(&failure))
}

pub(super) fn complaint(failure: &Failure) -> CliError {
    CliError::failed(failure.to_string()).hint(failure.hint())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_typed_as_people_do() {
        for (typed, wanted) in [
            ("example.org", "https://example.org"),
            (" http://example.org/feed ", "http://example.org/feed"),
            ("feed://example.org/rss", "https://example.org/rss"),
            ("feed:https://example.org/rss", "https://example.org/rss"),
            ("localhost:8080/feed", "https://localhost:8080/feed"),
        ] {
            assert_eq!(whole_address(typed), wanted);
        }
    }
}
