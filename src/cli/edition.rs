//! The welcome edition: a few articles about using the program, laid into a store that was never filled.

use anyhow::Context;

use super::clock;
use crate::format::{self, Origin};
use crate::store::Store;

/// The edition's pages by file name, in the order of reading; a page is added by a line.
const PAGES: &[(&str, &str)] = &[
    // ("01-welcome.md", include_str!("../../assets/edition/01-welcome.md")),
];

/// The key and short name of the edition's source.
pub(super) const SOURCE: &str = "edition:welcome";
pub(super) const SHORT_NAME: &str = "welcome";

/// The setting that tells what became of the edition; unset in a store that has not seen it.
const SETTING: &str = "edition";

/// Lays the edition down in a store that has not seen it yet.
pub(super) fn lay_down(store: &mut Store) -> anyhow::Result<()> {
    if store.setting(SETTING)?.is_some() {
        return Ok(());
    }
    let now = clock::now();
    for (name, text) in PAGES {
        let parsed =
            format::read(text.as_bytes(), &Origin { name, now }).with_context(|| format!("the edition's page {name}"))?;
        for page in &parsed.pages {
            store.save(page, now)?;
        }
    }
    store.set_setting(SETTING, "laid down")?;
    Ok(())
}

/// Keeps the edition from being laid down.
pub(super) fn never_again(store: &mut Store) -> anyhow::Result<()> {
    Ok(store.set_setting(SETTING, "removed")?)
}
