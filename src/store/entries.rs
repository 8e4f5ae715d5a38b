//! What a fetch brought, into the store: the items of a feed as articles, each once.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::{Connection, OptionalExtension, Result, params};
use sha2::{Digest, Sha256};

use super::articles::{Texts, by_id, find, insert, is_edit, merged_with, update};
use super::clean;
use super::subscriptions::{self, Next, Validators, Wishes, keep_try};
use super::{ArticleId, SourceId, Store, StoreError, standing};
use crate::domain::article::Article;
use crate::domain::text::CleanText;
use crate::domain::thread::Standing;
use crate::domain::time::Timestamp;
use crate::format::identity::article_key;

/// How one try of a source ended.
#[derive(Clone, PartialEq, Debug)]
pub struct Tried {
    pub source: SourceId,
    pub at: Timestamp,
    pub next: Next,
    pub outcome: Outcome,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It is as it was: only the times are written.
    Unchanged,
    Feed(Box<Feed>),
    Failed {
        failure: CleanText,
        hint: CleanText,
    },
}

impl Outcome {
    /// How many items it brings.
    pub fn items(&self) -> usize {
        match self {
            Outcome::Feed(feed) => feed.items.len(),
            Outcome::Unchanged | Outcome::Failed { .. } => 0,
        }
    }
}

/// What an answer brought.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Feed {
    pub title: CleanText,
    pub site: Option<CleanText>,
    pub is_private: bool,
    pub validators: Validators,
    pub wishes: Wishes,
    /// It breaks off: what it does not list may still be in it.
    pub is_cut: bool,
    /// The items are in the order of a front page, which is kept.
    pub is_front: bool,
    /// Newest first, as feeds have them.
    pub items: Vec<Item>,
    /// What was odd in it, a line each.
    pub notes: Vec<CleanText>,
}

/// One item of a feed, in the form in which it is stored. The threads that read feeds make it, so that the one thread that
/// stores has less to do.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// What names it in its feed.
    pub guid: Box<str>,
    key: String,
    print: i64,
    /// Without its text and stories, which are encoded in `texts`.
    article: Article,
    texts: Texts,
    /// The reader does not want it: where it is new it is not taken in.
    pub is_ignored: bool,
    /// How it stands at the place that this is a front page of.
    pub standing: Option<Standing>,
}

impl Item {
    pub fn new(guid: Box<str>, article: Article) -> Item {
        let (key, texts) = (article_key(&article), Texts::of(&article));
        let article = Texts::without(article);
        Item { guid, key, print: print_of(&article, &texts), article, texts, is_ignored: false, standing: None }
    }

    pub fn article(&self) -> Article {
        self.texts.with(self.article.clone())
    }
}

/// What a try changed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changed {
    /// In the order of the feed.
    pub new: Vec<ArticleId>,
    pub edited: Vec<ArticleId>,
    /// So many new ones were not taken in.
    pub ignored: u32,
}

impl Store {
    /// Keeps the ends of some tries in one transaction; gives what each changed. Those of sources that were removed
    /// meanwhile are passed over.
    pub fn keep_tries(&mut self, tries: &[Tried]) -> std::result::Result<Vec<Changed>, StoreError> {
        self.change_row_by_row("storing what was fetched", |conn| tries.iter().map(|tried| keep(conn, tried)).collect())
    }
}

impl Store {
    /// Where the page of an article stands.
    pub fn address(&self, id: ArticleId) -> std::result::Result<Option<String>, StoreError> {
        self.ask("reading an address", |conn| {
            let mut statement = conn.prepare_cached("SELECT url FROM article_bodies WHERE article_id = ?1")?;
            Ok(statement.query_row([id.0], |row| row.get(0)).optional()?.flatten())
        })
    }

    /// Takes the text of an article's own page in place of its source's teaser. That is no edit. False if there is no such
    /// article any more.
    pub fn set_full_text(&mut self, id: ArticleId, page: &Article, now: Timestamp) -> std::result::Result<bool, StoreError> {
        self.change("storing a whole text", |conn| {
            let Some((_, old)) = by_id(conn, id)? else { return Ok(false) };
            let page = Article { is_full: true, ..page.clone() };
            let known = merged_with(&old, &page);
            // What the source says of it stands.
            let merged =
                Article { title: old.title.clone(), byline: old.byline.clone().or(page.byline), url: old.url.clone(), ..known };
            update(conn, id, &merged, &merged, &merged, now)?;
            // A teaser is not what the text said before an edit.
            conn.prepare_cached("DELETE FROM previous_texts WHERE article_id = ?1")?.execute([id.0])?;
            Ok(true)
        })
    }
}

fn keep(conn: &Connection, tried: &Tried) -> Result<Changed> {
    let Tried { source, at, next, outcome } = tried;
    match outcome {
        Outcome::Unchanged => subscriptions::answered(conn, *source, next, *at).map(|()| Changed::default()),
        Outcome::Failed { failure, hint } => {
            subscriptions::failed(conn, *source, (failure, hint), next, *at).map(|()| Changed::default())
        }
        Outcome::Feed(feed) => {
            if !keep_head(conn, *source, feed)? {
                return Ok(Changed::default());
            }
            let changed = keep_items(conn, *source, feed, *at)?;
            if !changed.is_nothing() {
                keep_try(conn, *source, &changed.in_words(), *at)?;
            }
            subscriptions::answered(conn, *source, next, *at)?;
            Ok(changed)
        }
    }
}

impl Changed {
    pub fn is_nothing(&self) -> bool {
        *self == Changed::default()
    }

    /// "3 new, 1 updated", "nothing new".
    pub fn in_words(&self) -> String {
        let told = [(self.new.len(), "new"), (self.edited.len(), "updated"), (self.ignored as usize, "ignored")];
        let told: Vec<String> = told.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if told.is_empty() { "nothing new".to_owned() } else { told.join(", ") }
    }
}

/// False if there is no such subscription any more.
fn keep_head(conn: &Connection, source: SourceId, feed: &Feed) -> Result<bool> {
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
    if changed > 0 && !feed.title.is_empty() {
        conn.prepare_cached(
            "UPDATE sources SET title = ?2 WHERE id = ?1 AND title <> ?2
                AND (SELECT NOT is_named FROM subscriptions WHERE source_id = ?1)",
        )?
        .execute(params![source.0, &*feed.title])?;
    }
    Ok(changed > 0)
}

fn keep_items(conn: &Connection, source: SourceId, feed: &Feed, now: Timestamp) -> Result<Changed> {
    let mut changed = Changed::default();
    let items = &feed.items;
    let guids: HashSet<i64> = items.iter().map(|item| short_hash(item.guid.as_bytes())).collect();
    let mut order = Vec::new();
    // The last one first, so that of those without a date the newest has the greatest id, and stands first in lists.
    for item in items.iter().rev() {
        let (guid, print) = (short_hash(item.guid.as_bytes()), item.print);
        let mut known = conn.prepare_cached("SELECT article_id, print FROM entries WHERE source_id = ?1 AND guid = ?2")?;
        let known: Option<(Option<i64>, i64)> =
            known.query_row(params![source.0, guid], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let stored = match known {
            // Nothing has changed, or it has gone by the reader's own rules.
            Some((Some(id), same)) if same == print => {
                keep_standing(conn, ArticleId(id), item, now)?;
                order.push(ArticleId(id));
                continue;
            }
            Some((None, _)) => continue,
            Some((Some(id), _)) => by_id(conn, ArticleId(id))?,
            None if item.is_ignored || clean::has_gone(conn, source, print)? => {
                changed.ignored += u32::from(item.is_ignored);
                keep_entry(conn, source, guid, None, print)?;
                continue;
            }
            None => None,
        };
        let (id, is_new, is_edited) = match stored {
            Some((id, old)) => (id, false, edit(conn, id, &old, &item.article(), now)?),
            None => take_in(conn, source, item, (!feed.is_front).then_some(&guids), now)?,
        };
        keep_entry(conn, source, guid, Some(id), print)?;
        keep_standing(conn, id, item, now)?;
        order.push(id);
        if is_new {
            changed.new.push(id);
        } else if is_edited {
            changed.edited.push(id);
        }
    }
    if !items.is_empty() && !feed.is_cut {
        clean::forget(conn, source, &guids, now)?;
    }
    if feed.is_front {
        order.reverse();
        standing::keep_front(conn, source, &order)?;
    }
    changed.new.reverse();
    changed.edited.reverse();
    Ok(changed)
}

fn keep_standing(conn: &Connection, id: ArticleId, item: &Item, now: Timestamp) -> Result<()> {
    item.standing.as_ref().map_or(Ok(()), |told| standing::keep(conn, id, told, now))
}

/// Keeps which article an entry led to; none for an article that has gone.
fn keep_entry(conn: &Connection, source: SourceId, guid: i64, article: Option<ArticleId>, print: i64) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO entries (source_id, guid, article_id, print) VALUES (?1, ?2, ?3, ?4)";
    conn.prepare_cached(sql)?.execute(params![source.0, guid, article.map(|id| id.0), print]).map(drop)
}

/// An item that this source has not had, beside the others that its `feed` has: a new article, or one that another source,
/// or this one under another guid, has brought. Gives whether it is new, and whether it was edited.
fn take_in(
    conn: &Connection,
    source: SourceId,
    item: &Item,
    feed: Option<&HashSet<i64>>,
    now: Timestamp,
) -> Result<(ArticleId, bool, bool)> {
    let Item { key, article, texts, .. } = item;
    let Some((id, old)) = find(conn, key, source.0, article)? else {
        return Ok((insert(conn, key, source.0, article, texts, now)?, true, false));
    };
    // Items that lead to the same page are several all the same, if the feed has them side by side; stories of a front page
    // are one then.
    let mut others = conn.prepare_cached("SELECT guid FROM entries WHERE article_id = ?1 AND source_id = ?2")?;
    let others: Vec<i64> = others.query_map(params![id.0, source.0], |row| row.get(0))?.collect::<Result<_>>()?;
    if feed.is_some_and(|guids| others.iter().any(|other| guids.contains(other))) {
        let key = format!("{key} {}", item.guid);
        return Ok((insert(conn, &key, source.0, article, texts, now)?, true, false));
    }
    // What another source tells of it adds to what is known; it does not change it.
    let is_own = !others.is_empty();
    let is_edited = if is_own { edit(conn, id, &old, &item.article(), now)? } else { false };
    Ok((id, false, is_edited))
}

fn edit(conn: &Connection, id: ArticleId, old: &Article, new: &Article, now: Timestamp) -> Result<bool> {
    let merged = merged_with(old, new);
    if merged != *old {
        update(conn, id, old, &merged, new, now)?;
    }
    Ok(is_edit(old, &merged))
}

fn short_hash(bytes: &[u8]) -> i64 {
    let digest = Sha256::digest(bytes);
    i64::from_le_bytes(std::array::from_fn(|at| digest[at]))
}

/// Tells an item that says the same again. Another version of the program may hash otherwise; that costs one comparison.
fn print_of(article: &Article, texts: &Texts) -> i64 {
    let mut hasher = DefaultHasher::new();
    (article, texts).hash(&mut hasher);
    hasher.finish() as i64
}
