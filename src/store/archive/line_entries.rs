//! The entries of an article in its line: which sources have it, and what each of them tells.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use serde_json::{Map, Value};

use super::super::body::{self, Encoded};
use super::super::columns::ReadColumn as _;
use super::super::ingest::{self, Fingerprint, address_hash, host_hash, short_hash};
use super::super::{ArticleId, beside};
use super::{LineFault, MAX_PAGE, fill, insert, nearest, put, stored, text};
use crate::domain::text::{LONGEST_LINE, clean_id, clean_label};
use crate::domain::time::Timestamp;
use crate::site::identity::{canonical_address, page_of_amp};

/// `guid` and those named after what they are of are hashes, see [`super::super::ingest`].
pub(super) const ENTRY: [&str; 14] = [
    "guid",
    "address",
    "title",
    "text",
    "enclosure",
    "published",
    "published_is_day",
    "print",
    "sort_at",
    "is_listed",
    "is_submission",
    "is_amp",
    "told",
    "host",
];
/// The source's own title, author and date, if several sources have the article.
pub(super) const CONTENT: [&str; 7] = ["title", "byline", "organisation", "kind", "url", "published", "published_is_day"];

pub(super) fn read(conn: &Connection, id: ArticleId) -> Result<Vec<Value>> {
    let columns = ENTRY.map(|name| format!("e.{name}")).into_iter().chain(CONTENT.map(|name| format!("c.{name}")));
    let sql = format!(
        "SELECT {}, s.key, s.title, c.encoding, c.body, c.related FROM entries e CROSS JOIN sources s ON s.id = e.source_id
         LEFT JOIN entry_contents c ON c.entry_id = e.id WHERE e.article_id = ?1 ORDER BY e.id",
        columns.collect::<Vec<_>>().join(", ")
    );
    let end = ENTRY.len() + CONTENT.len();
    let mut statement = conn.prepare_cached(&sql)?;
    let entry = |row: &Row<'_>| {
        let mut entry = Map::new();
        fill(&mut entry, row, "entries", &ENTRY)?;
        let (key, title): (String, String) = (row.read(end)?, row.read(end + 1)?);
        entry.insert("source".to_owned(), Value::from(vec![key, title]));
        let encoding: Option<i64> = row.read(end + 2)?;
        if encoding.is_some() {
            let mut content = Map::new();
            for (n, name) in CONTENT.iter().enumerate() {
                put(&mut content, name, nearest("entry_contents", name, row.get_ref(ENTRY.len() + n)?));
            }
            put(&mut content, "body", text(row, end + 2)?);
            let related = row.get_ref(end + 4)?.as_blob().unwrap_or_default();
            put(&mut content, "beside", serde_json::from_slice(related).unwrap_or_default());
            entry.insert("content".to_owned(), Value::Object(content));
        }
        Ok(Value::Object(entry))
    };
    statement.query_map([id.0], entry)?.collect()
}

/// An entry of a line, with its source as it is here.
pub(super) struct ArchivedEntry<'a> {
    pub(super) source: i64,
    /// None in lines of the first version, which tell of no entries.
    line: Option<&'a Value>,
    fingerprint: Fingerprint,
}

/// The entries that a line tells of; one made of the article itself where it tells of none.
pub(super) fn of_line<'a>(conn: &Connection, line: &'a Value) -> std::result::Result<Vec<ArchivedEntry<'a>>, LineFault> {
    let told: Vec<&Value> = line.get("entries").and_then(Value::as_array).into_iter().flatten().collect();
    if told.is_empty() {
        let source = source_of(conn, line, line)?;
        return Ok(vec![ArchivedEntry { source, line: None, fingerprint: of_article(line) }]);
    }
    told.into_iter()
        .map(|entry| {
            let number = |name: &str| entry.get(name).and_then(Value::as_i64);
            let address = number("address");
            let fingerprint = Fingerprint {
                id: number("guid"),
                address,
                host: address.map_or(Ok(0), |address| host_of(conn, address, entry, line))?,
                title: number("title"),
                text: number("text"),
                enclosure: number("enclosure"),
                date: number("published").map(|at| (at, number("published_is_day") == Some(1))),
                is_amp: number("is_amp") == Some(1),
                is_root: false,
            };
            Ok(ArchivedEntry { source: source_of(conn, entry, line)?, line: Some(entry), fingerprint })
        })
        .collect()
}

/// The host of an entry's address. Lines of versions that kept no hosts tell of it by the addresses in them, if at all.
fn host_of(conn: &Connection, address: i64, entry: &Value, line: &Value) -> Result<i64> {
    if let Some(host) = entry.get("host").and_then(Value::as_i64).filter(|host| *host > 0) {
        return Ok(host);
    }
    let urls = [entry.get("content").and_then(|content| content.get("url")), line.get("url")];
    let urls = urls.into_iter().flatten().filter_map(Value::as_str);
    let mut pages = urls.flat_map(|url| [canonical_address(url), page_of_amp(url)]).flatten();
    match pages.find(|page| short_hash(page.as_bytes()) == address) {
        Some(page) => Ok(host_hash(&page)),
        None => {
            let sql = "SELECT ifnull(max(host), 0) FROM entries WHERE address = ?1";
            conn.prepare_cached(sql)?.query_row([address], |row| row.read(0))
        }
    }
}

fn of_article(line: &Value) -> Fingerprint {
    let text = |name: &str| line.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let number = |name: &str| line.get(name).and_then(Value::as_i64);
    let body = line.get("body").and_then(Value::as_str).map(|body| short_hash(body.as_bytes()));
    let page = text("url").and_then(canonical_address);
    Fingerprint {
        address: page.as_deref().map(|page| short_hash(page.as_bytes())),
        host: page.as_deref().map_or(0, host_hash),
        title: text("title").map(|title| short_hash(title.trim().as_bytes())).or(body),
        text: body,
        date: number("published").map(|at| (at, number("published_is_day") == Some(1))),
        ..Fingerprint::default()
    }
}

/// The source that a part of a line names, made where there is none.
fn source_of(conn: &Connection, part: &Value, line: &Value) -> std::result::Result<i64, LineFault> {
    let names = part.get("source").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let [key, title] = names.collect::<Vec<_>>()[..] else { return Err(LineFault::Line("it has no source".to_owned())) };
    let short_key = (key.len() > LONGEST_LINE).then(|| clean_id(key));
    let (key, title) = (short_key.as_deref().unwrap_or(key), clean_label(title));
    let first_seen = line.get("first_seen").and_then(Value::as_i64).unwrap_or(0);
    conn.prepare_cached("INSERT OR IGNORE INTO sources (key, title, first_seen, home) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![key, title.as_str(), first_seen, address_hash(key)])?;
    Ok(conn.prepare_cached("SELECT id FROM sources WHERE key = ?1")?.query_row([key], |row| row.read(0))?)
}

/// The article that one of the entries is here already.
pub(super) fn known(conn: &Connection, entries: &[ArchivedEntry<'_>]) -> Result<Option<i64>> {
    for entry in entries {
        if let Some(found) = ingest::find(conn, entry.source, &entry.fingerprint)? {
            return Ok(Some(found.0));
        }
    }
    Ok(None)
}

/// Stores the entries of a new article, and makes it one with what other sources have at its address.
pub(super) fn insert_all(conn: &Connection, article: i64, entries: &[ArchivedEntry<'_>]) -> std::result::Result<(), LineFault> {
    for entry in entries {
        let more = |name: &'static str, value: Sql| (name, value);
        let read: i64 =
            conn.prepare_cached("SELECT read FROM articles WHERE id = ?1")?.query_row([article], |row| row.read(0))?;
        let mut columns =
            vec![more("source_id", entry.source.into()), more("article_id", article.into()), more("read", read.into())];
        let blank = Value::Object(Map::new());
        let line = entry.line.unwrap_or(&blank);
        if entry.line.is_none() {
            let Fingerprint { address, host, title, text, date, .. } = entry.fingerprint;
            let sort_at: i64 =
                conn.prepare_cached("SELECT sort_at FROM articles WHERE id = ?1")?.query_row([article], |row| row.read(0))?;
            columns.extend([
                more("address", address.into()),
                more("host", host.into()),
                more("title", title.into()),
                more("text", text.into()),
                more("published", date.map(|(at, _)| at).into()),
                more("published_is_day", date.is_some_and(|(_, is_day)| is_day).into()),
                more("sort_at", sort_at.into()),
                more("print", 0.into()),
                more("is_listed", 1.into()),
            ]);
            insert(conn, "entries", &[], line, columns)?;
            continue;
        }
        columns.push(more("host", entry.fingerprint.host.into()));
        let copied: Vec<&str> = ENTRY.into_iter().filter(|name| *name != "host").collect();
        let id = insert(conn, "entries", &copied, line, columns)?;
        if let Some(content) = line.get("content") {
            insert_content(conn, id, content)?;
        }
    }
    // Damage done to a line by hand must not leave an article that no list has.
    conn.prepare_cached(
        "UPDATE entries SET is_listed = (id = (SELECT min(o.id) FROM entries o
            WHERE o.article_id = entries.article_id AND o.source_id = entries.source_id))
         WHERE article_id = ?1",
    )?
    .execute([article])?;
    let now: Option<i64> = conn
        .prepare_cached("SELECT first_seen FROM articles WHERE id = ?1")?
        .query_row([article], |row| row.read(0))
        .optional()?;
    ingest::regroup_article(conn, ArticleId(article), Timestamp(now.unwrap_or(0)))?;
    Ok(())
}

fn insert_content(conn: &Connection, entry: i64, content: &Value) -> std::result::Result<(), LineFault> {
    let wrong = |why: &str| LineFault::Line(why.to_owned());
    let Encoded { encoding, bytes } = stored(content.get("body"), MAX_PAGE, &wrong)?;
    let beside = serde_json::to_vec(content.get("beside").unwrap_or(&Value::Object(Map::new()))).unwrap_or_default();
    beside::decode(body::JSON, &beside).map_err(|_| wrong("what stands beside a text cannot be read"))?;
    let more = vec![
        ("entry_id", entry.into()),
        ("encoding", encoding.into()),
        ("body", bytes.into()),
        ("related_encoding", body::JSON.into()),
        ("related", beside.into()),
    ];
    insert(conn, "entry_contents", &CONTENT, content, more).map(drop)
}
