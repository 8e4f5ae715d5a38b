//! How a fetch of a source ended, into the store: what it brought, and when it is due again.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::articles::{by_id, merged_with, update};
use super::clean;
use super::columns::ReadColumn as _;
pub use super::ingest::Item;
use super::ingest::{IngestAnswer, Ingested, Regrouped, address_hash};
use super::polls::{answered, failed, keep_try};
use super::subscriptions::{FeedHints, NextFetch, Validators};
use super::{ArticleId, SourceId, Store, StoreError, standing};
use crate::domain::article::Article;
use crate::domain::text::CleanText;
use crate::domain::time::Timestamp;

/// How one try of a source ended.
#[derive(Clone, PartialEq, Debug)]
pub struct FetchAttempt {
    pub source: SourceId,
    pub at: Timestamp,
    pub next: NextFetch,
    pub outcome: FetchOutcome,
}

#[derive(Clone, PartialEq, Debug)]
pub enum FetchOutcome {
    /// It is as it was: only the times are written.
    Unchanged,
    Feed(Box<FetchedFeed>),
    Failed {
        failure: CleanText,
        hint: CleanText,
    },
}

impl FetchOutcome {
    /// How many items it brings.
    pub fn items(&self) -> usize {
        match self {
            FetchOutcome::Feed(feed) => feed.items.len(),
            FetchOutcome::Unchanged | FetchOutcome::Failed { .. } => 0,
        }
    }
}

/// The changes that an answer brought.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FetchedFeed {
    pub title: CleanText,
    pub site: Option<CleanText>,
    pub is_private: bool,
    pub validators: Validators,
    pub wishes: FeedHints,
    /// It breaks off: what it does not list may still be in it.
    pub is_cut: bool,
    /// The items are in the order of a front page, which is kept.
    pub is_front: bool,
    /// Newest first, as feeds have them.
    pub items: Vec<Item>,
    /// Its oddities, a line each.
    pub notes: Vec<CleanText>,
}

/// The changes that a fetch made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changed {
    /// In the order of the feed.
    pub new: Vec<ArticleId>,
    pub edited: Vec<ArticleId>,
    /// Articles that other sources brought before, and that this one has, too, from now on.
    pub joined: Vec<ArticleId>,
    /// New items that a rule ignores.
    pub ignored: u32,
    /// Items that are equal to another one of the answer.
    pub repeated: u32,
    pub new_comments: u32,
    pub regrouped: Regrouped,
}

impl Store {
    /// Keeps the ends of some tries in one transaction; gives what each changed. Those of sources that were removed
    /// meanwhile are passed over.
    pub fn keep_tries(&mut self, tries: &[FetchAttempt]) -> std::result::Result<Vec<Changed>, StoreError> {
        self.change_row_by_row("storing what was fetched", |conn| tries.iter().map(|tried| keep(conn, tried)).collect())
    }
}

impl Store {
    /// Where the page of an article stands.
    pub fn address(&self, id: ArticleId) -> std::result::Result<Option<String>, StoreError> {
        self.ask("reading an address", |conn| {
            let mut statement = conn.prepare_cached("SELECT url FROM article_bodies WHERE article_id = ?1")?;
            Ok(statement.query_row([id.0], |row| row.read(0)).optional()?.flatten())
        })
    }

    /// Takes the text of an article's own page in place of its source's teaser. That is no edit. False if there is no such
    /// article any more.
    pub fn set_full_text(&mut self, id: ArticleId, page: &Article, now: Timestamp) -> std::result::Result<bool, StoreError> {
        self.change("storing a whole text", |conn| {
            let Some((_, old)) = by_id(conn, id)? else { return Ok(false) };
            let page = Article { is_full: true, ..page.clone() };
            let known = merged_with(&old, &page);
            // The source's own value takes precedence.
            let merged =
                Article { title: old.title.clone(), byline: old.byline.clone().or(page.byline), url: old.url.clone(), ..known };
            update(conn, id, &merged, &merged, &merged, false, now)?;
            keep_full_text(conn, id, &merged)?;
            // A teaser is not what the text said before an edit.
            conn.prepare_cached("DELETE FROM previous_texts WHERE article_id = ?1")?.execute([id.0])?;
            Ok(true)
        })
    }
}

fn keep(conn: &Connection, tried: &FetchAttempt) -> Result<Changed> {
    let FetchAttempt { source, at, next, outcome } = tried;
    match outcome {
        FetchOutcome::Unchanged => answered(conn, *source, next, *at).map(|()| Changed::default()),
        FetchOutcome::Failed { failure, hint } => {
            failed(conn, *source, (failure, hint), next, *at).map(|()| Changed::default())
        }
        FetchOutcome::Feed(feed) => {
            if !keep_head(conn, *source, feed)? {
                return Ok(Changed::default());
            }
            let changed = keep_items(conn, *source, feed, *at)?;
            if !changed.is_nothing() {
                keep_try(conn, *source, &changed.in_words(), *at)?;
            }
            answered(conn, *source, next, *at)?;
            Ok(changed)
        }
    }
}

impl Changed {
    pub fn is_nothing(&self) -> bool {
        Changed { repeated: 0, ..self.clone() } == Changed::default()
    }

    /// "3 new, 1 updated", "nothing new".
    pub fn in_words(&self) -> String {
        let Changed { new, edited, joined, ignored, new_comments, regrouped, .. } = self;
        let counts = [
            (new.len(), "new"),
            (edited.len(), "updated"),
            (joined.len(), "from other sources too"),
            (*new_comments as usize, "new comments"),
            (*ignored as usize, "ignored"),
            (regrouped.merged.len(), "merged"),
            (regrouped.split as usize, "split"),
        ];
        let parts: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if parts.is_empty() { "nothing new".to_owned() } else { parts.join(", ") }
    }
}

/// False if there is no such subscription any more.
fn keep_head(conn: &Connection, source: SourceId, feed: &FetchedFeed) -> Result<bool> {
    let Validators { etag, last_modified, print } = &feed.validators;
    let changed = conn
        .prepare_cached(
            "UPDATE subscriptions SET site = ifnull(?2, site), is_private = is_private OR ?3, etag = ?4, last_modified = ?5,
                                      print = ?6, ttl = ?7, period = ?8 WHERE source_id = ?1",
        )?
        .execute(params![
            source.0,
            feed.site.as_deref(),
            feed.is_private,
            etag,
            last_modified,
            print,
            feed.wishes.ttl,
            feed.wishes.period
        ])?;
    if let Some(home) = feed.site.as_deref().and_then(address_hash) {
        conn.prepare_cached("UPDATE sources SET home = ?2 WHERE id = ?1 AND home IS NOT ?2")?.execute([source.0, home])?;
    }
    if changed > 0 && !feed.title.is_empty() {
        conn.prepare_cached(
            "UPDATE sources SET title = ?2 WHERE id = ?1 AND title <> ?2
                AND (SELECT NOT is_named FROM subscriptions WHERE source_id = ?1)",
        )?
        .execute(params![source.0, &*feed.title])?;
    }
    Ok(changed > 0)
}

fn keep_items(conn: &Connection, source: SourceId, feed: &FetchedFeed, now: Timestamp) -> Result<Changed> {
    let mut answer = IngestAnswer::default();
    let ingested = answer.upsert(conn, source.0, &feed.items, true, now)?;
    if !feed.items.is_empty() && !feed.is_cut {
        clean::forget(conn, source, &answer, now)?;
    }
    let mut order: Vec<ArticleId> = ingested.saved.iter().flatten().map(|saved| saved.id).collect();
    let changed = changes_of(ingested);
    if feed.is_front {
        let mut seen = HashSet::new();
        order.retain(|id| seen.insert(*id));
        standing::keep_front(conn, source, &order)?;
    }
    Ok(changed)
}

/// The changes that storing an answer made.
pub(super) fn changes_of(ingested: Ingested) -> Changed {
    let mut changed =
        Changed { ignored: ingested.ignored, repeated: ingested.repeated, regrouped: ingested.regrouped, ..Changed::default() };
    for saved in ingested.saved.into_iter().flatten() {
        changed.new_comments += saved.new_comments;
        let list = match (saved.new_article, saved.joined_article, saved.edited_article) {
            (true, ..) => Some(&mut changed.new),
            (_, true, _) => Some(&mut changed.joined),
            (_, _, true) => Some(&mut changed.edited),
            _ => None,
        };
        if let Some(list) = list {
            list.push(saved.id);
        }
    }
    changed
}

/// With the entry that leads, where the article has several, so that composing it anew does not lose the text.
fn keep_full_text(conn: &Connection, id: ArticleId, full: &Article) -> Result<()> {
    let lead = "SELECT e.id FROM entries e CROSS JOIN articles a ON a.id = e.article_id
                CROSS JOIN entry_contents c ON c.entry_id = e.id
                WHERE e.article_id = ?1 AND e.source_id = a.source_id ORDER BY e.id LIMIT 1";
    let lead: Option<i64> = conn.prepare_cached(lead)?.query_row([id.0], |row| row.read(0)).optional()?;
    lead.map_or(Ok(()), |entry| super::ingest::keep_content(conn, entry, full))
}
