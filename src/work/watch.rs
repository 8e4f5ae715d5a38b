//! Watched articles: their discussions are refreshed as long as something is said there, ever more seldom when it grows
//! quiet.
//!
//! The wait is an eighth of the time since the last comment (without comments: since the article), and from
//! `SHORTEST` to [`LONGEST_WATCH`]: a quarter of an hour up to two hours after it, three hours a day after it, and daily from
//! the eighth day on. Each failure in a row doubles it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use super::discussions::{DiscussionReport, gather};
use super::fetch::FetchSettings;
use super::notice::Notices;
use crate::domain::plural::plural;
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::store::watches::{LONGEST_WATCH, Watch};
use crate::store::{ArticleId, Store};

const SHORTEST: i64 = 15 * 60;
const LONGEST: i64 = LONGEST_WATCH;

/// Seconds until the next time, so long after something was last said and after so many failures in a row.
pub fn wait(quiet: i64, failures: u32) -> i64 {
    let wait = (quiet / 8).clamp(SHORTEST, LONGEST);
    wait.saturating_mul(1 << failures.min(16)).min(LONGEST)
}

/// The result for one watched article.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refreshed {
    pub article: ArticleId,
    pub title: CleanText,
    /// New to the reader, who has seen the discussion before.
    pub new: u32,
    /// The failure, and advice for it.
    pub failure: Option<(CleanText, CleanText)>,
}

/// Refreshes the discussions of watched articles, which are `due`, and has the reader's command run if new comments came.
/// `came` is told of each article as its comments come in.
pub fn refresh(
    store: &mut Store,
    due: &[ArticleId],
    settings: &FetchSettings,
    now: fn() -> Timestamp,
    stop: &AtomicBool,
    notices: &Notices,
    came: &dyn Fn(ArticleId),
) -> Result<Vec<Refreshed>, String> {
    let failed = |error: crate::store::StoreError| error.to_string();
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let mut before: BTreeMap<ArticleId, u32> = BTreeMap::new();
    for row in store.headlines_of(due).map_err(failed)? {
        before.insert(row.id, row.new_comments);
    }
    let failures: RefCell<BTreeMap<ArticleId, (CleanText, CleanText)>> = RefCell::default();
    gather(store, due, false, settings, now, stop, &|article, told| match told {
        DiscussionReport::Found(_) => {}
        DiscussionReport::Kept(_) => came(article),
        DiscussionReport::Failed { failure, hint, .. } => {
            failures.borrow_mut().insert(article, (failure, hint));
        }
    })?;
    let failures = failures.into_inner();
    let at = now();
    let mut refreshed = Vec::new();
    for row in store.headlines_of(due).map_err(failed)? {
        let (article, failure) = (row.id, failures.get(&row.id).cloned());
        let past = store.watch(article).map_err(failed)?.map_or(0, |watch| watch.failures);
        let failures = if failure.is_some() { past.saturating_add(1) } else { 0 };
        let said = store.last_said(article).map_err(failed)?.unwrap_or(at);
        let due_at = Timestamp(at.0.saturating_add(wait(at.0.saturating_sub(said.0), failures)));
        store.set_watch(article, Watch { asked_at: at, due_at, failures }).map_err(failed)?;
        let new = row.new_comments.saturating_sub(before.get(&article).copied().unwrap_or(0));
        refreshed.push(Refreshed { article, title: row.title, new, failure });
    }
    let told: Vec<&Refreshed> = refreshed.iter().filter(|one| one.new > 0 && !notices.is_told_of(one.article)).collect();
    if let Some(words) = in_words(&told) {
        notices.tell(&settings.watch, told.iter().map(|one| one.article).collect(), &words);
    }
    Ok(refreshed)
}

/// "3 new comments: Owls at noon", "7 new comments: Owls at noon · Barn doors"; none without any. It begins with a number,
/// so that no headline can be taken for an option.
fn in_words(told: &[&Refreshed]) -> Option<String> {
    let new: u32 = told.iter().map(|one| one.new).sum();
    let titles: Vec<&str> = told.iter().map(|one| one.title.as_str()).collect();
    (new > 0).then(|| format!("{}: {}", plural(new.into(), "new comment"), titles.join(" · ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean_line;
    use crate::domain::time::HOUR;

    #[test]
    fn what_is_quiet_is_asked_more_seldom() {
        for (quiet, failures, wanted) in [
            (0, 0, 15 * 60),
            (-5, 0, 15 * 60),
            (2 * HOUR, 0, 15 * 60),
            (8 * HOUR, 0, HOUR),
            (24 * HOUR, 0, 3 * HOUR),
            (9 * 24 * HOUR, 0, 24 * HOUR),
            (i64::MAX, 0, 24 * HOUR),
            (0, 2, HOUR),
            (0, u32::MAX, 24 * HOUR),
        ] {
            assert_eq!(wait(quiet, failures), wanted, "{quiet} s, {failures} failures");
        }
    }

    #[test]
    fn what_is_said_of_new_comments_is_no_option() {
        let one = |title: &str, new| Refreshed { article: ArticleId(1), title: clean_line(title), new, failure: None };
        assert_eq!(in_words(&[&one("--exec=rm", 1)]).as_deref(), Some("1 new comment: --exec=rm"));
        assert_eq!(in_words(&[&one("Owls", 2), &one("Doors", 5)]).as_deref(), Some("7 new comments: Owls · Doors"));
        assert_eq!(in_words(&[]), None);
    }
}
