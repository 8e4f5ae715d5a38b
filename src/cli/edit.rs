//! `gleaner edit`: another title, folder or address for a subscription.

use std::io::Write;

use serde::Serialize;

use super::error::{Complaint, Exit};
use super::output::{stdout, write_json};
use super::sources::named_sources;
use super::{Setup, net};
use crate::domain::text::{CleanText, clean_line};
use crate::store::subscriptions::{Change, shown};

pub(super) const HELP: &str = "\
What is not given stays as it is. The articles of the source stay with it, also when its address changes.

--json gives one object: source (its id), title, address, folder (a list).";

#[derive(Serialize)]
struct Edited<'a> {
    source: i64,
    title: &'a str,
    address: &'a str,
    folder: Vec<&'a str>,
}

pub(super) fn run(
    setup: &Setup,
    name: &str,
    title: Option<&str>,
    folder: Option<&str>,
    url: Option<&str>,
    json: bool,
) -> anyhow::Result<Exit> {
    if title.is_none() && folder.is_none() && url.is_none() {
        let nothing = Complaint::usage("nothing to change".to_owned());
        return Err(nothing.hint("give --title, --folder or --url").into());
    }
    let mut store = setup.store()?;
    let found = named_sources(&store, std::slice::from_ref(&name.to_owned()))?;
    let [source] = &found[..] else {
        let several = Complaint::failed(format!("`{}` names {} subscriptions", clean_line(name), found.len()));
        return Err(several.hint("name one by its id; `gleaner sources` lists them").into());
    };
    let parts = |folder: &str| folder.split('/').map(str::trim).filter(|part| !part.is_empty()).map(clean_line).collect();
    let change = Change {
        title: title.map(clean_line).filter(|title| !title.is_empty()),
        folder: folder.map(parts),
        address: url.map(net::whole_address),
    };
    if !store.edit_subscription(source.id, &change)? {
        let address = change.address.as_deref().map(shown).unwrap_or_default();
        let taken = Complaint::failed(format!("another source has the address {address} already"));
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
