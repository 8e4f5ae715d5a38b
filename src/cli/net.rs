//! One address from the net, for the commands that take an address where others take a file.

use super::error::{Complaint, InputError};
use super::{Setup, clock};
use crate::domain::text::CleanText;
use crate::format::{self, Origin, Parsed};
use crate::source::Failure;
use crate::source::http::{Accept, Answer, Client, Particulars, PrivateOrigins, Request};
use crate::store::SourceId;
pub(super) use crate::store::subscriptions::shown;
use crate::store::subscriptions::{Details, Health, Subscription, Validators, Wishes};

/// Bytes and what was told beside them.
pub(super) type Got = (Vec<u8>, Particulars);

/// An address as it is typed, with the scheme that browsers take where none is.
pub(super) fn whole_address(typed: &str) -> String {
    let typed = typed.trim();
    let typed = typed.strip_prefix("feed:").map_or(typed, |rest| rest.trim_start_matches("//"));
    if super::input::is_address(typed) { typed.to_owned() } else { format!("https://{typed}") }
}

/// Asks for an address. `typed` is the one that the reader has just given: it may lie inside this machine or its network,
/// and of what is found at it only what is at the same scheme, host and port.
pub(super) fn get(setup: &Setup, client: &Client, address: &str, typed: &str, accept: Accept) -> Result<Got, Failure> {
    let auth = setup.settings.fetch.of(&unknown(address)).map(|one| one.login.clone()).unwrap_or_default();
    let private = PrivateOrigins::of(typed);
    let request = Request { address: address.to_owned(), auth, accept, private, ..Request::default() };
    match client.get(&request)? {
        Answer::Fresh { bytes, particulars } => Ok((bytes, particulars)),
        // Without validators there is no such answer.
        Answer::Unchanged(particulars) => Ok((Vec::new(), particulars)),
    }
}

/// The pages at an address, in any format that files may have.
pub(super) fn read_address(setup: &Setup, typed: &str) -> anyhow::Result<Parsed> {
    let (bytes, particulars) =
        get(setup, &client(setup)?, typed, typed, Accept::Page).map_err(|failure| complaint(&failure))?;
    let origin = Origin { name: &particulars.address, now: clock::now() };
    let name = shown(&particulars.address).to_string();
    let parsed = format::read_told(&bytes, particulars.charset(), &origin);
    Ok(parsed.map_err(|source| InputError::Unreadable { name, source })?)
}

pub(super) fn client(setup: &Setup) -> Result<Client, Complaint> {
    Client::new(setup.settings.fetch.client.clone()).map_err(|failure| complaint(&failure))
}

pub(super) fn complaint(failure: &Failure) -> Complaint {
    Complaint::failed(failure.to_string()).hint(failure.hint())
}

/// What is known of a source before it is one.
fn unknown(address: &str) -> Subscription {
    Subscription {
        id: SourceId(0),
        address: address.to_owned(),
        title: CleanText::default(),
        folder: Vec::new(),
        site: None,
        details: Details::default(),
        is_private: false,
        validators: Validators::default(),
        wishes: Wishes::default(),
        health: Health { added_at: clock::now(), ..Health::default() },
        articles: 0,
        unread: 0,
    }
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
