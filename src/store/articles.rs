//! Articles: saving one, and reading one whole.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::beside;
use super::body::{self, Encoded};
use super::columns::{ReadColumn as _, read_bytes, read_some_text, read_text, read_when, scale, seconds};
use super::ingest::{IngestAnswer, Item, Regrouped, sort_at};
use super::merge::save_discussion;
use super::sources::save_source;
use super::tags;
use super::{ArticleId, DiscussionHead, DiscussionId, Previous, Saved, Store, StoreError, StoredArticle};
use crate::domain::article::{Article, Audience, Page, Related, Replies, Source};
use crate::domain::text::CleanText;
use crate::domain::thread::Discussion;
use crate::domain::time::Timestamp;
use crate::format::slug;

impl Store {
    /// Stores a saved page, or brings a stored one up to date: ranks in place, new comments added, edits taken; first-seen
    /// times and the reader's state stay. Saving the same page again writes nothing.
    pub fn save(&mut self, page: &Page, now: Timestamp) -> std::result::Result<Saved, StoreError> {
        self.change("saving an article", |conn| {
            let saved = save_pages(conn, std::slice::from_ref(page), PageKind::Saved, &mut FileAnswer::default(), now)?;
            saved.pages.first().copied().ok_or(rusqlite::Error::QueryReturnedNoRows)
        })
    }

    /// Saves the pages of one file as one transaction, so that either all are stored or none: far quicker than one by one.
    pub fn save_all<'p>(
        &mut self,
        pages: impl IntoIterator<Item = &'p Page>,
        now: Timestamp,
    ) -> std::result::Result<Vec<Saved>, StoreError> {
        let pages: Vec<Page> = pages.into_iter().cloned().collect();
        let saved = self.save_files(&[(PageKind::Saved, &pages)], now)?;
        Ok(saved.into_iter().flat_map(|saved| saved.pages).collect())
    }

    /// Saves the pages of several files as one transaction. Gives what each file changed.
    pub fn save_files(
        &mut self,
        files: &[(PageKind, &[Page])],
        now: Timestamp,
    ) -> std::result::Result<Vec<SavedFile>, StoreError> {
        self.change_row_by_row("saving articles", |conn| {
            files.iter().map(|(kind, pages)| save_pages(conn, pages, *kind, &mut FileAnswer::default(), now)).collect()
        })
    }

    /// Saves a part of a file whose parts come one after the other; `file` is the same for all of them.
    pub fn save_part(
        &mut self,
        pages: &[Page],
        kind: PageKind,
        file: &mut FileAnswer,
        now: Timestamp,
    ) -> std::result::Result<SavedFile, StoreError> {
        self.change_row_by_row("saving articles", |conn| save_pages(conn, pages, kind, file, now))
    }

    /// Stores discussions of an article, or brings stored ones up to date. None if there is no such article any more.
    pub fn save_discussions(
        &mut self,
        id: ArticleId,
        discussions: &[Discussion],
        now: Timestamp,
    ) -> std::result::Result<Option<Saved>, StoreError> {
        self.change_row_by_row("saving a discussion", |conn| {
            let mut there = conn.prepare_cached("SELECT 1 FROM articles WHERE id = ?1")?;
            if !there.exists([id.0])? {
                return Ok(None);
            }
            let mut saved = Saved::unchanged(id);
            for discussion in discussions {
                save_discussion(conn, discussion, now, &mut saved)?;
            }
            Ok(Some(saved))
        })
    }

    /// An article with its body and the heads of its discussions, without their comments.
    pub fn article(&self, id: ArticleId) -> std::result::Result<Option<StoredArticle>, StoreError> {
        self.ask("reading an article", |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT b.organisation, b.kind, b.url, b.encoding, b.body, b.related_encoding, b.related,
                        a.title, a.byline, a.published, a.published_is_day,
                        s.key, s.title, a.read, a.starred, a.watched, a.own_rating, a.edited_at
                 FROM articles a LEFT JOIN sources s ON s.id = a.source_id LEFT JOIN article_bodies b ON b.article_id = a.id
                 WHERE a.id = ?1",
            )?;
            let found = statement.query_row([id.0], |row| {
                Ok(StoredArticle {
                    id,
                    article: article(row)?,
                    source: Source { key: read_text(row, 11)?, title: read_text(row, 12)? },
                    read: row.read(13)?,
                    starred: row.read(14)?,
                    watched: row.read(15)?,
                    own_rating: row.read(16)?,
                    tags: Vec::new(),
                    note: None,
                    edited_at: row.read::<Option<i64>>(17)?.map(Timestamp),
                    previous: None,
                    texts: Vec::new(),
                    sources: Vec::new(),
                    discussions: Vec::new(),
                })
            });
            let Some(mut stored) = found.optional()? else { return Ok(None) };
            (stored.tags, stored.note) = (tags::tags_of(conn, id)?, tags::note_of(conn, id)?);
            stored.discussions = heads(conn, id)?;
            (stored.texts, stored.sources) = super::ingest::others(conn, id, &stored)?;
            if stored.edited_at.is_some() {
                stored.previous = previous(conn, id)?;
            }
            Ok(Some(stored))
        })
    }

    /// An article's discussions, without reading its text. None if it is no longer in the store.
    pub fn heads(&self, id: ArticleId) -> std::result::Result<Option<Vec<DiscussionHead>>, StoreError> {
        self.ask("reading an article's discussions", |conn| {
            let is_there = conn.prepare_cached("SELECT 1 FROM articles WHERE id = ?1")?.exists([id.0])?;
            if is_there { heads(conn, id).map(Some) } else { Ok(None) }
        })
    }
}

/// From the columns `organisation, kind, url, encoding, body, related_encoding, related, title, byline, published,
/// published_is_day`.
fn article(row: &Row<'_>) -> Result<Article> {
    let body = body::shown(row.read(3)?, read_bytes(row, 4)?);
    let article = Article {
        title: read_text(row, 7)?,
        byline: read_some_text(row, 8)?,
        organisation: read_some_text(row, 0)?,
        kind: read_some_text(row, 1)?,
        published: read_when(row, 9)?,
        url: read_some_text(row, 2)?,
        body,
        ..Article::default()
    };
    Ok(beside::decode(row.read(5)?, read_bytes(row, 6)?).unwrap_or_default().on(article))
}

fn previous(conn: &Connection, id: ArticleId) -> Result<Option<Previous>> {
    let mut statement = conn.prepare_cached("SELECT title, encoding, body FROM previous_texts WHERE article_id = ?1")?;
    let previous = |row: &Row<'_>| {
        let body = body::decode(row.read(1)?, read_bytes(row, 2)?).unwrap_or_else(|broken| broken.as_document());
        Ok(Previous { title: read_text(row, 0)?, body })
    };
    statement.query_row([id.0], previous).optional()
}

fn heads(conn: &Connection, article: ArticleId) -> Result<Vec<DiscussionHead>> {
    let mut statement = conn.prepare_cached(
        "SELECT d.id, d.place, nullif(d.url, ''), d.scale_kind, d.scale_max, d.comments,
                CASE WHEN a.visited_at IS NULL THEN 0 ELSE d.unseen END, d.told, d.points
         FROM articles a CROSS JOIN discussions d ON d.article_id = a.id WHERE a.id = ?1",
    )?;
    let heads = statement.query_map([article.0], |row| {
        Ok(DiscussionHead {
            id: DiscussionId(row.read(0)?),
            place: read_text(row, 1)?,
            url: read_some_text(row, 2)?,
            scale: scale(row.read(3)?, row.read(4)?),
            comments: row.read(5)?,
            new_comments: row.read(6)?,
            told: row.read(7)?,
            points: row.read(8)?,
        })
    })?;
    let mut heads: Vec<DiscussionHead> = heads.collect::<Result<_>>()?;
    heads.sort_by_key(|head| head.id);
    Ok(heads)
}

/// How the pages of a file are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageKind {
    /// Saved pages: each is its address.
    Saved,
    /// The items of a feed, newest first.
    Feed,
    /// Items of a feed that are not to be stored, now or when it is fetched.
    Ignored,
}

/// The items of a file so far, by source.
#[derive(Default)]
pub struct FileAnswer(HashMap<i64, IngestAnswer>);

/// The changes that saving the pages of a file made.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SavedFile {
    /// In the order of the pages.
    pub pages: Vec<Saved>,
    /// The article of each page; none where it is not stored.
    pub ids: Vec<Option<ArticleId>>,
    /// Pages that are equal to another one of the file.
    pub repeated: u32,
    pub regrouped: Regrouped,
}

fn save_pages(conn: &Connection, pages: &[Page], kind: PageKind, file: &mut FileAnswer, now: Timestamp) -> Result<SavedFile> {
    let mut by_source: Vec<(&Source, Vec<usize>)> = Vec::new();
    let mut seats: HashMap<&str, usize> = HashMap::new();
    for (at, page) in pages.iter().enumerate() {
        let seat = *seats.entry(&page.source.key).or_insert_with(|| {
            by_source.push((&page.source, Vec::new()));
            by_source.len() - 1
        });
        by_source[seat].1.push(at);
    }
    let mut saved = SavedFile::default();
    let mut by_page: Vec<Option<Saved>> = vec![None; pages.len()];
    for (source, of_source) in by_source {
        let id = save_source(conn, source, now)?;
        let item = |at: &usize| match kind {
            PageKind::Saved => Item::of_page(pages[*at].clone()),
            PageKind::Feed => Item::of_feed(pages[*at].clone()),
            PageKind::Ignored => {
                let mut item = Item::of_feed(pages[*at].clone());
                item.is_ignored = true;
                item
            }
        };
        let items: Vec<Item> = of_source.iter().map(item).collect();
        let ingested = file.0.entry(id).or_default().upsert(conn, id, &items, kind == PageKind::Feed, now)?;
        for (at, one) in of_source.into_iter().zip(ingested.saved) {
            by_page[at] = one;
        }
        saved.repeated += ingested.repeated;
        saved.regrouped.add(ingested.regrouped);
    }
    saved.ids = by_page.iter().map(|one| one.map(|saved| saved.id)).collect();
    saved.pages = by_page.into_iter().flatten().collect();
    Ok(saved)
}

pub(super) const STORED: &str = "SELECT b.organisation, b.kind, b.url, b.encoding, b.body, b.related_encoding, b.related,
        a.title, a.byline, a.published, a.published_is_day, a.id
    FROM articles a CROSS JOIN article_bodies b ON b.article_id = a.id";

/// The encoded parts of an article.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Texts {
    body: Encoded,
    beside: Encoded,
}

impl Texts {
    pub(super) fn of(article: &Article) -> Texts {
        Texts { body: body::encode(&article.body), beside: beside::encode(article) }
    }

    pub(super) fn without(article: Article) -> Article {
        let Article { id, title, byline, organisation, kind, published, url, .. } = article;
        Article { id, title, byline, organisation, kind, published, url, ..Article::default() }
    }

    /// The text's fingerprint.
    pub(super) fn body_bytes(&self) -> &[u8] {
        &self.body.bytes
    }

    pub(super) fn parts(&self) -> (&Encoded, &Encoded) {
        (&self.body, &self.beside)
    }

    /// The article that these are of.
    pub(super) fn with(&self, article: Article) -> Article {
        let Texts { body, beside } = self;
        let body = body::shown(body.encoding, &body.bytes);
        beside::decode(beside.encoding, &beside.bytes).unwrap_or_default().on(Article { body, ..article })
    }
}

/// Takes the unencoded fields from `article`.
pub(super) fn insert(conn: &Connection, source: i64, article: &Article, texts: &Texts, now: Timestamp) -> Result<ArticleId> {
    let published = article.published.map(seconds);
    conn.prepare_cached(
        "INSERT INTO articles (source_id, title, byline, published, published_is_day, first_seen, sort_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        source,
        &*article.title,
        article.byline.as_deref(),
        published.map(|(at, _)| at),
        published.is_some_and(|(_, is_day)| is_day),
        now.0,
        sort_at(published, now),
    ])?;
    let id = ArticleId(conn.last_insert_rowid());
    let Texts { body, beside } = texts;
    conn.prepare_cached(
        "INSERT INTO article_bodies (article_id, organisation, kind, url, encoding, body, related_encoding, related)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        id.0,
        article.organisation.as_deref(),
        article.kind.as_deref(),
        article.url.as_deref(),
        body.encoding,
        body.bytes,
        beside.encoding,
        beside.bytes,
    ])?;
    Ok(id)
}

pub(super) fn by_id(conn: &Connection, id: ArticleId) -> Result<Option<(ArticleId, Article)>> {
    conn.prepare_cached(&format!("{STORED} WHERE a.id = ?1"))?.query_row([id.0], |row| Ok((id, article(row)?))).optional()
}

/// What is stored, brought up to date: nothing is taken away by a page that does not have it (a feed's teaser). The
/// first time stored wins, since the source may tell times relative to an unknown now.
pub(super) fn merged_with(old: &Article, new: &Article) -> Article {
    // A text that was fetched from its own page is not taken back for the teaser.
    let is_kept = new.body.is_blank() || (old.is_full && !new.is_full);
    let some = |new: &Option<CleanText>, old: &Option<CleanText>| new.clone().or_else(|| old.clone());
    let list = |new: &Vec<Related>, old: &Vec<Related>| if new.is_empty() { old.clone() } else { new.clone() };
    let is_of_address = new.url.as_deref().is_some_and(|url| slug::is_title_of(&new.title, url));
    let has_title = !(new.title.is_empty() || (is_of_address && !old.title.is_empty()));
    Article {
        id: old.id.clone(),
        title: if has_title { new.title.clone() } else { old.title.clone() },
        byline: some(&new.byline, &old.byline),
        organisation: some(&new.organisation, &old.organisation),
        kind: some(&new.kind, &old.kind),
        published: old.published.or(new.published),
        url: some(&new.url, &old.url),
        body: if is_kept { old.body.clone() } else { new.body.clone() },
        is_full: if is_kept { old.is_full } else { new.is_full },
        enclosures: if new.enclosures.is_empty() { old.enclosures.clone() } else { new.enclosures.clone() },
        chapters: if new.chapters.is_empty() { old.chapters.clone() } else { new.chapters.clone() },
        audience: if new.audience == Audience::default() { old.audience } else { new.audience },
        stated_date: some(&new.stated_date, &old.stated_date),
        categories: if new.categories.is_empty() { old.categories.clone() } else { new.categories.clone() },
        replies: Replies {
            address: some(&new.replies.address, &old.replies.address),
            feed: some(&new.replies.feed, &old.replies.feed),
            count: new.replies.count.or(old.replies.count),
        },
        explore_further: new.explore_further.clone().or_else(|| old.explore_further.clone()),
        related: list(&new.related, &old.related),
        recommended: list(&new.recommended, &old.recommended),
    }
}

/// True if a headline or text was replaced by another one; where there was none yet, it only came.
pub(super) fn is_edit(old: &Article, merged: &Article) -> bool {
    let has_title = old.url.as_deref().is_none_or(|url| !slug::is_title_of(&old.title, url)) && !old.title.is_empty();
    (has_title && merged.title != old.title) || (!old.body.is_blank() && merged.body != old.body)
}

/// An article's details from another source, where the first has none.
pub(super) fn fill(first: Article, other: &Article) -> Article {
    let filled = merged_with(other, &first);
    let body = if first.body.is_blank() { filled.body } else { first.body };
    Article {
        title: if first.title.is_empty() { filled.title } else { first.title },
        published: first.published.or(other.published),
        url: first.url.or(filled.url),
        body,
        is_full: first.is_full,
        // The author of a link blog's commentary did not write the story.
        byline: first.byline,
        ..filled
    }
}

/// Only another headline or text makes it edited, if its source changed it; what it said before is kept then.
pub(super) fn update(
    conn: &Connection,
    id: ArticleId,
    old: &Article,
    merged: &Article,
    new: &Article,
    by_source: bool,
    now: Timestamp,
) -> Result<()> {
    let is_edited = by_source && is_edit(old, merged);
    if is_edited {
        let body = body::encode(&old.body);
        conn.prepare_cached(
            "INSERT OR REPLACE INTO previous_texts (article_id, title, encoding, body) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![id.0, &*old.title, body.encoding, body.bytes])?;
    }
    let published = merged.published.map(seconds);
    conn.prepare_cached(
        "UPDATE articles SET title = ?2, byline = ?3, published = ?4, published_is_day = ?5,
                             sort_at = ifnull(?7, sort_at), edited_at = ifnull(?6, edited_at) WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        &*merged.title,
        merged.byline.as_deref(),
        published.map(|(at, _)| at),
        published.is_some_and(|(_, is_day)| is_day),
        is_edited.then_some(now.0),
        published.map(|at| sort_at(Some(at), now)),
    ])?;
    // Bytes that nothing new replaces stay as they are, even those that this version cannot read.
    let body = (!new.body.is_blank()).then(|| body::encode(&merged.body));
    let stories = has_beside(new).then(|| beside::encode(merged));
    let parts = |encoded: Option<Encoded>| encoded.map(|Encoded { encoding, bytes }| (encoding, bytes)).unzip();
    let ((encoding, bytes), (related_encoding, related)) = (parts(body), parts(stories));
    conn.prepare_cached(
        "UPDATE article_bodies SET organisation = ?2, kind = ?3, url = ?4,
            encoding = ifnull(?5, encoding), body = ifnull(?6, body),
            related_encoding = ifnull(?7, related_encoding), related = ifnull(?8, related) WHERE article_id = ?1",
    )?
    .execute(params![
        id.0,
        merged.organisation.as_deref(),
        merged.kind.as_deref(),
        merged.url.as_deref(),
        encoding,
        bytes,
        related_encoding,
        related,
    ])?;
    Ok(())
}

/// True if the article has what [`beside`] keeps.
fn has_beside(article: &Article) -> bool {
    let blank = Article::default();
    article.explore_further.is_some()
        || article.is_full
        || article.replies != blank.replies
        || article.audience != blank.audience
        || article.stated_date.is_some()
        || !article.chapters.is_empty()
        || !article.related.is_empty()
        || !article.recommended.is_empty()
        || !article.enclosures.is_empty()
        || !article.categories.is_empty()
}
