//! `gleaner backup` and `gleaner restore`: the whole store as one file.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::error::Exit;
use super::output::{stdout, write_json};
use super::places::{make_folder, named};
use super::{Setup, clock};
use crate::store::{Section, Store};

#[derive(Serialize)]
struct Made {
    file: String,
    bytes: u64,
}

#[derive(Serialize)]
struct Brought {
    file: String,
    articles: u64,
    kept: Option<String>,
}

pub(super) fn backup(setup: &Setup, file: &Path, json: bool) -> anyhow::Result<Exit> {
    let store = setup.store_to_ask()?;
    let bytes = store.back_up(file)?;
    store.close()?;
    let made = Made { file: named(file), bytes };
    let mut out = stdout();
    if json {
        write_json(&made, &mut out)?;
    } else {
        writeln!(out, "backed up into {} ({:.1} MiB)", made.file, bytes as f64 / f64::from(1 << 20))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

pub(super) fn restore(setup: &Setup, file: &Path, json: bool) -> anyhow::Result<Exit> {
    make_folder(&setup.places.data)?;
    let path = setup.places.store();
    let kept = Store::restore(&path, file, clock::now())?;
    let store = Store::open(&path)?;
    let sections = store.sections()?;
    let articles = sections.iter().find(|row| row.section == Section::All).map_or(0, |row| row.total);
    store.close()?;
    let brought = Brought { file: named(file), articles, kept: kept.as_deref().map(named) };
    let mut out = stdout();
    if json {
        write_json(&brought, &mut out)?;
    } else {
        let what = if articles == 1 { "article" } else { "articles" };
        writeln!(out, "restored {} ({articles} {what})", brought.file)?;
        if let Some(kept) = &brought.kept {
            writeln!(out, "the store that was there is kept as {kept}")?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}
