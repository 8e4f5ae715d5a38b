//! `gleaner searches`: saved searches, listed, added, edited, removed.

use std::io::Write;

use clap::Subcommand;
use serde::Serialize;

use super::clock;
use super::error::{CliError, Exit};
use super::list::parse_query;
use super::output::{stdout, write_json};
use super::setup::Setup;
use crate::config::nearest::nearest;
use crate::domain::text::clean_line;
use crate::store::{SavedSearch, Store};

#[derive(Subcommand, Debug)]
pub(super) enum SearchesCommand {
    /// Save a search
    Add {
        name: String,
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
    },
    /// Change the query of a saved search
    Edit {
        name: String,
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
    },
    /// Remove a saved search
    Remove { name: String },
}

#[derive(Serialize)]
struct SearchJson<'a> {
    name: &'a str,
    query: &'a str,
}

pub(super) fn run(setup: &Setup, command: Option<&SearchesCommand>, json: bool) -> anyhow::Result<Exit> {
    match command {
        None => list(setup, json),
        Some(SearchesCommand::Add { name, query }) => {
            let mut store = setup.store()?;
            if find(&store, name)?.is_some() {
                let hint = format!("`gleaner searches edit \"{name}\" …` changes it");
                return Err(CliError::failed(format!("there is a saved search `{name}` already")).hint(hint).into());
            }
            keep(&mut store, name, &query.join(" "), json)?;
            store.close()?;
            Ok(Exit::Done)
        }
        Some(SearchesCommand::Edit { name, query }) => {
            let mut store = setup.store_to_ask()?;
            find(&store, name)?.ok_or(no_search(&store, name)?)?;
            keep(&mut store, name, &query.join(" "), json)?;
            store.close()?;
            Ok(Exit::Done)
        }
        Some(SearchesCommand::Remove { name }) => {
            let mut store = setup.store_to_ask()?;
            let found = find(&store, name)?.ok_or(no_search(&store, name)?)?;
            store.remove_search(found.id)?;
            store.close()?;
            tell(&found.name, &found.query, json, &format!("removed the saved search {}", found.name))?;
            Ok(Exit::Done)
        }
    }
}

fn list(setup: &Setup, json: bool) -> anyhow::Result<Exit> {
    let store = setup.store_to_ask()?;
    let searches = store.searches()?;
    store.close()?;
    let mut out = stdout();
    for SavedSearch { name, query, .. } in &searches {
        if json { write_json(&SearchJson { name, query }, &mut out)? } else { writeln!(out, "{name}: {query}")? }
    }
    if searches.is_empty() && !json && setup.look.columns.is_some() {
        writeln!(out, "no saved searches yet; `gleaner searches add NAME QUERY` saves one")?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn keep(store: &mut Store, name: &str, text: &str, json: bool) -> anyhow::Result<()> {
    let query = parse_query(text)?;
    let (name, text) = (clean_line(name), clean_line(text));
    if name.is_empty() || query.is_empty() {
        let wrong = if name.is_empty() { "a saved search needs a name" } else { "this search is empty" };
        return Err(CliError::usage(wrong).hint("`gleaner searches add NAME QUERY`").into());
    }
    store.set_search(&name, &text, clock::now())?;
    tell(&name, &text, json, &format!("{name}: {text}"))
}

/// A change of a search, in words or as the search itself.
fn tell(name: &str, query: &str, json: bool, in_words: &str) -> anyhow::Result<()> {
    let mut out = stdout();
    if json {
        write_json(&SearchJson { name, query }, &mut out)?;
    } else {
        writeln!(out, "{in_words}")?;
    }
    out.flush()?;
    Ok(())
}

fn find(store: &Store, name: &str) -> anyhow::Result<Option<SavedSearch>> {
    let name = clean_line(name);
    Ok(store.searches()?.into_iter().find(|search| search.name == name))
}

fn no_search(store: &Store, name: &str) -> anyhow::Result<CliError> {
    let searches = store.searches()?;
    let hint = match nearest(name, searches.iter().map(|search| search.name.as_str())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`gleaner searches` lists them".to_owned(),
    };
    Ok(CliError::failed(format!("there is no saved search `{name}`")).hint(hint))
}
