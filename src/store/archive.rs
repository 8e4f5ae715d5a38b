//! Articles as lines of JSON that a store takes back exactly: all that is known of each but how its source is fetched.
//!
//! A line has the columns of the tables by their names, see [`super::schema`]; what is null, 0 or empty is left out. A
//! text stands as [`super::body`] stores it. What follows from the rest (counts, figures, numbers in the index) is not
//! in it.

mod line_entries;
mod notes;
mod refuse;
mod values;

use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, OptionalExtension, Result, Row, params, params_from_iter};
use serde_json::{Map, Value};

use super::body::{self, Encoded};
use super::columns::ReadColumn as _;
use super::error::out_of_order;
use super::{ArticleId, Store, StoreError, beside, thread_summaries};
use crate::domain::text::{Body, Document};
use crate::format::MAX_PAGE;
use crate::format::bounds::MAX_COMMENT;
use values::{fill, nearest, put, text, value, without_unfit_rank};

/// The key that tells such a line from others, with the version of its form.
const MARK: &str = "gleaner";
const VERSION: i64 = 2;

const ARTICLE: [&str; 22] = [
    "title",
    "byline",
    "published",
    "published_is_day",
    "first_seen",
    "edited_at",
    "sort_at",
    "visited_at",
    "read",
    "read_at",
    "starred",
    "starred_at",
    "watched",
    "watched_at",
    "own_rating",
    "rated_at",
    "finished_at",
    "points",
    "told",
    "organisation",
    "kind",
    "url",
];
/// So many of these are of `articles`, the others of `article_bodies`.
const OF_ARTICLES: usize = 19;
const DISCUSSION: [&str; 8] = ["place", "url", "scale_kind", "scale_max", "complete", "first_seen", "points", "told"];
const COMMENT: [&str; 19] = [
    "key",
    "parent_kind",
    "parent",
    "author",
    "posted",
    "posted_is_day",
    "edited",
    "edited_is_day",
    "rank_kind",
    "rank_value",
    "rank_first",
    "rank_second",
    "url",
    "first_seen",
    "own_rating",
    "rated_at",
    "vanished_at",
    "role",
    "awaits",
];

/// The result of taking lines back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TakenBack {
    pub new: u64,
    /// These were there already, and stay as they are but for marks.
    pub known: u64,
    /// The number of them that took marks from the line, because those are newer.
    pub marked: u64,
    pub comments: u64,
    /// Lines that could not be read, each with the reason.
    pub wrong: Vec<(usize, String)>,
}

/// True if a line is one of [`Store::archived`].
pub fn is_archived(line: &str) -> bool {
    line.trim_start().starts_with(&format!("{{\"{MARK}\":"))
}

impl Store {
    /// The ids of articles, in the order in which they came: the next after one.
    pub fn ids_after(&self, after: ArticleId, limit: usize) -> std::result::Result<Vec<ArticleId>, StoreError> {
        self.ask("reading the numbers of the articles", |conn| {
            let mut statement = conn.prepare_cached("SELECT id FROM articles WHERE id > ?1 ORDER BY id LIMIT ?2")?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let ids: Vec<ArticleId> =
                statement.query_map([after.0, limit], |row| row.read(0).map(ArticleId))?.collect::<Result<_>>()?;
            if ids.last().is_some_and(|last| *last <= after) { Err(out_of_order()) } else { Ok(ids) }
        })
    }

    /// An article with its discussions as a line; none if it is no longer there.
    pub fn archived(&self, id: ArticleId) -> std::result::Result<Option<String>, StoreError> {
        self.ask("reading an article to give it out", |conn| archived(conn, id))
    }

    /// Takes lines back, in one transaction. One that cannot be read changes nothing; of one that is there already the marks
    /// are taken that were made later than those here.
    pub fn take_back(&mut self, lines: &[String]) -> std::result::Result<TakenBack, StoreError> {
        self.change_row_by_row("taking articles back", |conn| {
            let mut taken = TakenBack::default();
            for (n, line) in lines.iter().enumerate() {
                conn.execute_batch("SAVEPOINT line")?;
                match take(conn, line) {
                    Ok(TakenLine::New { comments }) => {
                        taken.new += 1;
                        taken.comments += comments;
                    }
                    Ok(TakenLine::Known { is_marked }) => {
                        taken.known += 1;
                        taken.marked += u64::from(is_marked);
                    }
                    Err(LineFault::Line(why)) => {
                        conn.execute_batch("ROLLBACK TO line")?;
                        taken.wrong.push((n, why));
                    }
                    Err(LineFault::Store(error)) => return Err(error),
                }
                conn.execute_batch("RELEASE line")?;
            }
            Ok(taken)
        })
    }
}

fn archived(conn: &Connection, id: ArticleId) -> Result<Option<String>> {
    let columns =
        ARTICLE.iter().enumerate().map(|(n, name)| if n < OF_ARTICLES { format!("a.{name}") } else { format!("b.{name}") });
    let sql = format!(
        "SELECT {}, b.encoding, b.body, b.related_encoding, b.related, s.key, s.title, p.position
         FROM articles a LEFT JOIN article_bodies b ON b.article_id = a.id LEFT JOIN sources s ON s.id = a.source_id
         LEFT JOIN positions p ON p.article_id = a.id WHERE a.id = ?1",
        columns.collect::<Vec<_>>().join(", ")
    );
    let end = ARTICLE.len();
    let mut statement = conn.prepare_cached(&sql)?;
    let line = statement
        .query_row([id.0], |row| {
            let mut line = Map::new();
            fill(&mut line, row, "articles", &ARTICLE)?;
            put(&mut line, "body", text(row, end)?);
            let beside = match beside::decode(row.read(end + 2)?, row.get_ref(end + 3)?.as_blob().unwrap_or_default()) {
                Ok(_) => serde_json::from_slice(row.get_ref(end + 3)?.as_blob().unwrap_or_default()).unwrap_or_default(),
                Err(_) => Value::Null,
            };
            put(&mut line, "beside", beside);
            let (key, title): (String, String) = (row.read(end + 4)?, row.read(end + 5)?);
            line.insert("source".to_owned(), Value::from(vec![key, title]));
            let position = value(row.get_ref(end + 6)?);
            if position.as_str().is_none_or(|position| position.len() <= refuse::longest("position")) {
                put(&mut line, "position", position);
            }
            Ok(line)
        })
        .optional()?;
    let Some(mut line) = line else { return Ok(None) };
    line.insert("entries".to_owned(), Value::Array(line_entries::read(conn, id)?));
    notes::fill(conn, &mut line, id.0)?;
    let discussions = discussions(conn, id)?;
    if !discussions.is_empty() {
        line.insert("discussions".to_owned(), Value::Array(discussions));
    }
    let rest = Value::Object(line).to_string();
    Ok(Some(format!("{{\"{MARK}\":{VERSION},{}", &rest[1..])))
}

fn discussions(conn: &Connection, id: ArticleId) -> Result<Vec<Value>> {
    let sql = format!("SELECT {}, id FROM discussions WHERE article_id = ?1 ORDER BY id", DISCUSSION.join(", "));
    let mut statement = conn.prepare_cached(&sql)?;
    let mut discussions = Vec::new();
    let mut rows = statement.query([id.0])?;
    while let Some(row) = rows.next()? {
        let mut discussion = Map::new();
        fill(&mut discussion, row, "discussions", &DISCUSSION)?;
        let id: i64 = row.read(DISCUSSION.len())?;
        put(&mut discussion, "comments", Value::Array(comments(conn, id)?));
        let mut stubs = conn.prepare_cached("SELECT below, count FROM stubs WHERE discussion_id = ?1 ORDER BY below")?;
        let stub =
            |row: &Row<'_>| Ok(Value::from(vec![row.read::<String>(0)?.into(), nearest("stubs", "count", row.get_ref(1)?)]));
        put(&mut discussion, "stubs", Value::Array(stubs.query_map([id], stub)?.collect::<Result<_>>()?));
        discussions.push(Value::Object(discussion));
    }
    Ok(discussions)
}

fn comments(conn: &Connection, discussion: i64) -> Result<Vec<Value>> {
    let columns: Vec<String> = COMMENT.iter().map(|name| format!("c.{name}")).collect();
    // Each comment says for itself if it was seen.
    let sql = format!(
        "SELECT {}, CASE WHEN c.seen_at IS NULL AND c.id <= d.seen_through THEN ifnull(d.seen_through_at, 0) ELSE c.seen_at END,
                c.encoding, c.body
         FROM discussions d CROSS JOIN comments c INDEXED BY comments_received ON c.discussion_id = d.id
         WHERE d.id = ?1 ORDER BY c.ordinal",
        columns.join(", ")
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let comment = |row: &Row<'_>| {
        let mut comment = Map::new();
        fill(&mut comment, row, "comments", &COMMENT)?;
        without_unfit_rank(&mut comment);
        if let Some(seen_at) = row.read::<Option<i64>>(COMMENT.len())? {
            comment.insert("seen_at".to_owned(), nearest("comments", "seen_at", ValueRef::Integer(seen_at)));
        }
        put(&mut comment, "body", text(row, COMMENT.len() + 1)?);
        Ok(Value::Object(comment))
    };
    let mut comments: Vec<Value> = statement.query_map([discussion], comment)?.collect::<Result<_>>()?;
    let total = comments.len() as i64;
    for comment in comments.iter_mut().filter_map(Value::as_object_mut) {
        let is_reply = matches!(comment.get("parent_kind").and_then(Value::as_i64), Some(1 | 2));
        let parent = comment.get("parent").and_then(Value::as_i64);
        if parent.is_some_and(|parent| parent >= total) || (is_reply && parent.is_none()) {
            comment.remove("parent");
            comment.insert("parent_kind".to_owned(), 3.into());
        }
    }
    Ok(comments)
}

enum LineFault {
    Line(String),
    Store(rusqlite::Error),
}

impl From<rusqlite::Error> for LineFault {
    /// A row that the tables refuse is a fault of the line, not of the store.
    fn from(error: rusqlite::Error) -> LineFault {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation | rusqlite::ErrorCode::TypeMismatch) => {
                LineFault::Line(format!("it does not fit: {error}"))
            }
            _ => LineFault::Store(error),
        }
    }
}

/// The result for one line.
enum TakenLine {
    New { comments: u64 },
    Known { is_marked: bool },
}

fn take(conn: &Connection, line: &str) -> std::result::Result<TakenLine, LineFault> {
    let wrong = |why: &str| LineFault::Line(why.to_owned());
    let line: Value = serde_json::from_str(line).map_err(|error| LineFault::Line(format!("it is not JSON: {error}")))?;
    if !line.get(MARK).and_then(Value::as_i64).is_some_and(|version| (1..=VERSION).contains(&version)) {
        return Err(wrong("it was written by a newer gleaner"));
    }
    refuse::refuse(&line).map_err(LineFault::Line)?;
    let entries = line_entries::of_line(conn, &line)?;
    if let Some(id) = line_entries::known(conn, &entries)? {
        return Ok(TakenLine::Known { is_marked: take_marks(conn, id, &line)? });
    }
    let source = line_source(conn, &line, &entries)?;
    let id = insert(conn, "articles", &ARTICLE[..OF_ARTICLES], &line, vec![("source_id", source.into())])?;
    let words = stored(line.get("body"), MAX_PAGE, &wrong)?;
    let beside = serde_json::to_vec(line.get("beside").unwrap_or(&Value::Object(Map::new()))).unwrap_or_default();
    beside::decode(body::JSON, &beside).map_err(|_| wrong("what stands beside its text cannot be read"))?;
    let more = vec![
        ("article_id", id.into()),
        ("encoding", words.encoding.into()),
        ("body", words.bytes.into()),
        ("related_encoding", body::JSON.into()),
        ("related", beside.into()),
    ];
    insert(conn, "article_bodies", &ARTICLE[OF_ARTICLES..], &line, more)?;
    line_entries::insert_all(conn, id, &entries)?;
    notes::take(conn, id, &line)?;
    if let Some(position) = line.get("position").and_then(Value::as_str) {
        conn.prepare_cached("INSERT INTO positions (article_id, position) VALUES (?1, ?2)")?.execute(params![id, position])?;
    }
    let mut comments = 0;
    for discussion in line.get("discussions").and_then(Value::as_array).into_iter().flatten() {
        comments += take_discussion(conn, id, discussion, &wrong)?;
    }
    conn.prepare_cached(
        "UPDATE articles SET (comments, unseen) =
            (SELECT ifnull(sum(comments), 0), ifnull(sum(unseen), 0) FROM discussions WHERE article_id = ?1) WHERE id = ?1",
    )?
    .execute([id])?;
    Ok(TakenLine::New { comments })
}

/// The source whose text the article has: one of those that its entries are of.
fn line_source(
    conn: &Connection,
    line: &Value,
    entries: &[line_entries::ArchivedEntry<'_>],
) -> std::result::Result<i64, LineFault> {
    let key = line.get("source").and_then(|source| source.get(0)).and_then(Value::as_str).unwrap_or_default();
    let named: Option<i64> =
        conn.prepare_cached("SELECT id FROM sources WHERE key = ?1")?.query_row([key], |row| row.read(0)).optional()?;
    let named = named.filter(|named| entries.iter().any(|entry| entry.source == *named));
    named.or(entries.first().map(|entry| entry.source)).ok_or_else(|| LineFault::Line("it has no source".to_owned()))
}

/// The reader's marks, each with its time.
const MARKS: [(&str, &str); 5] = [
    ("read", "read_at"),
    ("starred", "starred_at"),
    ("watched", "watched_at"),
    ("own_rating", "rated_at"),
    ("finished_at", "finished_at"),
];

/// Gives an article that is there already, and its comments, what the reader marked later than here; whether there was any.
fn take_marks(conn: &Connection, id: i64, line: &Value) -> Result<bool> {
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_i64).unwrap_or(0);
    let mut marked = notes::take(conn, id, line)?;
    for (name, at) in MARKS {
        let sql = format!("UPDATE articles SET {name} = ?2, {at} = ?3 WHERE id = ?1 AND ?3 > ifnull({at}, 0)");
        marked += conn.prepare_cached(&sql)?.execute(params![id, number(line, name), number(line, at)])?;
    }
    let mut rate = conn.prepare_cached(
        "UPDATE comments SET own_rating = ?5, rated_at = ?6
         WHERE discussion_id = (SELECT id FROM discussions WHERE article_id = ?1 AND place = ?2 AND url = ?3) AND key = ?4
             AND ?6 > ifnull(rated_at, 0)",
    )?;
    for discussion in line.get("discussions").and_then(Value::as_array).into_iter().flatten() {
        let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
        let (place, url) = (text(discussion, "place"), text(discussion, "url"));
        let comments = discussion.get("comments").and_then(Value::as_array).into_iter().flatten();
        for comment in comments.filter(|comment| number(comment, "rated_at") > 0) {
            let (rating, at) = (number(comment, "own_rating"), number(comment, "rated_at"));
            marked += rate.execute(params![id, place, url, text(comment, "key"), rating, at])?;
        }
    }
    Ok(marked > 0)
}

fn take_discussion(
    conn: &Connection,
    article: i64,
    discussion: &Value,
    wrong: &impl Fn(&str) -> LineFault,
) -> std::result::Result<u64, LineFault> {
    let id = insert(conn, "discussions", &DISCUSSION, discussion, vec![("article_id", article.into())])?;
    let comments = discussion.get("comments").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (ordinal, comment) in comments.iter().enumerate() {
        let parent = comment.get("parent").and_then(Value::as_i64).unwrap_or(0);
        if !(0..comments.len() as i64).contains(&parent) {
            return Err(wrong("a comment answers one that is not there"));
        }
        let words = stored(comment.get("body"), MAX_COMMENT, wrong)?;
        let mut more = zeros_left_out(comment);
        more.extend([
            ("discussion_id", id.into()),
            ("ordinal", i64::try_from(ordinal).unwrap_or(i64::MAX).into()),
            ("seen_at", comment.get("seen_at").and_then(Value::as_i64).map_or(Sql::Null, Sql::Integer)),
            ("encoding", words.encoding.into()),
            ("body", words.bytes.into()),
        ]);
        insert(conn, "comments", &COMMENT, comment, more)?;
    }
    for stub in discussion.get("stubs").and_then(Value::as_array).into_iter().flatten() {
        let (below, count) = (stub.get(0).and_then(Value::as_str), stub.get(1).and_then(Value::as_i64));
        conn.prepare_cached("INSERT INTO stubs (discussion_id, below, count) VALUES (?1, ?2, ?3)")?.execute(params![
            id,
            below.unwrap_or(""),
            count.unwrap_or(0)
        ])?;
    }
    conn.prepare_cached(
        "UPDATE discussions SET (comments, unseen) =
            (SELECT count(*), count(*) FILTER (WHERE seen_at IS NULL) FROM comments WHERE discussion_id = ?1) WHERE id = ?1",
    )?
    .execute([id])?;
    thread_summaries::renew(conn, id)?;
    Ok(comments.len() as u64)
}

/// Zeros of a comment that lines of before left out, although they are not the same as nothing.
fn zeros_left_out(comment: &Value) -> Vec<(&'static str, Sql)> {
    let number = |name: &str| comment.get(name).and_then(Value::as_i64);
    let is_split = number("rank_first").is_some() || number("rank_second").is_some();
    let wanted = [
        ("parent", matches!(number("parent_kind"), Some(1 | 2))),
        ("rank_value", matches!(number("rank_kind"), Some(3..))),
        ("rank_first", matches!(number("rank_kind"), Some(3 | 6)) || is_split),
        ("rank_second", number("rank_kind") == Some(4) && is_split),
    ];
    let left_out = wanted.into_iter().filter(|(name, is_wanted)| *is_wanted && number(name).is_none());
    left_out.map(|(name, _)| (name, Sql::Integer(0))).collect()
}

/// A text of at most `most` bytes, in the form in which it is stored.
fn stored(text: Option<&Value>, most: usize, wrong: &impl Fn(&str) -> LineFault) -> std::result::Result<Encoded, LineFault> {
    let mut document = match text {
        None => Document::default(),
        Some(Value::String(text)) if text.len() <= most => return Ok(body::encode_body(&Body::plain(text))),
        Some(Value::String(text)) => Body::plain(text).document().into_owned(),
        Some(json) => {
            let bytes = serde_json::to_vec(json).unwrap_or_default();
            body::decode(body::JSON, &bytes).map_err(|_| wrong("a text of it cannot be read"))?
        }
    };
    document.cut(most);
    Ok(body::encode(&document))
}

/// Puts a row into a table: what the line has of these columns, and some more values.
fn insert<'a>(
    conn: &Connection,
    table: &str,
    names: &[&'a str],
    line: &Value,
    mut more: Vec<(&'a str, Sql)>,
) -> std::result::Result<i64, LineFault> {
    for name in names.iter().copied() {
        match line.get(name) {
            Some(Value::String(text)) => more.push((name, text.clone().into())),
            Some(Value::Number(number)) => more.push((name, number.as_i64().map_or(Sql::Null, Sql::Integer))),
            _ if REQUIRED.contains(&name) => more.push((name, Sql::Integer(0))),
            // An entry's title is a number, and may be missing.
            _ if (name == "title" && table != "entries") || name == "place" || name == "key" => {
                more.push((name, String::new().into()));
            }
            _ => {}
        }
    }
    let columns: Vec<&str> = more.iter().map(|(name, _)| *name).collect();
    let places = vec!["?"; more.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", columns.join(", "));
    conn.prepare_cached(&sql)?.execute(params_from_iter(more.into_iter().map(|(_, value)| value)))?;
    Ok(conn.last_insert_rowid())
}

/// Columns that cannot be left out; 0 where the line has none.
const REQUIRED: [&str; 7] = ["first_seen", "sort_at", "scale_kind", "complete", "parent_kind", "rank_kind", "print"];
