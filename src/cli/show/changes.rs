//! `gleaner show ID --changes`: what an update changed.

use std::io::{self, Write};

use serde::Serialize;

use super::writer::Writer;
use crate::cli::error::CliError;
use crate::cli::output::{Ink, write_json};
use crate::cli::sheet::Sheet;
use crate::domain::text::Document;
use crate::format::changes::{TextChange, changes, text_of};
use crate::tui::layout::{Style, lay_out};

#[derive(Serialize)]
struct Update<'a> {
    id: Option<i64>,
    title: &'a str,
    previous_title: Option<&'a str>,
    updated: Option<String>,
    changes: Vec<ChangedBlock>,
}

#[derive(Serialize)]
struct ChangedBlock {
    change: &'static str,
    text: String,
}

pub(super) fn write_as_json(sheet: &Sheet, out: &mut impl Write) -> anyhow::Result<()> {
    let changes = changed(sheet)?
        .into_iter()
        .map(|(sign, document)| ChangedBlock { change: if sign == '-' { "removed" } else { "added" }, text: document.text() });
    let previous = sheet.previous.as_ref().map(|previous| &*previous.title);
    let update = Update {
        id: sheet.id.map(|id| id.0),
        title: &sheet.article.title,
        previous_title: previous.filter(|title| *title != &*sheet.article.title),
        updated: sheet.edited_at.map(|at| at.to_string()),
        changes: changes.collect(),
    };
    Ok(write_json(&update, out)?)
}

/// The blocks that went and came, each with its sign.
fn changed(sheet: &Sheet) -> anyhow::Result<Vec<(char, Document)>> {
    if sheet.id.is_none() {
        let wrong = CliError::usage("only an article of the store can have changed");
        return Err(wrong.hint("give its id, which `gleaner list` shows").into());
    }
    let Some(previous) = &sheet.previous else { return Ok(Vec::new()) };
    let (old, new) = (&previous.body.blocks, &sheet.article.body.blocks);
    let plain = |block| Document::plain(text_of(block).lines());
    let block = |change| match change {
        TextChange::Kept(_) => None,
        TextChange::Removed(n) => Some(('-', plain(&old[n]))),
        TextChange::Added(n) => Some(('+', plain(&new[n]))),
    };
    Ok(changes(&previous.body, &sheet.article.body).into_iter().filter_map(block).collect())
}

impl<W: Write> Writer<'_, W> {
    pub(super) fn changes(&mut self, sheet: &Sheet) -> anyhow::Result<()> {
        let changed = changed(sheet)?;
        self.head(sheet)?;
        let Some(previous) = &sheet.previous else {
            return Ok(writeln!(self.out, "\nno change is known: it is as it came")?);
        };
        if previous.title != sheet.article.title {
            writeln!(self.out)?;
            self.signed('-', &Document::plain([&*previous.title]))?;
            self.signed('+', &Document::plain([&*sheet.article.title]))?;
        }
        for (n, (sign, document)) in changed.iter().enumerate() {
            // A replacement stands close to the text that it replaced.
            if n == 0 || *sign == '-' || changed[n - 1].0 == '+' {
                writeln!(self.out)?;
            }
            self.signed(*sign, document)?;
        }
        Ok(())
    }

    fn signed(&mut self, sign: char, document: &Document) -> io::Result<()> {
        let style =
            Style { width: self.columns.saturating_sub(2).max(1), ascii: self.look.ascii, link_numbers: false, spoilers: true };
        for line in lay_out(document, style) {
            let line = format!("{sign} {}", line.text.trim_end());
            self.line(line.trim_end(), 0, (sign == '-').then_some(Ink::Dim))?;
        }
        Ok(())
    }
}
