//! `gleaner edit`: what a subscription is called, where it is, how it is fetched and kept.

use std::io::Write;

use serde::Serialize;

use super::error::{CliError, Exit};
use super::net;
use super::output::{stdout, write_json};
use super::setup::Setup;
use super::sources::named_sources;
use crate::domain::text::{CleanText, clean_line};
use crate::store::subscriptions::{Change, Options, shown};

pub(super) const HELP: &str = "\
Options that you do not give stay as they are. The source keeps its articles, even if its address changes.
Headers, cookies and passwords are set in the configuration, under [[sources]].

--json prints one object: source (its id), title, address, folder (a list).";

#[derive(Serialize)]
struct Edited<'a> {
    source: i64,
    title: &'a str,
    address: &'a str,
    folder: Vec<&'a str>,
}

/// The changes to make.
#[derive(clap::Args, Debug)]
pub(super) struct EditOptions {
    /// Its new title
    #[arg(long)]
    title: Option<String>,
    /// The folder that it is in; `/` stands between nested ones, and an empty one is none
    #[arg(long)]
    folder: Option<String>,
    /// The address that it is fetched from
    #[arg(long, value_name = "ADDRESS")]
    url: Option<String>,
    /// Fetch the pages of its articles: yes, no, or as the configuration says
    #[arg(long, value_name = "yes|no|default", value_parser = switch)]
    full_text: Option<Switch>,
    /// The user agent to send in place of Gleaner's; empty: as the configuration says
    #[arg(long, value_name = "NAME")]
    user_agent: Option<String>,
    /// Days that its articles are kept, 0 for ever, or default
    #[arg(long, value_name = "DAYS", value_parser = number)]
    keep_days: Option<Number>,
    /// How many of its newest articles are kept, 0 for all, or default
    #[arg(long, value_name = "N", value_parser = number)]
    keep: Option<Number>,
}

#[derive(Clone, Copy, Debug)]
struct Switch(Option<bool>);

#[derive(Clone, Copy, Debug)]
struct Number(Option<u32>);

fn switch(text: &str) -> Result<Switch, String> {
    match text {
        "yes" => Ok(Switch(Some(true))),
        "no" => Ok(Switch(Some(false))),
        "default" => Ok(Switch(None)),
        _ => Err("known: yes, no, default".to_owned()),
    }
}

fn number(text: &str) -> Result<Number, String> {
    match text {
        "default" => Ok(Number(None)),
        _ => text.parse().map(|number| Number(Some(number))).map_err(|_| "a number, or default".to_owned()),
    }
}

impl EditOptions {
    fn changes_nothing(&self) -> bool {
        self.title.is_none() && self.folder.is_none() && self.url.is_none() && self.options(&Options::default()).is_none()
    }

    /// The source's options with these; none where they stay.
    fn options(&self, now: &Options) -> Option<Options> {
        let mut options = now.clone();
        if let Some(Switch(on)) = self.full_text {
            options.full_text = on;
        }
        if let Some(agent) = &self.user_agent {
            options.user_agent = Some(agent.trim().to_owned()).filter(|agent| !agent.is_empty());
        }
        if let Some(Number(days)) = self.keep_days {
            options.keep_days = days;
        }
        if let Some(Number(newest)) = self.keep {
            options.keep = newest;
        }
        let is_given = self.full_text.is_some() || self.user_agent.is_some() || self.keep_days.is_some() || self.keep.is_some();
        is_given.then_some(options)
    }
}

pub(super) fn run(setup: &Setup, name: &str, wanted: &EditOptions, json: bool) -> anyhow::Result<Exit> {
    if wanted.changes_nothing() {
        let nothing = CliError::usage("nothing to change".to_owned());
        return Err(nothing.hint("give --title, --folder, --url or another option; `gleaner edit --help` lists them").into());
    }
    let EditOptions { title, folder, url, .. } = wanted;
    let mut store = setup.store()?;
    let found = named_sources(&store, std::slice::from_ref(&name.to_owned()))?;
    let [source] = &found[..] else {
        let several = CliError::failed(format!("`{}` names {} subscriptions", clean_line(name), found.len()));
        return Err(several.hint("name one by its id; `gleaner sources` lists them").into());
    };
    let parts = |folder: &str| folder.split('/').map(str::trim).filter(|part| !part.is_empty()).map(clean_line).collect();
    let change = Change {
        title: title.as_deref().map(clean_line).filter(|title| !title.is_empty()),
        folder: folder.as_deref().map(parts),
        address: url.as_deref().map(net::whole_address),
        options: wanted.options(&source.options),
    };
    if !store.edit_subscription(source.id, &change)? {
        let address = change.address.as_deref().map(shown).unwrap_or_default();
        let taken = CliError::failed(format!("another source has the address {address} already"));
        return Err(taken.hint("`gleaner remove` takes that one away").into());
    }
    let edited = store.subscription(source.id)?;
    store.close()?;
    let mut out = stdout();
    if let Some(edited) = edited {
        let address = edited.shown_address();
        if json {
            let folder = edited.folder.iter().map(CleanText::as_str).collect();
            write_json(&Edited { source: edited.id.0, title: &edited.title, address: &address, folder }, &mut out)?;
        } else {
            writeln!(out, "edited {} ({address})", edited.title)?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}
