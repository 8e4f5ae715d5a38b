//! `gleaner add`: a subscription, from a feed's address or that of a page that has one.

use std::io::Write;

use serde::Serialize;

use super::error::{Complaint, Exit};
use super::net::{self, Got};
use super::output::{plural, stdout, write_json};
use super::{Setup, clock};
use crate::domain::text::{CleanText, clean_line};
use crate::source::http::{Accept, Answer};
use crate::store::subscriptions::NewSubscription;
use crate::work::fetch::{self, End};

pub(super) const HELP: &str = "\
An address without a scheme is taken for https://. Where a page offers several feeds you are asked which, if this is a terminal.

--json gives one object: source (its id), address, title, folder (a list), added (false if it was there already), articles \
(how many are new).";

#[derive(Serialize)]
struct Added<'a> {
    source: i64,
    address: &'a str,
    title: &'a str,
    folder: Vec<&'a str>,
    #[serde(rename = "added")]
    is_new: bool,
    articles: usize,
}

pub(super) fn run(setup: &Setup, typed: &str, title: Option<&str>, folder: Option<&str>, json: bool) -> anyhow::Result<Exit> {
    let address = net::whole_address(typed);
    let client = net::client(setup)?;
    let (address, got) = feed_of(setup, &client, address)?;
    let mut store = setup.store_to_fill()?;
    let folder = folder.unwrap_or_default().split('/').map(str::trim).filter(|name| !name.is_empty()).map(clean_line);
    let new = NewSubscription {
        address: got.1.moved_permanently_to.clone().unwrap_or(address),
        title: title.map(clean_line),
        folder: folder.collect(),
        site: None,
        is_private: got.1.is_private,
    };
    let (id, added) = store.subscribe(&new, clock::now())?;
    let gone = || Complaint::failed("it was removed again at once, by another copy of this program");
    let subscription = store.subscription(id)?.ok_or_else(gone)?;
    let (bytes, particulars) = got;
    let end =
        fetch::keep(&mut store, &subscription, Answer::Fresh { bytes, particulars }, clock::now(), &setup.settings.fetch)?;
    let articles = match end {
        End::Fetched { changed, .. } => changed.new.len(),
        End::Unchanged => 0,
        End::Failed { failure, hint } => return Err(Complaint::failed(failure.to_string()).hint(hint.to_string()).into()),
    };
    let subscription = store.subscription(id)?.ok_or_else(gone)?;
    store.close()?;
    let shown = subscription.shown_address();
    let mut out = stdout();
    if json {
        let folder = subscription.folder.iter().map(CleanText::as_str).collect();
        write_json(
            &Added { source: id.0, address: &shown, title: &subscription.title, folder, is_new: added, articles },
            &mut out,
        )?;
    } else {
        let what = if added { "added" } else { "there already:" };
        writeln!(out, "{what} {} ({shown}): {}", subscription.title, plural(articles as u64, "new article"))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// The feed at an address, or that of the page there.
fn feed_of(setup: &Setup, client: &crate::source::http::Client, address: String) -> anyhow::Result<(String, Got)> {
    let got = net::get(setup, client, &address, Accept::Feed).map_err(|failure| net::complaint(&failure))?;
    Ok((address, got))
}
