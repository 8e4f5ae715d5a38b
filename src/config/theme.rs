//! Theme files: `role = "style words"`, a line a role.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::mistakes::{ConfigError, or_rather, read};
use crate::tui::theme::{Role, Theme, parse_style};

/// The themes that come with the program.
pub(super) const BUNDLED: [(&str, &str); 4] = [
    ("default", include_str!("../../assets/themes/default.toml")),
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
];

/// Finds a theme: a file in `themes/` beside the configuration, one that comes with the program, or a path. The inner
/// error says that there is none of that name.
pub(super) fn find(name: &str, config: &Path) -> Result<Result<Theme, String>, ConfigError> {
    let beside = config.parent().unwrap_or(Path::new(""));
    if name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|end| end == "toml") {
        let path = beside.join(name);
        return parse(&read(&path)?, &path).map(Ok);
    }
    let path = beside.join("themes").join(format!("{name}.toml"));
    if path.is_file() {
        return parse(&read(&path)?, &path).map(Ok);
    }
    match BUNDLED.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => parse(text, &PathBuf::from(format!("{name}.toml"))).map(Ok),
        None => Ok(Err(format!("there is no theme `{name}`; {}", or_rather(name, BUNDLED.map(|(known, _)| known))))),
    }
}

/// Roles that the file does not name look as in the default theme.
pub(super) fn parse(text: &str, path: &Path) -> Result<Theme, ConfigError> {
    let roles: BTreeMap<RoleName, ThemeStyle> = toml::from_str(text).map_err(|error| ConfigError::toml(path, &error))?;
    let mut theme = Theme::default();
    for (RoleName(at), ThemeStyle(style)) in roles {
        theme.set(Role::ALL[at].0, style);
    }
    Ok(theme)
}

/// An index into [`Role::ALL`].
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
struct RoleName(usize);

impl TryFrom<String> for RoleName {
    type Error = String;

    fn try_from(name: String) -> Result<RoleName, String> {
        let at = Role::ALL.iter().position(|(_, known)| *known == name);
        at.map(RoleName)
            .ok_or_else(|| format!("there is no role `{name}`; {}", or_rather(&name, Role::ALL.map(|(_, known)| known))))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct ThemeStyle(ratatui::style::Style);

impl TryFrom<String> for ThemeStyle {
    type Error = String;

    fn try_from(words: String) -> Result<ThemeStyle, String> {
        parse_style(&words).map(ThemeStyle)
    }
}
