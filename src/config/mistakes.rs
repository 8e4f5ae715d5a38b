//! Mistakes in a file: where they are, and what was perhaps meant. Secrets are not shown.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::Path;

use super::nearest::nearest;
use crate::domain::text::clean;

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

    pub(super) fn wrong(path: &Path, message: &str) -> ConfigError {
        ConfigError::Wrong { path: named(path), message: without_secrets(message) }
    }

    pub(super) fn toml(path: &Path, error: &toml::de::Error) -> ConfigError {
        let meant = meant_instead(error.message()).map(|known| format!("\ndid you mean `{known}`?")).unwrap_or_default();
        // The TOML parser says "sequence"; the file's comments say "list".
        let said = error.to_string().replace("expected a sequence", "expected a list, such as [\"one\", \"two\"]");
        ConfigError::wrong(path, &format!("{}{meant}", said.trim_end()))
    }
}

pub(super) fn named(path: &Path) -> String {
    clean(&path.to_string_lossy()).to_string()
}

/// The largest configuration or theme, in bytes. A device or a wrong file must not fill the memory.
const MAX_FILE: u64 = 1 << 20;

pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::File { path: named(path), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(ConfigError::wrong(path, &format!("it is larger than {} MiB", MAX_FILE >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error)))
}

/// A mistake in a text, in the form that TOML's own reader gives.
pub(super) fn report(text: &str, span: Range<usize>, message: &str) -> String {
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
    nearest(word, quoted)
}

/// A list of what may stand in a place, with a likely one first: "did you mean `dark`?" or "one of …".
pub(super) fn or_rather<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}
