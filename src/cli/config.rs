//! `gleaner config`: the settings in force.

use std::io::Write;

use serde::Serialize;

use super::dirs::{AppDirs, named};
use super::error::Exit;
use super::output::{stdout, write_json};
use crate::config::{DEFAULT_FILE, Effective};
use crate::tui::Settings;

#[derive(Serialize)]
struct ConfigFile {
    path: String,
    exists: bool,
}

pub(super) fn run(places: &AppDirs, base: Settings, path: bool, default: bool, json: bool) -> anyhow::Result<Exit> {
    let mut out = stdout();
    if default {
        out.write_all(DEFAULT_FILE.as_bytes())?;
    } else if path {
        let file = ConfigFile { path: named(&places.config), exists: places.config.exists() };
        if json { write_json(&file, &mut out)? } else { writeln!(out, "{}", file.path)? }
    } else {
        let effective = Effective::of(places.config_to_read(), base)?;
        if json { write_json(&effective, &mut out)? } else { out.write_all(effective.to_toml().as_bytes())? }
    }
    out.flush()?;
    Ok(Exit::Done)
}
