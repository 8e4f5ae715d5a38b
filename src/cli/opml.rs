//! `gleaner opml`: the subscriptions as a list that other readers take; and such lists as subscriptions.

use std::io::Write;

use super::clock;
use super::error::Exit;
use super::output::stdout;
use super::setup::Setup;
use crate::domain::text::clean_line;
use crate::format::feed::Kind;
use crate::format::opml::{List, ListedFeed};
use crate::store::subscriptions as store;
use crate::work::subscribing::lists::kind_name;

pub(super) const HELP: &str = "\
`gleaner import FILE` reads such a list, and newsboat's `urls` file, too.

Feeds of accounts are listed too, in a folder with the account's name.";

pub(super) fn run(setup: &Setup) -> anyhow::Result<Exit> {
    let store = setup.store_to_ask()?;
    // A server may not tell where it fetches a feed, and what it keeps of removed feeds has no address.
    let has_address = |one: &&store::Subscription| !one.shown_address().is_empty();
    let listed: Vec<ListedFeed> = store.subscriptions()?.iter().filter(has_address).map(listed).collect();
    store.close()?;
    let mut out = stdout();
    out.write_all(List::new("Subscriptions", clock::now(), &listed).write().as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}

/// Passwords stay here: an address goes out without them.
fn listed(one: &store::Subscription) -> ListedFeed {
    let text = |text: &Option<String>| text.as_deref().map(clean_line);
    let kind = [Kind::Rss, Kind::Atom, Kind::Json].into_iter().find(|kind| kind_name(*kind) == one.details.kind);
    ListedFeed {
        title: one.title.clone(),
        site: one.site.clone(),
        folder: one.folder.clone(),
        kind: kind.unwrap_or(Kind::Rss),
        tags: one.details.tags.iter().map(|tag| clean_line(tag)).collect(),
        description: text(&one.details.description),
        language: text(&one.details.language),
        ..ListedFeed::new(&one.shown_address())
    }
}
