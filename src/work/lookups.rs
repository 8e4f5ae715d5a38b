//! Looking for the discussions of new articles, where their sources want it, and again where a site could not be asked.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::discussions::{DiscussionReport, gather};
use super::fetch::FetchSettings;
use crate::domain::plural::plural;
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;
use crate::store::lookups::LookupEnd;
use crate::store::{ArticleId, Store};

/// So many articles are looked up in one run; sites are asked seldom, and the rest can wait for the next.
const AT_ONCE: usize = 200;

/// The results of the look-ups of one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LookupReport {
    /// Articles that were looked up.
    pub articles: usize,
    /// Articles for which a site could not be asked; they are tried again later.
    pub failed: usize,
    /// Articles whose look-up failed for the last time.
    pub given_up: usize,
    /// One failure for each site, with advice.
    pub failures: BTreeMap<CleanText, (CleanText, CleanText)>,
}

impl LookupReport {
    /// "looking for discussions failed for 3 of 20 articles (tried again later): lobsters: not reached"; none if nothing
    /// failed.
    pub fn failure_in_words(&self) -> Option<String> {
        if self.failed == 0 {
            return None;
        }
        let failures: Vec<String> = self.failures.iter().map(|(site, (failure, _))| format!("{site}: {failure}")).collect();
        let articles = plural(self.articles as u64, "article");
        let later = match self.given_up {
            0 => "tried again later".to_owned(),
            all if all == self.failed => "given up after several days".to_owned(),
            some => format!("{some} given up, the rest tried again later"),
        };
        let failed = self.failed;
        Some(format!("looking for discussions failed for {failed} of {articles} ({later}): {}", failures.join("; ")))
    }
}

/// Looks for the discussions of new articles and of those whose look-up is due again. `tell` is told of each article as its
/// comments come in. What `stop` breaks off stays due.
pub fn look_up(
    store: &mut Store,
    new: &[ArticleId],
    settings: &FetchSettings,
    now: fn() -> Timestamp,
    stop: &AtomicBool,
    came: &dyn Fn(ArticleId),
) -> Result<LookupReport, String> {
    let failed = |error: crate::store::StoreError| error.to_string();
    store.want_lookups(new, now()).map_err(failed)?;
    let due = store.due_lookups(AT_ONCE, now()).map_err(failed)?;
    if due.is_empty() {
        return Ok(LookupReport::default());
    }
    let failures: RefCell<BTreeMap<ArticleId, Vec<[CleanText; 3]>>> = RefCell::default();
    gather(store, &due, true, settings, now, stop, &|article, told| match told {
        DiscussionReport::Found(_) => {}
        DiscussionReport::Kept(_) => came(article),
        DiscussionReport::Failed { place, failure, hint } => {
            failures.borrow_mut().entry(article).or_default().push([place, failure, hint]);
        }
    })?;
    let failures = failures.into_inner();
    let mut report = LookupReport { articles: due.len(), failed: failures.len(), ..LookupReport::default() };
    let was_stopped = stop.load(Ordering::Relaxed);
    for article in due {
        let end = if failures.contains_key(&article) { LookupEnd::Failed } else { LookupEnd::Answered };
        if end == LookupEnd::Answered && was_stopped {
            continue;
        }
        report.given_up += usize::from(store.end_lookup(article, end, now()).map_err(failed)?);
    }
    for [site, failure, hint] in failures.into_values().flatten() {
        report.failures.entry(site).or_insert((failure, hint));
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::clean_line;

    #[test]
    fn failed_look_ups_are_told_with_what_becomes_of_them() {
        let failures = [("hacker news", "a.example not reached"), ("lobsters", "server error (503)")];
        let failures = failures.map(|(site, failure)| (clean_line(site), (clean_line(failure), clean_line("try again"))));
        let report = |articles, failed, given_up| LookupReport {
            articles,
            failed,
            given_up,
            failures: failures.iter().take(failed).cloned().collect(),
        };
        let told = [report(3, 0, 0), report(1, 1, 0), report(20, 2, 1), report(2, 2, 2)];
        let told = told.map(|report| report.failure_in_words().unwrap_or_default()).join("\n");
        insta::assert_snapshot!(told, @"

        looking for discussions failed for 1 of 1 article (tried again later): hacker news: a.example not reached
        looking for discussions failed for 2 of 20 articles (1 given up, the rest tried again later): hacker news: a.example not reached; lobsters: server error (503)
        looking for discussions failed for 2 of 2 articles (given up after several days): hacker news: a.example not reached; lobsters: server error (503)
        ");
    }
}
