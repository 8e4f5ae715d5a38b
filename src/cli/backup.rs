//! `gleaner backup` and `gleaner restore`: the whole store as one file.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::dirs::{make_folder, named};
use super::error::{CliError, Exit};
use super::output::{StatusLine, stdout, write_json};
use super::setup::Setup;
use super::{clock, stores};
use crate::domain::plural::plural;
use crate::store::{BackedUp, Restored, Store};

#[derive(Serialize)]
struct Made {
    file: String,
    bytes: u64,
    articles: u64,
}

#[derive(Serialize)]
struct Brought {
    file: String,
    articles: u64,
    kept: Option<String>,
}

pub(super) fn backup(setup: &Setup, file: &Path, json: bool) -> anyhow::Result<Exit> {
    if !setup.places.store().exists() {
        let nothing = CliError::failed("there is no store to back up yet");
        return Err(nothing.hint("`gleaner import PATH` or the reader makes it").into());
    }
    let store = setup.store_to_ask()?;
    let mut status = StatusLine::new();
    status.tell("copying the store");
    let backed_up = store.back_up(file);
    status.end();
    let BackedUp { bytes, articles } = backed_up?;
    store.close()?;
    let made = Made { file: named(file), bytes, articles };
    let mut out = stdout();
    if json {
        write_json(&made, &mut out)?;
    } else {
        let size = bytes as f64 / f64::from(1 << 20);
        writeln!(out, "backed up into {} ({}, {size:.1} MiB)", made.file, plural(articles, "article"))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

pub(super) fn restore(setup: &Setup, file: &Path, json: bool) -> anyhow::Result<Exit> {
    make_folder(&setup.places.data)?;
    let path = setup.places.store();
    let mut status = StatusLine::new();
    let restored = Store::restore_telling(&path, file, clock::now(), &mut |how_far| status.tell(how_far));
    status.end();
    let Restored { articles, kept } = restored?;
    // One of an earlier version is brought to this one at once.
    stores::open(&path)?.close()?;
    let brought = Brought { file: named(file), articles, kept: kept.as_deref().map(named) };
    let mut out = stdout();
    if json {
        write_json(&brought, &mut out)?;
    } else {
        writeln!(out, "restored {} ({})", brought.file, plural(articles, "article"))?;
        if let Some(kept) = &brought.kept {
            writeln!(out, "the store that was there is kept as {kept}")?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}
