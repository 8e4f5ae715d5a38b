//! Checks the store: SQLite's own checks, and stored counts against counting. For a connection of its own,
//! off the terminal thread: at a million articles this takes a while.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Result, Row, params};

use super::columns::{ReadColumn as _, read_count};
use super::error::begin_anew;
use super::index::partitions::{self, Partition};
use super::{Finding, Store, StoreError};

/// How many of SQLite's complaints are passed on.
const COMPLAINTS: usize = 20;

/// Each asks for the number of rows whose kept count is wrong.
const COUNTS: [(&str, &str); 9] = [
    (
        "the counts of the sections",
        "SELECT (SELECT count(*) FROM counts c WHERE (c.total, c.unread) IS NOT
                (SELECT count(*), ifnull(sum(1 - a.read), 0) FROM articles a
                 WHERE c.section = 'all' OR (c.section = 'starred' AND a.starred) OR (c.section = 'watched' AND a.watched)))
            + ((SELECT count(*) FROM counts WHERE section IN ('all', 'starred', 'watched')) <> 3)",
    ),
    (
        "the counts of the sources",
        "SELECT count(*) FROM sources s WHERE (s.total, s.unread) IS NOT
            (SELECT count(*), ifnull(sum(1 - e.read), 0) FROM entries e WHERE e.source_id = s.id AND e.is_listed)",
    ),
    (
        "the counts of the articles' sources",
        "SELECT count(*) FROM articles a WHERE a.listed IS NOT
            (SELECT count(*) FROM entries e WHERE e.article_id = a.id AND e.is_listed)",
    ),
    (
        "the articles' entries",
        "SELECT count(*) FROM articles a
         WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.article_id = a.id AND e.source_id = a.source_id AND e.is_listed)",
    ),
    (
        "the articles' texts",
        "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM article_bodies)",
    ),
    (
        "the entries' lists",
        "SELECT (SELECT count(*) FROM entries e WHERE e.is_listed AND e.article_id IS NULL)
              + (SELECT count(*) FROM (SELECT 1 FROM entries e WHERE e.article_id IS NOT NULL
                    GROUP BY e.article_id, e.source_id HAVING sum(e.is_listed) <> 1))",
    ),
    (
        "the entries' marks",
        "SELECT count(*) FROM entries e CROSS JOIN articles a ON a.id = e.article_id WHERE e.read <> a.read",
    ),
    (
        "the comment counts of the discussions",
        "SELECT count(*) FROM discussions d WHERE (d.comments, d.unseen) IS NOT
            (SELECT count(*), ifnull(sum(c.seen_at IS NULL AND c.id > d.seen_through), 0) FROM comments c WHERE c.discussion_id = d.id)",
    ),
    (
        "the comment counts of the articles",
        "SELECT count(*) FROM articles a WHERE (a.comments, a.unseen) IS NOT
            (SELECT ifnull(sum(d.comments), 0), ifnull(sum(d.unseen), 0) FROM discussions d WHERE d.article_id = a.id)",
    ),
];

/// Pages that SQLite looks at, and steps of its machine, between two calls of a progress handler.
const STEPS_BETWEEN: u64 = 1000;
/// SQLite counts a page of a tree twice, and one that only carries on a long row once.
const STEPS_A_PAGE: u64 = 2;

/// How far a check is, told from inside SQLite too.
struct CheckProgress<F> {
    tell: F,
    what: String,
    /// Steps in all, while they are known.
    steps: Option<u64>,
    done: u64,
}

impl<F: FnMut(&str)> CheckProgress<F> {
    fn begin(&mut self, what: &str, pages: Option<u64>) {
        (self.what, self.steps, self.done) = (what.to_owned(), pages.map(|pages| pages * STEPS_A_PAGE), 0);
        (self.tell)(what);
    }

    /// SQLite first goes through the pages, whose number is known, then through what they hold.
    fn step(&mut self) {
        let Some(steps) = self.steps else { return };
        self.done += STEPS_BETWEEN;
        if self.done < steps {
            (self.tell)(&format!("{}: {} % of its pages", self.what, self.done * 100 / steps));
        } else {
            self.steps = None;
            (self.tell)(&format!("{}: its rows and words", self.what));
        }
    }
}

/// Tells what is checked next.
type Begin<'a> = &'a dyn Fn(&str, Option<u64>);

impl Store {
    /// SQLite's `quick_check` and `foreign_key_check`, the store's own counts against counting, and who may read the file.
    pub fn check(&self) -> std::result::Result<Vec<Finding>, StoreError> {
        self.check_all(&|_, _| {})
    }

    /// The same; `tell` is told what is being checked, and how far that is.
    pub fn check_telling(&mut self, tell: impl FnMut(&str) + Send + 'static) -> std::result::Result<Vec<Finding>, StoreError> {
        self.telling(tell, Store::check_all)
    }

    fn check_all(&self, begin: Begin<'_>) -> std::result::Result<Vec<Finding>, StoreError> {
        let mut findings = self.ask("checking the store", |conn| {
            begin("the file", Some(conn.query_row("PRAGMA page_count", [], |row| read_count(row, 0))?));
            let mut findings = vec![quick_check(conn, self.path())];
            begin("what belongs to what", None);
            findings.push(foreign_keys(conn));
            for (what, sql) in COUNTS {
                begin(what, None);
                findings.push(counts(conn, what, sql));
            }
            findings.push(own_schema(conn));
            for (what, of_comments) in [("articles", false), ("comments", true)] {
                findings.push(index(conn, what, of_comments, begin));
            }
            Ok(findings)
        })?;
        findings.extend(self.rights());
        Ok(findings)
    }

    fn telling<T>(
        &mut self,
        tell: impl FnMut(&str) + Send + 'static,
        check: impl FnOnce(&Store, Begin<'_>) -> std::result::Result<T, StoreError>,
    ) -> std::result::Result<T, StoreError> {
        let progress = Arc::new(Mutex::new(CheckProgress { tell, what: String::new(), steps: None, done: 0 }));
        let inside = Arc::clone(&progress);
        let step = move || {
            inside.lock().unwrap_or_else(PoisonError::into_inner).step();
            false
        };
        let begin = |what: &str, pages| progress.lock().unwrap_or_else(PoisonError::into_inner).begin(what, pages);
        self.asking_inside(STEPS_BETWEEN as i32, step, |store| check(store, &begin))
    }

    /// Only whether the tables that hold what cannot be had again are whole: the index of words is not looked at, and
    /// nothing is counted.
    pub fn check_tables(&mut self, tell: impl FnMut(&str) + Send + 'static) -> std::result::Result<Vec<Finding>, StoreError> {
        self.telling(tell, Store::check_each_table)
    }

    fn check_each_table(&self, begin: Begin<'_>) -> std::result::Result<Vec<Finding>, StoreError> {
        let mut findings = self.ask("checking the store", |conn| {
            let tables: Vec<String> = conn
                .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name")?
                .query_map([], |row| row.read(0))?
                .collect::<Result<_>>()?;
            let mut bad = Vec::new();
            for table in tables {
                begin(&table, None);
                let found = quick_check_of(conn, self.path(), &format!("\"{}\"", table.replace('"', "\"\"")));
                bad.extend((!found.ok).then_some(found));
            }
            let whole = Finding { ok: true, text: "the tables are whole; the index of words was not checked".to_owned() };
            Ok(if bad.is_empty() { vec![whole] } else { bad })
        })?;
        findings.extend(self.rights());
        Ok(findings)
    }

    /// True if the stored counts equal the real ones, and every row belongs somewhere.
    pub fn are_counts_right(&self) -> std::result::Result<bool, StoreError> {
        self.ask("counting", |conn| Ok(foreign_keys(conn).ok && COUNTS.iter().all(|(what, sql)| counts(conn, what, sql).ok)))
    }

    /// True if SQLite reports damage beyond values that do not fit their columns.
    pub fn is_file_damaged(&self) -> std::result::Result<bool, StoreError> {
        self.ask("checking the store", |conn| {
            let mut statement = conn.prepare("PRAGMA quick_check")?;
            let complaints = statement.query_map([], |row| row.read::<String>(0))?.collect::<Result<Vec<_>>>();
            let is_of_a_value = |complaint: &String| {
                complaint == "ok" || complaint.contains(" value in ") || complaint.starts_with("CHECK constraint failed")
            };
            Ok(!complaints.is_ok_and(|complaints| complaints.iter().all(is_of_a_value)))
        })
    }

    #[cfg(unix)]
    fn rights(&self) -> Option<Finding> {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(self.path()).ok()?.permissions().mode() & 0o777;
        let ok = mode & 0o700 == mode;
        let text = if ok {
            "only you may read it".to_owned()
        } else {
            format!("others may read it (mode {mode:o}); chmod 600 {} keeps it to yourself", self.path().display())
        };
        Some(Finding { ok, text })
    }

    #[cfg(not(unix))]
    fn rights(&self) -> Option<Finding> {
        None
    }
}

fn quick_check(conn: &Connection, path: &Path) -> Finding {
    quick_check_of(conn, path, &COMPLAINTS.to_string())
}

/// A check of the whole file, with at most so many complaints, or of one table.
fn quick_check_of(conn: &Connection, path: &Path, what: &str) -> Finding {
    let damaged =
        |complaint: &str| Finding { ok: false, text: format!("the file is damaged: {complaint}\nhint: {}", begin_anew(path)) };
    let complaints = || -> Result<Vec<String>> {
        let mut statement = conn.prepare(&format!("PRAGMA quick_check({what})"))?;
        statement.query_map([], |row| row.read(0))?.collect()
    };
    match complaints() {
        Ok(lines) if lines == ["ok"] => Finding { ok: true, text: "the file is whole".to_owned() },
        Ok(lines) => damaged(&lines.join("; ")),
        // A damaged page can end the check itself: that is an answer, too.
        Err(error) => damaged(&error.to_string()),
    }
}

fn own_schema(conn: &Connection) -> Finding {
    match super::foreign::extras(conn, super::schema::VERSION) {
        Ok(extras) if extras.is_empty() => Finding { ok: true, text: "it holds only what gleaner made".to_owned() },
        Ok(extras) => Finding { ok: false, text: format!("it holds what gleaner did not make: {}", extras.join(", ")) },
        Err(error) => Finding { ok: false, text: format!("it cannot be told whether gleaner made all of it: {error}") },
    }
}

fn foreign_keys(conn: &Connection) -> Finding {
    let strays = conn.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| read_count(row, 0));
    finding(strays, "every row belongs somewhere", |strays| format!("{strays} rows belong to rows that are gone"))
}

fn counts(conn: &Connection, what: &str, sql: &str) -> Finding {
    let wrong = conn.query_row(sql, [], |row| read_count(row, 0));
    finding(wrong, &format!("{what} are right"), |wrong| format!("{what} are wrong in {wrong} places"))
}

/// True if each doc of the index is an article's or comment's, or known to be dead, and the other way round.
fn index(conn: &Connection, what: &str, of_comments: bool, begin: Begin<'_>) -> Finding {
    let wrong = || -> Result<u64> {
        let (mut wrong, mut indexed) = (0, 0);
        let partitions = partitions::all(conn, of_comments)?;
        let parts = partitions.len();
        for (n, partition) in (1..).zip(partitions) {
            begin(&format!("the index of the {what}, part {n} of {parts}"), None);
            let (words, Partition { least, most, dead, .. }) = (partition.words(), partition);
            let sql = format!(
                "SELECT (SELECT count(*) FROM {words}_docsize w WHERE id BETWEEN ?1 AND ?2
                            AND NOT EXISTS (SELECT 1 FROM {what} WHERE doc = w.id)
                            AND NOT EXISTS (SELECT 1 FROM stale_{what} WHERE doc = w.id))
                      + ((SELECT count(*) FROM stale_{what} WHERE doc BETWEEN ?1 AND ?2) <> ?3),
                     (SELECT count(*) FROM {words}_docsize w CROSS JOIN {what} a INDEXED BY {what}_doc ON a.doc = w.id
                      WHERE w.id BETWEEN ?1 AND ?2)"
            );
            let found = |row: &Row<'_>| Ok((read_count(row, 0)?, read_count(row, 1)?));
            let (strays, live) = conn.query_row(&sql, params![least, most, dead], found)?;
            wrong += strays;
            indexed += live;
        }
        let numbered = format!("SELECT count(*) FROM {what} WHERE doc IS NOT NULL");
        let numbered = conn.query_row(&numbered, [], |row| read_count(row, 0))?;
        Ok(wrong + numbered.abs_diff(indexed))
    };
    let right = format!("the numbers of the indexed {what} are right");
    finding(wrong(), &right, |wrong| format!("the numbers of the indexed {what} are wrong in {wrong} places"))
}

fn finding(wrong: Result<u64>, right: &str, tell: impl Fn(u64) -> String) -> Finding {
    match wrong {
        Ok(0) => Finding { ok: true, text: right.to_owned() },
        Ok(wrong) => Finding { ok: false, text: tell(wrong) },
        Err(error) => Finding { ok: false, text: format!("it cannot be told whether {right}: {error}") },
    }
}
