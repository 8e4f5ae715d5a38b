//! Items of one source into the tables: their entries, the articles of these, the discussions that came with them.

use rusqlite::{Connection, Result, params};

use super::super::articles::{by_id, insert, is_edit, merged_with, update};
use super::super::columns::{ReadColumn as _, seconds};
use super::super::merge::save_discussion;
use super::super::state::set_read;
use super::super::{ArticleId, Saved, standing};
use super::entry_matching::EntryCandidate;
use super::fingerprint::Fingerprint;
use super::grouping::{Addresses, Placed};
use super::{CANDIDATE, IngestAnswer, Item, candidate, compose, contents, sort_at};
use crate::domain::article::Article;
use crate::domain::thread::Discussion;
use crate::domain::time::Timestamp;

/// Where items of one source are stored.
pub(super) struct Storing<'a> {
    pub(super) conn: &'a Connection,
    pub(super) source: i64,
    pub(super) now: Timestamp,
    pub(super) addresses: &'a mut Addresses,
    pub(super) answer: &'a mut IngestAnswer,
}

impl Storing<'_> {
    /// An item whose entry is here. None if its article has gone by the reader's own rules.
    pub(super) fn again(&mut self, candidate: &EntryCandidate, item: &Item) -> Result<Option<Saved>> {
        self.answer.matched.insert(candidate.entry);
        self.answer.last_entry = Some(candidate.entry);
        let Some(article) = candidate.article.map(ArticleId) else { return Ok(None) };
        let mut saved = Saved::unchanged(article);
        if candidate.print != item.print {
            saved.edited_article = self.edit(candidate, article, item)?;
        }
        self.add_discussions(item, &mut saved)?;
        Ok(Some(saved))
    }

    /// An item that its source has not had.
    pub(super) fn first_time(&mut self, item: &Item) -> Result<Option<Saved>> {
        let by_thread = by_thread(self.conn, &item.discussions)?;
        if let Some(article) = by_thread
            && let Some(entry) = self.entry_of(article)?
        {
            return self.again(&entry, item);
        }
        let is_submission = item.is_submission();
        let joined = match by_thread {
            None => self.addresses.article_for(self.conn, self.source, &item.fingerprint, is_submission)?,
            found => found,
        };
        let article = match joined {
            Some(article) => {
                contents::keep_first(self.conn, article)?;
                article
            }
            None => insert(self.conn, self.source, &item.article(), &item.texts, self.now)?,
        };
        let entry = self.add_entry(article, item, is_submission)?;
        if joined.is_some() {
            contents::write(self.conn, entry, &own_content(item))?;
            compose(self.conn, article, None, self.now)?;
        }
        let fingerprint = item.fingerprint;
        let placed = Placed { entry, source: self.source, article: article.0, fingerprint, is_submission };
        self.addresses.put(self.conn, placed)?;
        let is_new = joined.is_none();
        if is_new && item.is_read {
            set_read(self.conn, &[article], true, self.now)?;
        }
        let mut saved = Saved { new_article: is_new, joined_article: !is_new, ..Saved::unchanged(article) };
        if item.told.is_some() {
            standing::count(self.conn, article)?;
        }
        self.add_discussions(item, &mut saved)?;
        Ok(Some(saved))
    }

    /// The entry of this source that an article has, unless another item of the answer is it.
    fn entry_of(&self, article: ArticleId) -> Result<Option<EntryCandidate>> {
        let sql = format!("SELECT {CANDIDATE} FROM entries WHERE article_id = ?1 AND source_id = ?2 ORDER BY id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        for found in statement.query_map([article.0, self.source], candidate)? {
            let found = found?;
            if !self.answer.has(found.entry) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn add_discussions(&self, item: &Item, saved: &mut Saved) -> Result<()> {
        for discussion in &item.discussions {
            save_discussion(self.conn, discussion, self.now, saved)?;
        }
        item.standing.as_ref().map_or(Ok(()), |told| standing::keep(self.conn, saved.id, told, self.now))
    }

    /// Keeps that an item was here, without an article, so that it does not come again.
    pub(super) fn remember(&mut self, item: &Item) -> Result<()> {
        self.insert_entry(None, item, false, false).map(drop)
    }

    fn add_entry(&mut self, article: ArticleId, item: &Item, is_submission: bool) -> Result<i64> {
        let listed = "SELECT 1 FROM entries WHERE article_id = ?1 AND source_id = ?2 AND is_listed";
        let is_listed = !self.conn.prepare_cached(listed)?.exists([article.0, self.source])?;
        self.insert_entry(Some(article), item, is_listed, is_submission)
    }

    fn insert_entry(&mut self, article: Option<ArticleId>, item: &Item, is_listed: bool, is_submission: bool) -> Result<i64> {
        let Fingerprint { id, address, host, text, enclosure, date, is_amp, .. } = item.fingerprint;
        self.conn
            .prepare_cached(
                "INSERT INTO entries (source_id, article_id, guid, address, title, text, enclosure, published,
                    published_is_day, print, sort_at, is_listed, is_submission, is_amp, told, host, read)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                    ifnull((SELECT read FROM articles WHERE id = ?2), 0))",
            )?
            .execute(params![
                self.source,
                article.map(|id| id.0),
                id,
                address,
                item.fingerprint.headline(),
                text,
                enclosure,
                date.map(|(at, _)| at),
                date.is_some_and(|(_, is_day)| is_day),
                item.print,
                sort_at(date, self.now),
                is_listed,
                is_submission,
                is_amp,
                item.told.unwrap_or(0),
                host,
            ])?;
        let entry = self.conn.last_insert_rowid();
        self.answer.matched.insert(entry);
        self.answer.last_entry = Some(entry);
        Ok(entry)
    }

    /// Brings an entry, and its article, up to date. Whether the article was edited: it has another title or text.
    fn edit(&mut self, entry: &EntryCandidate, article: ArticleId, item: &Item) -> Result<bool> {
        let content = contents::read(self.conn, entry.entry)?;
        let is_edited = match content {
            None if has_one_entry(self.conn, article)? => self.edit_alone(entry, article, item)?,
            content => {
                contents::keep_first(self.conn, article)?;
                let old = content.map_or_else(|| contents::read(self.conn, entry.entry), |old| Ok(Some(old)))?;
                let new = old.as_ref().map_or_else(|| own_content(item), |old| merge(old, item));
                if old.as_ref() != Some(&new) {
                    contents::write(self.conn, entry.entry, &new)?;
                }
                let is_edited = compose(self.conn, article, Some(entry.entry), self.now)?;
                contents::place(self.conn, entry.entry, new.published.map(seconds), self.now)?;
                is_edited
            }
        };
        self.renew_entry(entry, article, item)?;
        Ok(is_edited)
    }

    fn edit_alone(&self, entry: &EntryCandidate, article: ArticleId, item: &Item) -> Result<bool> {
        let Some((_, old)) = by_id(self.conn, article)? else { return Ok(false) };
        let merged = merge(&old, item);
        if merged != old {
            update(self.conn, article, &old, &merged, &item.article(), true, self.now)?;
        }
        contents::place(self.conn, entry.entry, merged.published.map(seconds), self.now)?;
        // Feeds change what stands beside a text all the time; a page that was saved again is an edit, whatever it changes.
        Ok(is_edit(&old, &merged) || (item.is_page && has_other_facts(&old, &merged)))
    }

    fn renew_entry(&mut self, entry: &EntryCandidate, article: ArticleId, item: &Item) -> Result<()> {
        let (old, new) = (entry.fingerprint, item.fingerprint);
        let date = new.date.or(old.date);
        let (address, host) = if new.address.is_some() { (new.address, new.host) } else { (old.address, old.host) };
        self.conn
            .prepare_cached(
                "UPDATE entries SET guid = ?2, address = ?3, title = ?4, text = ?5, enclosure = ?6, published = ?7,
                    published_is_day = ?8, print = ?9, is_submission = ?10, is_amp = ?11, told = ?12, host = ?13 WHERE id = ?1",
            )?
            .execute(params![
                entry.entry,
                new.id.or(old.id),
                address,
                new.headline().or(old.title),
                new.text.or(old.text),
                new.enclosure.or(old.enclosure),
                date.map(|(at, _)| at),
                date.is_some_and(|(_, is_day)| is_day),
                item.print,
                item.is_submission(),
                new.is_amp,
                item.told.unwrap_or(0),
                host,
            ])?;
        if item.told.is_some() {
            standing::count(self.conn, article)?;
        }
        if let Some(address) = address.filter(|address| Some(*address) != old.address) {
            self.addresses.touch(address, host, new.is_root);
        }
        Ok(())
    }
}

/// True if something that is told beside title and text was replaced by something else.
fn has_other_facts(old: &Article, new: &Article) -> bool {
    let pairs = [(&old.byline, &new.byline), (&old.organisation, &new.organisation), (&old.kind, &new.kind)];
    pairs.iter().any(|(old, new)| old.is_some() && old != new)
}

fn has_one_entry(conn: &Connection, article: ArticleId) -> Result<bool> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM entries WHERE article_id = ?1 LIMIT 2)";
    conn.prepare_cached(sql)?.query_row([article.0], |row| Ok(row.read::<i64>(0)? < 2))
}

/// An item's content, as it is stored.
fn own_content(item: &Item) -> Article {
    merge(&Article::default(), item)
}

/// Updates an entry's content by an item.
fn merge(old: &Article, item: &Item) -> Article {
    let new = item.article();
    // A part of a thread knows no more of what it is about than the thread's own address.
    let is_thread = item.discussions.iter().any(|discussion| discussion.url.is_some() && discussion.url == new.url);
    let mut merged = merged_with(old, &new);
    // An item with comments and no text carries the title of its comment feed.
    if !item.discussions.is_empty() && new.body.is_blank() && !old.title.is_empty() {
        merged.title.clone_from(&old.title);
    }
    if is_thread { Article { url: old.url.clone().or(merged.url), ..merged } } else { merged }
}

/// The article that one of the discussions is stored under: parts of a thread know its address, not that of what it is
/// about.
fn by_thread(conn: &Connection, discussions: &[Discussion]) -> Result<Option<ArticleId>> {
    let sql =
        "SELECT min(article_id) FROM discussions INDEXED BY discussions_address WHERE url = ?1 AND url <> '' AND place = ?2";
    for discussion in discussions {
        let Some(url) = &discussion.url else { continue };
        let found: Option<i64> = conn.prepare_cached(sql)?.query_row([&**url, &*discussion.place], |row| row.read(0))?;
        if let Some(found) = found {
            return Ok(Some(ArticleId(found)));
        }
    }
    Ok(None)
}
