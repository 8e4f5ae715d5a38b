//! `[commands.NAME]`: the reader's own commands.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::key_word::KeyWord;
use super::mistakes::or_rather;
use crate::domain::text::clean_line;
use crate::tui::commands::{CommandOutput, OwnCommand, PipeForm};

#[derive(Deserialize, Serialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandTable {
    run: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    /// `article` or `cursor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
}

pub(super) type CommandTables = BTreeMap<String, Spanned<CommandTable>>;

/// The default time limit of a command.
const SECONDS: u32 = 30;
/// The largest number of commands.
const MOST: usize = 200;

/// The commands; or what is wrong with one, and where.
pub(super) fn commands(tables: &CommandTables) -> Result<Vec<OwnCommand>, (Range<usize>, String)> {
    let read = |(name, table): (&String, &Spanned<CommandTable>)| {
        command(name, table.get_ref()).map_err(|wrong| (table.span(), wrong))
    };
    if let Some((_, table)) = tables.iter().nth(MOST) {
        return Err((table.span(), format!("there are more than {MOST} commands")));
    }
    tables.iter().map(read).collect()
}

fn command(name: &str, table: &CommandTable) -> Result<OwnCommand, String> {
    if table.run.first().is_none_or(|program| program.trim().is_empty() || program.contains('{')) {
        return Err("`run` needs a program, such as [\"trans\", \"-b\"]".to_owned());
    }
    let wants_article = match table.of.as_deref() {
        None | Some("cursor") => false,
        Some("article") => true,
        Some(other) => return Err(format!("a command is not of `{other}`; {}", or_rather(other, ["cursor", "article"]))),
    };
    Ok(OwnCommand {
        name: clean_line(name).to_string(),
        argv: table.run.clone(),
        keys: table.keys.iter().map(|key| key.0).collect(),
        input: named("input", table.input.as_deref(), PipeForm::ALL)?,
        output: named("output", table.output.as_deref(), CommandOutput::ALL)?,
        wants_article,
        seconds: table.seconds.unwrap_or(SECONDS),
    })
}

fn named<T: Default, const N: usize>(what: &str, name: Option<&str>, known: [(T, &'static str); N]) -> Result<T, String> {
    let Some(name) = name else { return Ok(T::default()) };
    let names: Vec<&str> = known.iter().map(|(_, name)| *name).collect();
    let found = known.into_iter().find(|(_, known)| *known == name);
    found.map(|(value, _)| value).ok_or_else(|| format!("there is no {what} `{name}`; {}", or_rather(name, names)))
}
