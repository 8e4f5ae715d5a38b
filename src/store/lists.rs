//! Sections and lists of headlines: paged by key along an index, never by offset, and never reading bodies or comments
//! but for a filter that asks for them.

use std::cmp::Reverse;
use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Result, Row, params_from_iter};

use super::columns::{ReadColumn as _, read_count, read_some_text, read_text, read_when};
use super::error::out_of_order;
use super::filter::{Values, common_mark, condition, mark_condition};
use super::searches;
use super::{
    ArticleId, Headline, ListKey, ListOrder, RANKED, Section, SectionRow, Store, StoreError, Stretch, folders, recommended,
    standing, tags, watches, word_lists,
};
use crate::domain::query::{MarkCondition, Query};
use crate::domain::text::{CleanText, clean, clean_line, fold};
use crate::domain::time::Timestamp;
use crate::format::identity::host_of;
use crate::site::{self, SiteBases};

pub(super) const HEADLINE: &str =
    "a.id, a.title, s.title, a.published, a.published_is_day, a.sort_at, a.read, a.starred, a.watched,
    a.own_rating, a.comments, CASE WHEN a.visited_at IS NULL THEN 0 ELSE a.unseen END, a.bars, a.best, a.points, a.told,
    (SELECT group_concat(w.tag, ' ') FROM tags w WHERE w.article_id = a.id),
    (SELECT w.note FROM notes w WHERE w.article_id = a.id),
    CASE WHEN a.points IS NOT NULL THEN a.byline END,
    CASE WHEN a.points IS NOT NULL THEN (SELECT b.url FROM article_bodies b WHERE b.article_id = a.id) END";
/// The same of an entry `e` with its contents `c`, as its source tells it.
pub(super) const HEADLINE_OF_ENTRY: &str =
    "a.id, ifnull(c.title, a.title), s.title, iif(c.entry_id IS NULL, a.published, c.published),
    iif(c.entry_id IS NULL, a.published_is_day, c.published_is_day), e.sort_at, a.read, a.starred, a.watched,
    a.own_rating, a.comments, CASE WHEN a.visited_at IS NULL THEN 0 ELSE a.unseen END, a.bars, a.best, a.points, a.told,
    (SELECT group_concat(w.tag, ' ') FROM tags w WHERE w.article_id = a.id),
    (SELECT w.note FROM notes w WHERE w.article_id = a.id),
    CASE WHEN a.points IS NOT NULL THEN a.byline END,
    CASE WHEN a.points IS NOT NULL THEN (SELECT b.url FROM article_bodies b WHERE b.article_id = a.id) END";
/// How many columns [`HEADLINE`] has.
pub(super) const HEADLINE_END: usize = 20;

impl Store {
    /// All, Unread, Starred and Watched; Recommended, once something is liked, and the saved searches, neither of
    /// them counted; the tags in use; the folders, each with what is in it; then the other sources, by title.
    pub fn sections(&self) -> std::result::Result<Vec<SectionRow>, StoreError> {
        self.ask("reading the sections", sections)
    }

    /// A stretch of a section under a filter, newest first, at most `limit` long.
    pub fn headlines(
        &self,
        section: &Section,
        filter: &Query,
        stretch: Stretch,
        limit: usize,
    ) -> std::result::Result<Vec<Headline>, StoreError> {
        self.ask("reading a list", |conn| stretch_of(conn, section, filter, stretch, limit))
    }

    /// The first unread article of a section under a filter that is older than a key (or newer), else around the end.
    pub fn next_unread(
        &self,
        section: &Section,
        filter: &Query,
        key: ListKey,
        forward: bool,
    ) -> std::result::Result<Option<Headline>, StoreError> {
        let unread = Query::is(MarkCondition::Unread).and(filter);
        let ways = if forward { [Stretch::After(key), Stretch::First] } else { [Stretch::Before(key), Stretch::Last] };
        for stretch in ways {
            if let Some(row) = self.headlines(section, &unread, stretch, 1)?.pop() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// The newest [`RANKED`] articles of a section under a filter, in an order of their discussions; ties newest first.
    pub fn ranked(
        &self,
        section: &Section,
        filter: &Query,
        order: ListOrder,
    ) -> std::result::Result<Vec<Headline>, StoreError> {
        if order == ListOrder::Front {
            return self.ask("reading a front page", |conn| {
                let (section, filter) = of_search(conn, section, filter)?;
                standing::front(conn, &section, &filter)
            });
        }
        if order == ListOrder::Oldest {
            let mut rows = self.headlines(section, filter, Stretch::Last, RANKED)?;
            rows.reverse();
            return Ok(rows);
        }
        let mut rows = self.headlines(section, filter, Stretch::First, RANKED)?;
        match order {
            ListOrder::Title => rows.sort_by_cached_key(|row| fold(&row.title)),
            ListOrder::Source => rows.sort_by_cached_key(|row| fold(&row.source)),
            _ => {}
        }
        rows.sort_by_key(|row| {
            Reverse(match order {
                ListOrder::Newest | ListOrder::Oldest | ListOrder::Title | ListOrder::Source | ListOrder::Front => 0,
                ListOrder::MostDiscussed => row.discussed(),
                ListOrder::BestDiscussion => row.best,
                ListOrder::MostNew => row.new_comments,
            })
        });
        Ok(rows)
    }

    /// The rows of those of some articles that still exist.
    pub fn headlines_of(&self, ids: &[ArticleId]) -> std::result::Result<Vec<Headline>, StoreError> {
        self.ask("reading headlines", |conn| rows_of(conn, ids))
    }

    pub fn headline(&self, id: ArticleId) -> std::result::Result<Option<Headline>, StoreError> {
        self.ask("reading a headline", |conn| Ok(rows_of(conn, &[id])?.pop()))
    }
}

fn stretch_of(conn: &Connection, section: &Section, filter: &Query, stretch: Stretch, limit: usize) -> Result<Vec<Headline>> {
    let (section, filter) = &of_search(conn, section, filter)?;
    if let Some(mut rows) = word_lists::stretch(conn, section, filter, stretch, limit)? {
        if is_upwards(stretch) {
            rows.reverse();
        }
        return Ok(rows);
    }
    let mut rows: Vec<Headline> = Vec::new();
    if let Section::Folder(folder) = section {
        let keys = folders::keys(conn, folder, filter, stretch, limit)?;
        let places: HashMap<ArticleId, Timestamp> = keys.iter().map(|key| (key.id, key.sort_at)).collect();
        rows = rows_of(conn, &keys.iter().map(|key| key.id).collect::<Vec<_>>())?;
        for row in &mut rows {
            row.sort_at = places.get(&row.id).copied().unwrap_or(row.sort_at);
        }
    }
    for (sql, mut values) in list_statements(section, filter, stretch) {
        let missing = limit - rows.len();
        if missing > 0 {
            values.bind(i64::try_from(missing).unwrap_or(i64::MAX));
            let mut statement = conn.prepare_cached(&sql)?;
            for row in statement.query_map(params_from_iter(values.0), headline)? {
                rows.push(row?);
            }
        }
    }
    // Not of the lists of words: those have their own order within a second.
    if let (Stretch::After(key), Some(last)) = (stretch, rows.last())
        && !key.is_newer_than(last.key())
    {
        return Err(out_of_order());
    }
    if is_upwards(stretch) {
        rows.reverse();
    }
    Ok(rows)
}

/// A saved search is the whole store under its query.
fn of_search(conn: &Connection, section: &Section, filter: &Query) -> Result<(Section, Query)> {
    Ok(match section {
        Section::Search(id) => (Section::All, searches::query(conn, *id)?.and(filter)),
        section => (section.clone(), filter.clone()),
    })
}

/// The ones that exist, in the given order.
pub(super) fn rows_of(conn: &Connection, ids: &[ArticleId]) -> Result<Vec<Headline>> {
    let sql = format!("SELECT {HEADLINE} FROM articles a CROSS JOIN sources s ON s.id = a.source_id WHERE a.id = ?1");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(statement.query_row([id.0], headline).optional()?);
    }
    Ok(rows)
}

fn sections(conn: &Connection) -> Result<Vec<SectionRow>> {
    let count = |name: &str| {
        let mut statement = conn.prepare_cached("SELECT total, unread FROM counts WHERE section = ?1")?;
        let counted = statement.query_row([name], |row| Ok((read_count(row, 0)?, read_count(row, 1)?)));
        counted.optional().map(Option::unwrap_or_default)
    };
    let (all, starred, watched): ((u64, u64), (u64, u64), (u64, u64)) = (count("all")?, count("starred")?, count("watched")?);
    let row = |section, title, (total, unread)| SectionRow { total, unread, ..SectionRow::new(section, title) };
    let mut rows = vec![
        row(Section::All, clean("All"), all),
        row(Section::Unread, clean("Unread"), (all.1, all.1)),
        row(Section::Starred, clean("Starred"), starred),
        SectionRow { new_comments: watches::news(conn)?, ..row(Section::Watched, clean("Watched"), watched) },
    ];
    if recommended::can_recommend(conn)? {
        rows.push(row(Section::Recommended, clean("Recommended"), (0, 0)));
    }
    rows.extend(searches::all(conn)?.into_iter().map(|search| row(Section::Search(search.id), search.name, (0, 0))));
    rows.extend(tags::sections(conn)?);
    rows.extend(folders::tree(conn)?);
    Ok(rows)
}

pub(super) fn is_upwards(stretch: Stretch) -> bool {
    matches!(stretch, Stretch::Last | Stretch::Before(_))
}

/// The statements that give a stretch one after the other; each wants its limit as its last value.
///
/// From a key on there are two: what has the key's own time, then what lies beyond it. SQLite would follow a comparison
/// of the pair along the index by time only, and walk over all articles of that second (those without a date that came
/// in one import) for each page.
pub(super) fn list_statements(section: &Section, filter: &Query, stretch: Stretch) -> Vec<(String, Values)> {
    match section {
        // A folder's list is made of its sources'; what is recommended is in no order of time.
        Section::Folder(_) | Section::Recommended => Vec::new(),
        Section::Source(_) => statements(HEADLINE_OF_ENTRY, section, filter, stretch),
        section => statements(HEADLINE, section, filter, stretch),
    }
}

/// The same for the keys alone.
pub(super) fn key_statements(section: &Section, filter: &Query, stretch: Stretch) -> Vec<(String, Values)> {
    let columns = if matches!(section, Section::Source(_)) { "e.sort_at, a.id" } else { "a.sort_at, a.id" };
    statements(columns, section, filter, stretch)
}

fn statements(columns: &str, section: &Section, filter: &Query, stretch: Stretch) -> Vec<(String, Values)> {
    let (key, id_sign, time_sign) = match stretch {
        Stretch::First | Stretch::Last => return vec![statement(columns, section, filter, stretch, |_| None)],
        Stretch::After(key) => (key, "<", "<"),
        Stretch::From(key) => (key, "<=", "<"),
        Stretch::Before(key) => (key, ">", ">"),
    };
    let (at, article) = key_columns(section);
    let ties = statement(columns, section, filter, stretch, |values| {
        let (sort_at, id) = (values.bind(key.sort_at.0), values.bind(key.id.0));
        Some(format!("{at} = {sort_at} AND {article} {id_sign} {id}"))
    });
    let beyond =
        statement(columns, section, filter, stretch, |values| Some(format!("{at} {time_sign} {}", values.bind(key.sort_at.0))));
    vec![ties, beyond]
}

/// The sort date of a section's list: a source's own dates for its section.
fn key_columns(section: &Section) -> (&'static str, &'static str) {
    if matches!(section, Section::Source(_)) { ("e.sort_at", "e.article_id") } else { ("a.sort_at", "a.id") }
}

fn statement(
    columns: &str,
    section: &Section,
    filter: &Query,
    stretch: Stretch,
    bound: impl Fn(&mut Values) -> Option<String>,
) -> (String, Values) {
    let mut values = Values::default();
    let bound = bound(&mut values);
    let from = from_where(section, filter, bound, &mut values);
    let way = if is_upwards(stretch) { "ASC" } else { "DESC" };
    let limit = values.0.len() + 1;
    let (at, article) = key_columns(section);
    (format!("SELECT {columns} {from} ORDER BY {at} {way}, {article} {way} LIMIT ?{limit}"), values)
}

pub(super) fn mark_of(section: &Section) -> Option<MarkCondition> {
    match section {
        Section::All
        | Section::Source(_)
        | Section::Folder(_)
        | Section::Search(_)
        | Section::Tag(_)
        | Section::Recommended => None,
        Section::Unread => Some(MarkCondition::Unread),
        Section::Starred => Some(MarkCondition::Starred),
        Section::Watched => Some(MarkCondition::Watched),
    }
}

/// The index is named, so that no filter can lead SQLite to another one and a sort.
fn from_where(section: &Section, filter: &Query, bound: Option<String>, values: &mut Values) -> String {
    let of_section = mark_of(section);
    let of_filter = common_mark(filter);
    // Few articles have new comments at any time.
    let leading = of_filter.filter(|mark| *mark == MarkCondition::New).or(of_section).or(of_filter);
    let index = match (section, leading) {
        (Section::Source(_), Some(MarkCondition::Unread)) => "entries_unread",
        (Section::Source(_), _) => "entries_listed",
        (_, Some(MarkCondition::New)) => "articles_new",
        (_, Some(MarkCondition::Unread)) => "articles_unread",
        (_, Some(MarkCondition::Starred)) => "articles_starred",
        (_, Some(MarkCondition::Watched)) => "articles_watched",
        (_, Some(MarkCondition::Read) | None) => "articles_all",
    };
    let mut conditions: Vec<String> = Vec::new();
    if let Section::Source(source) = section {
        conditions.push(format!("e.source_id = {} AND e.is_listed = 1", values.bind(source.0)));
        // So that the entries are found along the index of those whose articles are unread.
        conditions.extend((index == "entries_unread").then(|| "e.read = 0".to_owned()));
    }
    conditions.extend([of_section, leading].into_iter().flatten().map(|mark| mark_condition(mark).to_owned()));
    conditions.extend(bound);
    let of_filter = condition(filter, values);
    // In the list of a source `before:` and `after:` are about its own dates, which the list is sorted by.
    let (at, _) = key_columns(section);
    conditions.extend(of_filter.map(|filter| filter.replace("a.sort_at", at)));
    let conditions = if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") };
    if matches!(section, Section::Source(_)) {
        let found = if leading == Some(MarkCondition::New) {
            "articles a INDEXED BY articles_new CROSS JOIN entries e INDEXED BY entries_article ON e.article_id = a.id"
                .to_owned()
        } else {
            format!("entries e INDEXED BY {index} CROSS JOIN articles a ON a.id = e.article_id")
        };
        return format!(
            "FROM {found}
             CROSS JOIN sources s ON s.id = e.source_id LEFT JOIN entry_contents c ON c.entry_id = e.id WHERE {conditions}"
        );
    }
    if let Section::Tag(tag) = section {
        let tag = values.bind(tag.to_string());
        // The articles with the tag, and not those of the index: there are always few.
        return format!(
            "FROM tags g CROSS JOIN articles a ON a.id = g.article_id CROSS JOIN sources s ON s.id = a.source_id
             WHERE g.tag = {tag} AND {conditions}"
        );
    }
    format!("FROM articles a INDEXED BY {index} CROSS JOIN sources s ON s.id = a.source_id WHERE {conditions}")
}

pub(super) fn headline(row: &Row<'_>) -> Result<Headline> {
    Ok(Headline {
        id: ArticleId(row.read(0)?),
        title: read_text(row, 1)?,
        source: read_text(row, 2)?,
        published: read_when(row, 3)?,
        sort_at: Timestamp(row.read(5)?),
        read: row.read(6)?,
        starred: row.read(7)?,
        watched: row.read(8)?,
        own_rating: row.read(9)?,
        comments: row.read(10)?,
        new_comments: row.read(11)?,
        bars: row.read(12)?,
        best: row.read(13)?,
        points: row.read(14)?,
        told: row.read(15)?,
        tags: tags::read_tags(row, 16)?,
        note: read_some_text(row, 17)?,
        submitter: read_some_text(row, 18)?,
        host: row.read::<Option<String>>(19)?.as_deref().and_then(story_host),
    })
}

/// The host of a story; none for a text that a site has of its own.
fn story_host(address: &str) -> Option<CleanText> {
    let is_own = site::thread_at(address, &SiteBases::default()).is_some();
    host_of(address).filter(|_| !is_own).map(|host| clean_line(&host))
}
