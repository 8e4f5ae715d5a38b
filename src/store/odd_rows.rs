//! Rows with values that no version of Gleaner writes: numbers out of range, values of another type than their column's,
//! texts that cannot be read. Readers tolerate them ([`super::columns`]), exports name them, and `doctor` mends them here.

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

use super::columns::{ReadColumn as _, read_count};
use super::ranges::{is_kind, range};
use super::{ArticleId, Store, StoreError, body, recount, strays};

/// The tables, and how their rows are found that belong to an article. The index of words is checked by itself.
const TABLES: [(&str, Option<&str>); 20] = [
    ("articles", Some("id = ?1")),
    ("article_bodies", Some("article_id = ?1")),
    ("previous_texts", Some("article_id = ?1")),
    ("positions", Some("article_id = ?1")),
    ("discussions", Some("article_id = ?1")),
    ("comments", Some("discussion_id IN (SELECT id FROM discussions WHERE article_id = ?1)")),
    ("stubs", Some("discussion_id IN (SELECT id FROM discussions WHERE article_id = ?1)")),
    ("entries", Some("article_id = ?1")),
    ("entry_contents", Some("entry_id IN (SELECT id FROM entries WHERE article_id = ?1)")),
    ("sources", None),
    ("subscriptions", None),
    ("polls", None),
    ("tries", None),
    ("watches", None),
    ("fronts", None),
    ("rules", None),
    ("searches", None),
    ("sliders", None),
    ("counts", None),
    ("settings", None),
];

/// A check over several columns: its condition, and the repair.
const TOGETHER: [(&str, &str, &str, &str); 3] = [
    ("comments", "rank_value", "rank_kind IN (3, 5, 6) AND NOT fits_rank(rank_kind, rank_value)", "rank_kind = 0"),
    (
        "comments",
        "parent",
        "parent_kind IN (1, 2) AND (parent IS NULL OR parent >= (SELECT count(*) FROM comments o
            WHERE o.discussion_id = comments.discussion_id))",
        "parent_kind = 3, parent = NULL",
    ),
    ("discussions", "scale_max", "scale_kind = 1 AND scale_max IS NULL", "scale_kind = 0"),
];

/// Rows of a table that were mended, or could not be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OddRows {
    /// `comments.parent_kind`.
    pub column: String,
    pub rows: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mended {
    pub mended: Vec<OddRows>,
    pub left: Vec<OddRows>,
}

/// Statements that tell which columns of an article's rows hold odd values.
pub struct RowChecks(Vec<(String, Vec<String>)>);

struct OddColumn {
    name: String,
    odd: String,
    mended: String,
}

impl Store {
    pub fn row_checks(&self) -> std::result::Result<RowChecks, StoreError> {
        self.ask("reading the tables' columns", |conn| {
            let mut checks = Vec::new();
            for (table, of_article) in TABLES {
                let Some(of_article) = of_article else { continue };
                let columns = columns(conn, table)?;
                checks.push((counting(table, &columns, of_article), names(table, &columns)));
            }
            Ok(RowChecks(checks))
        })
    }

    /// The columns of an article, its texts, discussions and comments that hold what no version writes.
    pub fn odd_columns(&self, checks: &RowChecks, id: ArticleId) -> std::result::Result<Vec<String>, StoreError> {
        self.ask("looking for odd values", |conn| {
            let mut odd = Vec::new();
            for (sql, names) in &checks.0 {
                let counts = counts(conn, sql, names.len(), [id.0])?;
                odd.extend(names.iter().zip(counts).filter(|(_, count)| *count > 0).map(|(name, _)| name.clone()));
            }
            odd.dedup();
            Ok(odd)
        })
    }

    /// Columns with odd values, in all of the store.
    pub fn odd_rows(&self) -> std::result::Result<Vec<OddRows>, StoreError> {
        self.ask("looking for odd values", odd_rows)
    }

    /// Sets odd values to the nearest that a column may hold, or to none; then counts again what is counted.
    pub fn mend(&mut self) -> std::result::Result<Mended, StoreError> {
        // Triggers keep counts by adding to them, which goes wrong with numbers that are none; all is counted again below.
        // Keys that name nothing are mended last, and must not stop what comes before.
        let guards = |conn: &Connection, on| {
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, on)?;
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, on).map(drop)
        };
        self.ask("mending the store", |conn| guards(conn, false))?;
        let mended = self.change("mending the store", mend);
        self.ask("mending the store", |conn| guards(conn, true))?;
        mended
    }
}

fn mend(conn: &Connection) -> Result<Mended> {
    let before = odd_rows(conn)?;
    for (table, _) in TABLES {
        let columns = columns(conn, table)?;
        if columns.iter().any(|column| before.iter().any(|odd| odd.column == format!("{table}.{}", column.name))) {
            recount::forget_words(conn, table, &any_of(&columns))?;
            let set: Vec<String> = columns
                .iter()
                .map(|OddColumn { name, odd, mended }| {
                    format!("\"{name}\" = CASE WHEN {odd} THEN {mended} ELSE \"{name}\" END")
                })
                .collect();
            let sql = format!("UPDATE OR IGNORE {table} SET {} WHERE {}", set.join(", "), any_of(&columns));
            conn.execute(&sql, [])?;
        }
    }
    for (table, _, condition, mended) in TOGETHER {
        conn.execute(&format!("UPDATE {table} SET {mended} WHERE {condition}"), [])?;
    }
    let mut counted: Vec<OddRows> = strays::mend(conn)?;
    counted.extend(recount::ordinals(conn)?);
    counted.extend(recount::counts(conn)?);
    let left = odd_rows(conn)?;
    let rows_left = |odd: &OddRows| left.iter().find(|left| left.column == odd.column).map_or(0, |left| left.rows);
    let mut mended: Vec<OddRows> = before
        .iter()
        .map(|odd| OddRows { column: odd.column.clone(), rows: odd.rows.saturating_sub(rows_left(odd)) })
        .filter(|odd| odd.rows > 0)
        .collect();
    mended.extend(counted);
    Ok(Mended { mended, left })
}

fn odd_rows(conn: &Connection) -> Result<Vec<OddRows>> {
    let mut found = Vec::new();
    for (table, _) in TABLES {
        let columns = columns(conn, table)?;
        let names = names(table, &columns);
        let counts = counts(conn, &counting(table, &columns, "true"), names.len(), [])?;
        let odd = names.into_iter().zip(counts).filter(|(_, rows)| *rows > 0);
        found.extend(odd.map(|(column, rows)| OddRows { column, rows }));
    }
    Ok(found)
}

fn counts(conn: &Connection, sql: &str, columns: usize, params: impl rusqlite::Params) -> Result<Vec<u64>> {
    conn.prepare_cached(sql)?.query_row(params, |row| (0..columns).map(|at| read_count(row, at)).collect())
}

fn names(table: &str, columns: &[OddColumn]) -> Vec<String> {
    let together = TOGETHER.iter().filter(|(of, ..)| *of == table).map(|(_, name, ..)| *name);
    columns.iter().map(|column| &*column.name).chain(together).map(|name| format!("{table}.{name}")).collect()
}

fn counting(table: &str, columns: &[OddColumn], of: &str) -> String {
    let together = TOGETHER.iter().filter(|(of, ..)| *of == table).map(|(_, _, condition, _)| *condition);
    let odd = columns.iter().map(|column| &*column.odd).chain(together);
    let sums: Vec<String> = odd.map(|odd| format!("ifnull(sum({odd}), 0)")).collect();
    format!("SELECT {} FROM {table} WHERE {of}", sums.join(", "))
}

fn any_of(columns: &[OddColumn]) -> String {
    columns.iter().map(|column| format!("({})", column.odd)).collect::<Vec<_>>().join(" OR ")
}

/// The invalid values of each column, and their replacements.
fn columns(conn: &Connection, table: &str) -> Result<Vec<OddColumn>> {
    let mut statement = conn.prepare_cached("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1)")?;
    let rows = statement.query_map([table], |row| {
        Ok((row.read::<String>(0)?, row.read::<String>(1)?, row.read::<bool>(2)?, row.read::<i64>(3)? == 0))
    })?;
    let rows: Vec<_> = rows.collect::<Result<_>>()?;
    let has_body = rows.iter().any(|(name, ..)| name == "body");
    let mut columns = Vec::new();
    for (name, kind, is_required, is_plain) in rows {
        let quoted = format!("\"{name}\"");
        let nullable = if is_required || !is_plain { String::new() } else { format!("{quoted} IS NOT NULL AND ") };
        let none = |value: &str| if is_required || !is_plain { value.to_owned() } else { "NULL".to_owned() };
        let (odd, mended) = match kind.as_str() {
            // The encoding can be detected from the bytes.
            "INTEGER" if name == "encoding" && has_body => {
                let tried = [1, 3, 2, 0].map(|n| format!("WHEN is_readable({n}, body) THEN {n}")).join(" ");
                ("NOT is_readable(encoding, body)".to_owned(), format!("CASE {tried} ELSE encoding END"))
            }
            "INTEGER" => {
                let (least, most) = range(table, &name);
                let zero = none(&0_i64.clamp(least, most).to_string());
                let nearest = if is_kind(&name) {
                    zero.clone()
                } else {
                    format!(
                        "CASE WHEN typeof({quoted}) IN ('integer', 'real')
                         THEN max({least}, min({most}, CAST({quoted} AS INTEGER))) ELSE {zero} END"
                    )
                };
                (format!("NOT (typeof({quoted}) = 'integer' AND {quoted} BETWEEN {least} AND {most})"), nearest)
            }
            "TEXT" => (format!("NOT is_text({quoted})"), format!("to_text({quoted})")),
            "BLOB" => (format!("typeof({quoted}) <> 'blob'"), format!("CAST(ifnull({quoted}, x'') AS BLOB)")),
            _ => continue,
        };
        columns.push(OddColumn { odd: format!("({nullable}{odd})"), name, mended });
    }
    Ok(columns)
}

/// The functions that the statements use.
pub(super) fn register(conn: &Connection) -> Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    conn.create_scalar_function("is_text", 1, pure, |context| {
        Ok(matches!(context.get_raw(0), ValueRef::Text(bytes) if std::str::from_utf8(bytes).is_ok()))
    })?;
    conn.create_scalar_function("to_text", 1, pure, |context| {
        Ok(match context.get_raw(0) {
            ValueRef::Null => String::new(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        })
    })?;
    conn.create_scalar_function("is_readable", 2, pure, |context| {
        let (ValueRef::Integer(encoding), ValueRef::Blob(bytes)) = (context.get_raw(0), context.get_raw(1)) else {
            return Ok(false);
        };
        Ok(body::is_readable(encoding, bytes))
    })?;
    conn.create_scalar_function("fits_rank", 2, pure, |context| {
        let (ValueRef::Integer(kind), ValueRef::Integer(value)) = (context.get_raw(0), context.get_raw(1)) else {
            return Ok(false);
        };
        Ok(super::ranges::fits_rank(kind, value))
    })
}
