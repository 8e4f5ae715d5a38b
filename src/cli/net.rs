//! One address from the net, for the commands that take an address where others take a file.

use super::clock;
use super::error::CliError;
use super::setup::Setup;
use crate::format::Parsed;
use crate::source::Failure;
use crate::source::http::Client;
pub(super) use crate::store::subscriptions::shown;
use crate::work::subscribing;
pub(super) use crate::work::subscribing::whole_address;
use crate::work::visit::{self, TypedPages};

/// The pages at an address, in any format that files may have.
pub(super) fn read_address(setup: &Setup, typed: &str) -> anyhow::Result<Parsed> {
    read_typed(setup, typed).map(|read| read.parsed)
}

/// The same with what the reader needs to follow the links on them.
pub(super) fn read_typed(setup: &Setup, typed: &str) -> anyhow::Result<TypedPages> {
    let fetch = &setup.settings.fetch;
    let read = visit::read_typed(fetch, typed, subscribing::login_at(fetch, typed, clock::now()), clock::now());
    Ok(read.map_err(|trouble| CliError::failed(trouble.message).hint(trouble.hint))?)
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
