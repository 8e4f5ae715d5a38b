//! The configuration file and theme files, to the settings of the reader. The only module that knows TOML; nobody below
//! the command line imports it.

mod commands;
mod fetch;
mod file;
mod key_word;
mod mistakes;
pub(crate) mod nearest;
mod rules;
mod site_bases;
#[cfg(test)]
mod tests;
mod theme;

use std::path::Path;

use serde::Serialize;

pub use self::mistakes::ConfigError;
use self::mistakes::{named, read};
use crate::os::files::{self, Existing};
use crate::tui::Settings;

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
