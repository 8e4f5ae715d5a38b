//! `gleaner opml`: the subscriptions as a list that other readers take; and such lists as subscriptions.

use std::io::Write;

use super::error::Exit;
use super::output::stdout;
use super::{Setup, clock};
use crate::domain::text::{CleanText, clean_line};
use crate::format::feed::Kind;
use crate::format::opml::{List, Subscription};
use crate::store::subscriptions::{self as store, Details, NewSubscription};

pub(super) fn run(setup: &Setup) -> anyhow::Result<Exit> {
    let store = setup.store_to_ask()?;
    let listed: Vec<Subscription> = store.subscriptions()?.iter().map(listed).collect();
    store.close()?;
    let mut out = stdout();
    out.write_all(List::new("Subscriptions", clock::now(), &listed).write().as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}

/// A line of a list as what is to be subscribed to. A `urls` file has tags in place of folders: the first one that is no
/// command to newsboat becomes the folder.
pub(super) fn subscription(listed: &Subscription, is_urls: bool) -> NewSubscription {
    let tag = listed.tags.iter().find(|tag| !tag.starts_with(['!', '~'])).filter(|_| is_urls);
    let text = |text: &Option<CleanText>| text.as_deref().map(str::to_owned);
    NewSubscription {
        address: listed.address.to_string(),
        title: Some(listed.title.clone()).filter(|title| !title.is_empty()),
        folder: if listed.folder.is_empty() { tag.cloned().into_iter().collect() } else { listed.folder.clone() },
        site: listed.site.clone(),
        details: Details {
            kind: kind_name(listed.kind).to_owned(),
            tags: listed.tags.iter().map(ToString::to_string).collect(),
            description: text(&listed.description),
            language: text(&listed.language),
        },
        is_private: false,
    }
}

/// Passwords stay here: an address goes out without them.
fn listed(one: &store::Subscription) -> Subscription {
    let text = |text: &Option<String>| text.as_deref().map(clean_line);
    let kind = [Kind::Rss, Kind::Atom, Kind::Json].into_iter().find(|kind| kind_name(*kind) == one.details.kind);
    Subscription {
        title: one.title.clone(),
        site: one.site.clone(),
        folder: one.folder.clone(),
        kind: kind.unwrap_or(Kind::Rss),
        tags: one.details.tags.iter().map(|tag| clean_line(tag)).collect(),
        description: text(&one.details.description),
        language: text(&one.details.language),
        ..Subscription::new(&one.shown_address())
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Rss => "rss",
        Kind::Atom => "atom",
        Kind::Json => "json",
    }
}
