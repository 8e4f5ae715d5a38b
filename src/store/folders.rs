//! Folders: sections that hold the sources in them and in the folders inside them.
//!
//! A folder's list is its sources' lists, merged by key as far as is asked for: each gives a few keys at a time along its
//! own index, and nothing else of an article is read before it is known to be in the list.

use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};

use rusqlite::{Connection, Result, params, params_from_iter};

use super::columns::{ReadColumn as _, read_count, read_some_text, read_text};
use super::lists::{is_upwards, key_statements};
use super::subscriptions::{folder, folder_text};
use super::{ArticleId, ListKey, Section, SectionRow, SourceId, Stretch};
use crate::domain::query::Query;
use crate::domain::text::{CleanText, fold};
use crate::domain::time::Timestamp;

/// Keys of a source asked for at a time.
const CHUNK: usize = 16;

/// A folder with its folders and sources, in the reader's own order: a folder is where its first source is.
#[derive(Default)]
struct Folder {
    folders: Vec<(CleanText, Folder)>,
    sources: Vec<SectionRow>,
}

/// The folders, each followed by what is in it, then the sources that are in none; all in the reader's own order, and what
/// is not subscribed to by title behind them.
pub(super) fn tree(conn: &Connection) -> Result<Vec<SectionRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT s.id, s.title, s.total, s.unread, ifnull(u.folder, ''), u.failure,
            EXISTS (SELECT 1 FROM fronts f WHERE f.source_id = s.id), u.source_id IS NOT NULL
         FROM sources s LEFT JOIN subscriptions u ON u.source_id = s.id
         WHERE u.removed_at IS NULL AND ifnull(u.options, '') NOT LIKE '%\"is_hidden\":true%'
         ORDER BY u.position IS NULL, u.position, s.id",
    )?;
    let mut root = Folder::default();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let path = folder(&row.read::<String>(4)?);
        let failure = read_some_text(row, 5)?;
        let source = SectionRow {
            total: read_count(row, 2)?,
            unread: read_count(row, 3)?,
            depth: path.len(),
            is_failing: failure.is_some(),
            failure,
            has_front: row.read(6)?,
            is_subscribed: row.read(7)?,
            ..SectionRow::new(Section::Source(SourceId(row.read(0)?)), read_text(row, 1)?)
        };
        let inside = path.into_iter().fold(&mut root, Folder::inside);
        inside.sources.push(source);
    }
    let mut rows = Vec::new();
    root.lay_out(&mut Vec::new(), &mut rows);
    count_shared_once(conn, &mut rows)?;
    Ok(rows)
}

/// A folder counts an article once that several of its sources have.
fn count_shared_once(conn: &Connection, rows: &mut [SectionRow]) -> Result<()> {
    let mut folders_of: HashMap<i64, Vec<usize>> = HashMap::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        open.truncate(row.depth);
        match row.section {
            Section::Source(source) => drop(folders_of.insert(source.0, open.clone())),
            _ => open.push(at),
        }
    }
    folders_of.retain(|_, folders| !folders.is_empty());
    if folders_of.len() < 2 {
        return Ok(());
    }
    let mut statement = conn.prepare_cached(
        "SELECT a.id, a.read, e.source_id FROM articles a INDEXED BY articles_of_several
         CROSS JOIN entries e INDEXED BY entries_article ON e.article_id = a.id
         WHERE a.listed > 1 AND e.is_listed = 1 ORDER BY a.id",
    )?;
    let mut shared = statement.query([])?;
    let (mut article, mut counted_in) = (None, HashSet::new());
    while let Some(row) = shared.next()? {
        let (id, is_read, source): (i64, bool, i64) = (row.read(0)?, row.read(1)?, row.read(2)?);
        if article.replace(id) != Some(id) {
            counted_in.clear();
        }
        for &folder in folders_of.get(&source).into_iter().flatten() {
            if !counted_in.insert(folder) {
                rows[folder].total = rows[folder].total.saturating_sub(1);
                rows[folder].unread = rows[folder].unread.saturating_sub(u64::from(!is_read));
            }
        }
    }
    Ok(())
}

impl Folder {
    /// The folder of a name in this one.
    fn inside(&mut self, name: CleanText) -> &mut Folder {
        let at = self.folders.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.folders.push((name, Folder::default()));
            self.folders.len() - 1
        });
        &mut self.folders[at].1
    }

    /// Nesting is as deep as the reader made it.
    fn lay_out(mut self, path: &mut Vec<CleanText>, rows: &mut Vec<SectionRow>) {
        for (name, inner) in self.folders {
            let at = rows.len();
            path.push(name.clone());
            let section = Section::Folder(path.clone());
            rows.push(SectionRow { depth: path.len() - 1, ..SectionRow::new(section, name) });
            inner.lay_out(path, rows);
            path.pop();
            let sources = rows[at + 1..].iter().filter(|row| matches!(row.section, Section::Source(_)));
            let (total, unread, is_failing) = sources.fold((0, 0, false), |(total, unread, failing), row| {
                (total + row.total, unread + row.unread, failing || row.is_failing)
            });
            rows[at] = SectionRow { total, unread, is_failing, ..rows[at].clone() };
        }
        // A stable sort: what is subscribed to stays in its order.
        self.sources.sort_by_cached_key(|row| (!row.is_subscribed).then(|| fold(&row.title)));
        rows.append(&mut self.sources);
    }
}

/// The sources in a folder and in those inside it.
pub(super) fn sources_in(conn: &Connection, folder: &[CleanText]) -> Result<Vec<Section>> {
    let name = folder_text(folder);
    // Subfolders follow a line break.
    let (from, to) = (format!("{name}\n"), format!("{name}\u{b}"));
    let mut statement = conn.prepare_cached(
        "SELECT source_id FROM subscriptions WHERE folder = ?1 OR (folder >= ?2 AND folder < ?3) ORDER BY source_id",
    )?;
    let sources = statement.query_map(params![name, from, to], |row| row.read(0).map(|id| Section::Source(SourceId(id))))?;
    sources.collect()
}

/// A stretch of the merged list, in the direction of the stretch.
pub(super) fn keys(
    conn: &Connection,
    folder: &[CleanText],
    filter: &Query,
    stretch: Stretch,
    limit: usize,
) -> Result<Vec<ListKey>> {
    let sign = if is_upwards(stretch) { -1 } else { 1 };
    let rank = |key: ListKey| (sign * key.sort_at.0, sign * key.id.0);
    let stream = |section| Stream { section, ahead: VecDeque::new(), next: Some(stretch) };
    let sources = sources_in(conn, folder)?;
    let inside: HashSet<i64> =
        sources.iter().filter_map(|section| if let Section::Source(id) = section { Some(id.0) } else { None }).collect();
    let mut streams: Vec<Stream> = sources.into_iter().map(stream).collect();
    let mut heads = BinaryHeap::new();
    for (n, stream) in streams.iter_mut().enumerate() {
        heads.extend(stream.pop(conn, filter)?.map(|key| (rank(key), n)));
    }
    let mut keys = Vec::new();
    while keys.len() < limit
        && let Some(((sort_at, id), n)) = heads.pop()
    {
        let key = ListKey { sort_at: Timestamp(sign * sort_at), id: ArticleId(sign * id) };
        let is_again = keys.last() == Some(&key) || !is_newest(conn, key, &inside)?;
        keys.extend((!is_again).then_some(key));
        heads.extend(streams[n].pop(conn, filter)?.map(|key| (rank(key), n)));
    }
    Ok(keys)
}

/// True if an article stands nowhere above this place in the lists of these sources: there it is listed.
fn is_newest(conn: &Connection, key: ListKey, sources: &HashSet<i64>) -> Result<bool> {
    let mut statement =
        conn.prepare_cached("SELECT source_id, sort_at FROM entries WHERE article_id = ?1 AND is_listed = 1")?;
    let mut rows = statement.query([key.id.0])?;
    while let Some(row) = rows.next()? {
        if row.read::<i64>(1)? > key.sort_at.0 && sources.contains(&row.read(0)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The keys of one source.
struct Stream {
    section: Section,
    ahead: VecDeque<ListKey>,
    /// None: there are no more than those ahead.
    next: Option<Stretch>,
}

impl Stream {
    fn pop(&mut self, conn: &Connection, filter: &Query) -> Result<Option<ListKey>> {
        if let Some(stretch) = self.next.take_if(|_| self.ahead.is_empty()) {
            for (sql, mut values) in key_statements(&self.section, filter, stretch) {
                values.bind((CHUNK - self.ahead.len()) as i64);
                let mut statement = conn.prepare_cached(&sql)?;
                let key =
                    |row: &rusqlite::Row<'_>| Ok(ListKey { sort_at: Timestamp(row.read(0)?), id: ArticleId(row.read(1)?) });
                for key in statement.query_map(params_from_iter(values.0), key)? {
                    self.ahead.push_back(key?);
                }
            }
            let last = self.ahead.back().filter(|_| self.ahead.len() >= CHUNK).copied();
            self.next = last.map(|key| if is_upwards(stretch) { Stretch::Before(key) } else { Stretch::After(key) });
        }
        Ok(self.ahead.pop_front())
    }
}
