//! `gleaner show`: a page in reading order, without cursor movement; also the way to read with a screen reader.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;

use self::options::ShowOptions;
use self::writer::Writer;
use super::error::{CliError, Exit, InputError};
use super::output::{stdout, write_json};
use super::setup::Setup;
use super::sheet::Sheet;
use super::thread_options::{ViewArgs, arranged};
use super::{clock, input, json, net, rules};
use crate::domain::rules::Rule;
use crate::store::ArticleId;

pub(super) fn run(setup: &Setup, what: &OsStr, options: &ShowOptions, json: bool) -> anyhow::Result<Exit> {
    let (sheets, notes, rules) = sheets(setup, what)?;
    for note in notes {
        tracing::info!("{}: {note}", what.to_string_lossy());
    }
    let wish = ViewArgs { rules, ..options.wish() };
    let columns = options.width.map_or_else(|| setup.look.columns.map_or(80, |columns| columns.min(80)), usize::from);
    let mut out = stdout();
    for (n, sheet) in sheets.iter().enumerate() {
        let discussions = arranged(sheet.discussions.iter().map(|(discussion, states)| (discussion, &states[..])), &wish)?;
        if options.changes && json {
            changes::write_as_json(sheet, &mut out)?;
        } else if json {
            write_json(&json::PageJson::new(sheet, &discussions), &mut out)?;
        } else {
            if n > 0 {
                writeln!(out)?;
            }
            let mut writer = Writer { out: &mut out, look: setup.look, columns, zone: clock::zone, now: clock::now() };
            if options.changes { writer.changes(sheet)? } else { writer.sheet(sheet, &discussions)? }
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn sheets(setup: &Setup, what: &OsStr) -> anyhow::Result<(Vec<Sheet>, Vec<crate::domain::text::CleanText>, Vec<Rule>)> {
    let text = what.to_string_lossy();
    if let Ok(id) = text.parse() {
        let store = setup.store_to_ask()?;
        return Ok((vec![Sheet::stored(&store, ArticleId(id))?], Vec::new(), rules::in_force(setup, &store)?));
    }
    if input::is_address(&text) {
        let parsed = net::read_address(setup, &text)?;
        return Ok((parsed.pages.into_iter().map(Sheet::from).collect(), parsed.notes, setup.settings.rules.clone()));
    }
    let parsed = input::read_pages(Path::new(what)).map_err(|error| match error {
        InputError::Io { ref source, .. } if source.kind() == io::ErrorKind::NotFound => anyhow::Error::from(
            CliError::failed(error.to_string())
                .hint("`gleaner show` takes an id, which is a number (`gleaner list` shows it), or a file"),
        ),
        error => error.into(),
    })?;
    Ok((parsed.pages.into_iter().map(Sheet::from).collect(), parsed.notes, setup.settings.rules.clone()))
}

mod changes;
pub(super) mod options;
mod struck;
pub(super) mod writer;
