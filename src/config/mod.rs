//! The configuration file and theme files, to the settings of the reader. The only module that knows TOML; nobody below
//! the command line imports it.

mod commands;
mod fetch;
mod file;
pub(crate) mod nearest;
mod rules;
mod site_bases;
#[cfg(test)]
mod tests;
mod theme;

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::Path;

use serde::Serialize;

use crate::domain::text::clean;
use crate::os::files::{self, Existing};
use crate::tui::Settings;

/// An error in a configuration or theme file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: {}", crate::store::in_words(source))]
    File { path: String, source: io::Error },
    /// `message` tells line and column with a caret where there is one, and what was perhaps meant.
    #[error("{path}: {message}")]
    Wrong { path: String, message: String },
}

impl ConfigError {
    pub fn hint(&self) -> &'static str {
        match self {
            ConfigError::File { .. } => "`gleaner config --path` tells where the configuration is looked for",
            ConfigError::Wrong { .. } => "`gleaner config --default` shows every key with its default",
        }
    }

    fn wrong(path: &Path, message: &str) -> ConfigError {
        ConfigError::Wrong { path: named(path), message: without_secrets(message) }
    }

    fn toml(path: &Path, error: &toml::de::Error) -> ConfigError {
        let meant = meant_instead(error.message()).map(|known| format!("\ndid you mean `{known}`?")).unwrap_or_default();
        // The TOML parser says "sequence"; the file's comments say "list".
        let said = error.to_string().replace("expected a sequence", "expected a list, such as [\"one\", \"two\"]");
        ConfigError::wrong(path, &format!("{}{meant}", said.trim_end()))
    }
}

/// The commented default file: every key with its default and a line about it.
pub const DEFAULT_FILE: &str = include_str!("../../assets/config.toml");

/// The settings that a file gives; what it does not name is as in [`Settings::default`].
pub fn load(path: &Path) -> Result<Settings, ConfigError> {
    load_over(path, Settings::default()).map(|(settings, _)| settings)
}

/// As [`load`], with other settings to stand where the file says nothing, and with a warning for each name of an earlier
/// version, which still works.
pub fn load_over(path: &Path, base: Settings) -> Result<(Settings, Vec<String>), ConfigError> {
    let file = file::File::read(path)?;
    let warnings = file.old_names().into_iter().map(|warning| format!("{}: {warning}", named(path)));
    Ok((file.settings(path, base)?, warnings.collect()))
}

/// Adds names and passwords of sources, by their addresses, to a file that nobody else can read, and that is made if it is
/// not there; why not, otherwise.
pub fn add_logins<'a>(path: &Path, logins: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> Result<(), String> {
    let before = match path.symlink_metadata() {
        Ok(facts) if !facts.is_file() => return Err("it is a link".to_owned()),
        Ok(_) => read(path).map_err(|error| error.to_string())?,
        Err(_) => String::new(),
    };
    let mut text = before;
    for (address, user, password) in logins {
        let [address, user, password] = [address, user, password].map(|value| toml::Value::from(value).to_string());
        if !text.is_empty() {
            text.push('\n');
        }
        text.extend(["[[sources]]\nof = ", &address, "\nuser = ", &user, "\npassword = ", &password, "\n"]);
    }
    // A secret may stand only in what nobody else can read.
    let permissions = files::for_owner_alone(path).map_err(|error| error.to_string())?;
    if let Err(error) = load_text(&text, path) {
        if let Some(before) = permissions {
            let _ = std::fs::set_permissions(path, before);
        }
        return Err(error.to_string());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    files::atomic_write(path, Existing::Replace, text.as_bytes()).map_err(|error| error.to_string())
}

pub(crate) fn load_text(text: &str, path: &Path) -> Result<Settings, ConfigError> {
    file::File::parse(text, path)?.settings(path, Settings::default())
}

/// Every setting as it is in force, in the form of the file.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Effective(file::File);

impl Effective {
    /// The settings of a file, or the defaults without one.
    pub fn of(path: Option<&Path>, base: Settings) -> Result<Effective, ConfigError> {
        let Some(path) = path else { return Ok(Effective(file::File::default().filled(&base))) };
        let file = file::File::read(path)?;
        let settings = file.settings(path, base)?;
        Ok(Effective(file.filled(&settings)))
    }

    pub fn to_toml(&self) -> String {
        // A closed set of numbers, texts and lists: there is nothing in it that TOML could not hold.
        toml::to_string(&self.0).unwrap_or_default()
    }
}

fn named(path: &Path) -> String {
    clean(&path.to_string_lossy()).to_string()
}

/// The largest configuration or theme, in bytes. A device or a wrong file must not fill the memory.
const MAX_FILE: u64 = 1 << 20;

fn read(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::File { path: named(path), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(ConfigError::wrong(path, &format!("it is larger than {} MiB", MAX_FILE >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error)))
}

/// A mistake in a text, in the form that TOML's own reader gives.
fn report(text: &str, span: Range<usize>, message: &str) -> String {
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let shown = text[start..].lines().next().unwrap_or_default();
    let column = before[start..].chars().count();
    let marked = text.get(span).map_or(1, |part| part.lines().next().unwrap_or_default().chars().count().max(1));
    let gutter = " ".repeat(line.to_string().len());
    let (indent, carets) = (" ".repeat(column), "^".repeat(marked));
    format!(
        "wrong value at line {line}, column {}\n{gutter} |\n{line} | {shown}\n{gutter} | {indent}{carets}\n{message}",
        column + 1
    )
}

/// A report without what may be a secret in the line that it shows: the values of passwords and tokens, and of keys that are
/// not known where one of these may stand.
fn without_secrets(report: &str) -> String {
    let is_unknown = report.contains("unknown field") && report.contains("`password`");
    let shown = |line: &str| {
        let (number, content) = line.split_once(" | ")?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let is_named = |name: &str| content.match_indices(name).find(|(at, _)| !content[at + name.len()..].starts_with('-'));
        let named = ["password", "token"].into_iter().filter_map(is_named).map(|(at, _)| at).min();
        let from = named.or(is_unknown.then_some(0))?;
        let value = from + content[from..].find('=')? + 1;
        Some(format!("{number} | {} …", &content[..value]))
    };
    report.lines().map(|line| shown(line).unwrap_or_else(|| line.to_owned())).collect::<Vec<_>>().join("\n")
}

/// The likely intended word for an "unknown field `x`, expected one of `a`, `b`".
fn meant_instead(message: &str) -> Option<&str> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let word = message.starts_with("unknown ").then(|| quoted.next())??;
    nearest::nearest(word, quoted)
}

/// A list of what may stand in a place, with a likely one first: "did you mean `dark`?" or "one of …".
fn or_rather<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest::nearest(word, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}
