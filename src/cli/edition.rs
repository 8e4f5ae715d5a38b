//! The welcome edition: a few articles about using the program, laid into a store that was never filled.

use anyhow::Context;

use super::clock;
use crate::format::{self, Origin};
use crate::store::Store;

/// The edition's pages by file name, in the order of reading; a page is added by a line.
const PAGES: &[(&str, &str)] = &[
    ("01-read-this-first.md", include_str!("../../assets/edition/01-read-this-first.md")),
    ("02-the-slider.md", include_str!("../../assets/edition/02-the-slider.md")),
    ("03-threads-and-orders.md", include_str!("../../assets/edition/03-threads-and-orders.md")),
    ("04-what-two-votes-are-worth.md", include_str!("../../assets/edition/04-what-two-votes-are-worth.md")),
    ("05-where-things-lie.md", include_str!("../../assets/edition/05-where-things-lie.md")),
    ("06-day-night-forty-columns.md", include_str!("../../assets/edition/06-day-night-forty-columns.md")),
    ("07-text-that-cannot-act.md", include_str!("../../assets/edition/07-text-that-cannot-act.md")),
    ("08-a-gleaner-bends-down.md", include_str!("../../assets/edition/08-a-gleaner-bends-down.md")),
];

/// The key and short name of the edition's source.
pub(super) const SOURCE: &str = "edition:welcome";
pub(super) const SHORT_NAME: &str = "welcome";

/// The setting that tells what became of the edition; unset in a store that has not seen it.
const SETTING: &str = "edition";

/// Lays the edition down in a store that has not seen it yet and holds nothing else: who imported first has seen what
/// the program is for.
pub(super) fn lay_down(store: &mut Store) -> anyhow::Result<()> {
    if store.setting(SETTING)?.is_some() {
        return Ok(());
    }
    if store.sections()?.iter().any(|row| row.total > 0) {
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
