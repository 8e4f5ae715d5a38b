//! The welcome edition: a few articles about using the program, laid into a store that was never filled.

use anyhow::Context;

use super::clock;
use crate::domain::query::Query;
use crate::format::Origin;
use crate::site;
use crate::store::{Section, Store, Stretch};

/// The edition's pages by file name, in the order of reading; a page is added by a line.
const PAGES: &[(&str, &str)] = &[
    ("01-add-your-first-feed.md", include_str!("../../assets/edition/01-add-your-first-feed.md")),
    ("02-the-slider.md", include_str!("../../assets/edition/02-the-slider.md")),
    ("03-threads-and-orders.md", include_str!("../../assets/edition/03-threads-and-orders.md")),
    ("04-keys.md", include_str!("../../assets/edition/04-keys.md")),
    ("05-your-data.md", include_str!("../../assets/edition/05-your-data.md")),
];

/// The key of the edition's source.
pub(super) const SOURCE: &str = "edition:welcome";
/// Its other name.
const NAMES: [&str; 3] = [SOURCE, "welcome edition", "welcome"];

pub(super) fn is_called(name: &str) -> bool {
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The setting that tells what became of the edition; unset in a store that has not seen it.
const SETTING: &str = "edition";

/// Lays the edition down in a store that has not seen it yet and holds nothing else: who imported first has seen what
/// the program is for.
pub(super) fn lay_down(store: &mut Store) -> anyhow::Result<()> {
    if store.setting(SETTING)?.is_some() {
        return Ok(());
    }
    if !store.headlines(&Section::All, &Query::default(), Stretch::First, 1)?.is_empty() {
        return Ok(store.set_setting(SETTING, "not needed")?);
    }
    let now = clock::now();
    for (name, text) in PAGES {
        let parsed =
            site::read(text.as_bytes(), &Origin { name, now }).with_context(|| format!("the edition's page {name}"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edition_is_laid_down_once_and_stays_away_when_removed() {
        let mut store = Store::in_memory().unwrap();
        let articles = |store: &Store| store.headlines(&Section::All, &Query::default(), Stretch::First, 100).unwrap();
        lay_down(&mut store).unwrap();
        assert_eq!(articles(&store).len(), PAGES.len());
        assert!(articles(&store).iter().all(|headline| &*headline.source == "Welcome edition" && headline.comments > 0));
        assert_eq!(
            store.remove_source(SOURCE, true, crate::domain::time::Timestamp(0)).unwrap().map(|removed| removed.articles),
            Some(PAGES.len() as u64)
        );
        lay_down(&mut store).unwrap();
        assert_eq!(articles(&store), []);
    }

    #[test]
    fn every_page_reads_without_a_note() {
        for (name, text) in PAGES {
            let parsed = site::read(text.as_bytes(), &Origin { name, now: clock::now() }).unwrap();
            assert_eq!((parsed.pages.len(), &parsed.notes[..]), (1, &[][..]), "{name}");
            assert_eq!(&*parsed.pages[0].source.key, SOURCE, "{name}");
        }
    }

    #[test]
    fn every_page_of_the_folder_is_in_the_edition() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/edition");
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, PAGES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
