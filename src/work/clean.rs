//! Cleaning: what the settings keep of each source, and a step of taking away the rest.

use super::fetch::{FetchSettings, Keep};
use crate::domain::time::Timestamp;
use crate::store::clean::{CLEAN_STEP, CleanRequest, CleaningStep, Keeping};
use crate::store::{ArticleId, SourceId, Store, StoreError};

/// The keep rule of each subscription by these settings.
pub fn keeping(settings: &FetchSettings, store: &Store, now: Timestamp) -> Result<Keeping, StoreError> {
    let wishes = store.subscriptions()?.into_iter().filter_map(|one| {
        let Keep { days, newest } = settings.keep_of(&one);
        let some = |n: u32| (n > 0).then_some(n);
        (days > 0 || newest > 0).then_some(CleanRequest { source: one.id, days: some(days), newest: some(newest) })
    });
    Ok(Keeping { now, wishes: wishes.collect(), spared: None })
}

/// True if anything is ever cleaned.
pub fn is_wanted(settings: &FetchSettings, store: &Store) -> bool {
    let of_sources = settings.sources.iter().flat_map(|one| [one.keep_days, one.keep]).flatten();
    of_sources.chain([settings.keep.days, settings.keep.newest]).any(|n| n > 0) || store.has_keep_rules().unwrap_or(false)
}

/// Progress of cleaning: at a source, or at giving back free room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    Source(SourceId),
    Room,
}

impl Stage {
    pub const FIRST: Stage = Stage::Source(SourceId(0));
}

/// The result of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CleanedSome {
    pub articles: u64,
    /// None: all is done.
    pub next: Option<Stage>,
}

pub(super) fn step(
    store: &mut Store,
    settings: &FetchSettings,
    spared: Option<ArticleId>,
    now: Timestamp,
    stage: Stage,
) -> Result<CleanedSome, StoreError> {
    Ok(match stage {
        Stage::Room => CleanedSome { articles: 0, next: store.vacuum_some()?.then_some(Stage::Room) },
        Stage::Source(from) => {
            let keeping = Keeping { spared, ..keeping(settings, store, now)? };
            let CleaningStep { cleaned, next, .. } = store.clean_some(&keeping, from, CLEAN_STEP)?;
            let articles = cleaned.iter().map(|of_source| of_source.articles).sum();
            CleanedSome { articles, next: Some(next.map_or(Stage::Room, Stage::Source)) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::subscriptions::NewSubscription;
    use crate::work::fetch::{Keep, SourceSettings};

    const NOW: Timestamp = Timestamp(1_700_000_000);

    #[test]
    fn a_source_keeps_what_its_own_settings_say_and_else_what_all_keep() {
        let mut store = Store::in_memory().unwrap();
        for name in ["a", "b", "c"] {
            let address = format!("https://{name}.example/feed");
            store.subscribe(&NewSubscription { address, ..NewSubscription::default() }, NOW).unwrap();
        }
        let own =
            |of: &str, keep_days, keep| SourceSettings { of: of.to_owned(), keep_days, keep, ..SourceSettings::default() };
        let told = |keep: Keep, sources: Vec<SourceSettings>| {
            let settings = FetchSettings { keep, sources, ..FetchSettings::default() };
            let wishes = keeping(&settings, &store, NOW).unwrap().wishes;
            assert_eq!(is_wanted(&settings, &store), !wishes.is_empty());
            wishes.iter().map(|wish| (wish.source.0, wish.days, wish.newest)).collect::<Vec<_>>()
        };
        let some = Keep { days: 90, newest: 500 };
        assert_eq!(told(Keep::default(), vec![own("a.example", Some(0), None)]), []);
        assert_eq!(told(Keep::default(), vec![own("b.example", None, Some(7))]), [(2, None, Some(7))]);
        let sources =
            vec![own("a.example", Some(0), None), own("b.example", Some(3), Some(0)), own("c.example", Some(0), Some(0))];
        assert_eq!(told(some, sources), [(1, None, Some(500)), (2, Some(3), None)]);
        assert_eq!(told(some, Vec::new()).len(), 3);
    }
}
