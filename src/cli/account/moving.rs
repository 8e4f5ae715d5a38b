//! Feeds that move between this machine and a server.

use std::collections::HashSet;
use std::io::Write;

use serde::Serialize;

use crate::cli::account_names::named;
use crate::cli::error::{CliError, Exit};
use crate::cli::output::{stderr, stdout, write_json};
use crate::cli::setup::Setup;
use crate::cli::{clock, sync};
use crate::domain::plural::plural;
use crate::domain::text::{CleanText, clean_line};
use crate::site::identity::canonical_address;
use crate::store::subscriptions::{NewSubscription, Subscription};
use crate::work::subscribing::{lists, whole_address};

pub(super) fn subscribe(
    setup: &Setup,
    account: &str,
    typed: &str,
    (title, folder): (Option<&str>, Option<&str>),
    json: bool,
) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_change()?;
    let account = named(&store, account)?;
    let address = whole_address(typed);
    if let Some(reason) = lists::refusal(&address) {
        return Err(CliError::usage(format!("{} cannot be fetched: {reason}", clean_line(&address))).into());
    }
    let [title, folder] = [title, folder].map(|text| text.map(clean_line).filter(|text| !text.is_empty()));
    store.queue_subscribe(account.id, &address, folder.as_ref(), title.as_ref())?;
    store.close()?;
    sync::run(setup, &[account.name.to_string()], json)
}

/// Subscriptions whose address holds a password, programs, files and front pages stay here, by name.
pub(super) fn export(setup: &Setup, account: &str, json: bool) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_change()?;
    let account = named(&store, account)?;
    let all = store.subscriptions()?;
    let at_server: HashSet<String> =
        all.iter().filter(|one| one.account == Some(account.id)).map(|one| identity(&one.address)).collect();
    let (mut left, mut queued) = (Vec::new(), HashSet::new());
    for one in all.iter().filter(|one| one.account.is_none()) {
        if !can_be_given(one) {
            left.push(one.title.clone());
            continue;
        }
        let is_new = !at_server.contains(&identity(&one.address)) && queued.insert(identity(&one.address));
        if is_new {
            store.queue_subscribe(account.id, &one.address, one.folder.last(), Some(&one.title))?;
        }
    }
    store.close()?;
    if !left.is_empty() {
        let names: Vec<&str> = left.iter().map(CleanText::as_str).collect();
        let mut err = stderr();
        writeln!(
            err,
            "note: {} stay here only, since no server can fetch them: {}",
            plural(left.len() as u64, "feed"),
            names.join(", ")
        )?;
    }
    sync::run(setup, &[account.name.to_string()], json)
}

fn identity(address: &str) -> String {
    canonical_address(address).unwrap_or_else(|| address.to_owned())
}

/// True for a feed on the open net whose address holds no password.
fn can_be_given(one: &Subscription) -> bool {
    let url = url::Url::parse(&one.address).ok();
    let is_plain = url
        .is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none());
    is_plain && !one.is_private
}

#[derive(Serialize)]
struct ImportedJson<'a> {
    account: &'a str,
    feeds: usize,
    new: u64,
}

pub(super) fn import(setup: &Setup, account: &str, json: bool) -> anyhow::Result<Exit> {
    let mut store = setup.store_to_change()?;
    let account = named(&store, account)?;
    let of_account = |one: &Subscription| one.account == Some(account.id) && !one.address.is_empty();
    let all = store.subscriptions()?;
    let new = all.iter().filter(|one| of_account(one) && lists::refusal(&one.address).is_none()).map(|one| NewSubscription {
        address: one.address.clone(),
        title: Some(one.title.clone()),
        // Without the account's own folder.
        folder: one.folder.iter().skip(1).cloned().collect(),
        site: one.site.clone(),
        ..NewSubscription::default()
    });
    let new: Vec<NewSubscription> = new.collect();
    let added = store.subscribe_all(&new, clock::now())?;
    store.close()?;
    let mut out = stdout();
    if json {
        write_json(&ImportedJson { account: &account.name, feeds: new.len(), new: added }, &mut out)?;
    } else {
        let feeds = plural(new.len() as u64, "feed");
        writeln!(out, "{added} new local feeds of {feeds} of {}; `gleaner fetch` fetches them", account.name)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
