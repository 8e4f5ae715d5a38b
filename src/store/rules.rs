//! The score rules that the reader made with a key or a command.

use rusqlite::{Connection, Result, Row, params};

use super::columns::{ReadColumn as _, read_some_text, read_text};
use super::{Store, StoreError};
use crate::domain::rules::{Conditions, Rule, Verdict};
use crate::domain::text::clean_line;
use crate::domain::time::Timestamp;

impl Store {
    /// The rules, in the order in which they were made.
    pub fn rules(&self) -> std::result::Result<Vec<Rule>, StoreError> {
        self.ask("reading the rules", |conn| {
            let mut statement =
                conn.prepare_cached("SELECT name, verdict, author, words, place, longer, shorter FROM rules ORDER BY id")?;
            let rules: Vec<Option<Rule>> = statement.query_map([], rule)?.collect::<Result<_>>()?;
            Ok(rules.into_iter().flatten().collect())
        })
    }

    /// Makes a rule, or gives the one of its name other contents and leaves it where it stands.
    pub fn set_rule(&mut self, rule: &Rule, now: Timestamp) -> std::result::Result<(), StoreError> {
        self.change("keeping a rule", |conn| set(conn, rule, now))
    }

    /// True if there was one of this name.
    pub fn remove_rule(&mut self, name: &str) -> std::result::Result<bool, StoreError> {
        self.change(
            "removing a rule",
            |conn| Ok(conn.prepare_cached("DELETE FROM rules WHERE name = ?1")?.execute([name])? > 0),
        )
    }
}

/// Words are kept a line each: no clean line holds a line break.
fn set(conn: &Connection, rule: &Rule, now: Timestamp) -> Result<()> {
    let conditions = &rule.conditions;
    let words: Vec<&str> = conditions.words.iter().map(|words| &**words).collect();
    conn.prepare_cached(
        "INSERT INTO rules (name, verdict, author, words, place, longer, shorter, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (name) DO UPDATE SET verdict = ?2, author = ?3, words = ?4, place = ?5, longer = ?6, shorter = ?7, changed_at = ?8",
    )?
    .execute(params![
        &*rule.name,
        rule.verdict.name(),
        conditions.author.as_deref(),
        words.join("\n"),
        conditions.place.as_deref(),
        conditions.longer,
        conditions.shorter,
        now.0,
    ])
    .map(drop)
}

/// None for a verdict that this version does not know.
fn rule(row: &Row<'_>) -> Result<Option<Rule>> {
    let verdict: String = row.read(1)?;
    let Some(verdict) = Verdict::from_name(&verdict) else { return Ok(None) };
    let words: String = row.read(3)?;
    let conditions = Conditions {
        author: read_some_text(row, 2)?,
        words: words.lines().map(clean_line).collect(),
        place: read_some_text(row, 4)?,
        longer: row.read(5)?,
        shorter: row.read(6)?,
    };
    Ok(Some(Rule { name: read_text(row, 0)?, verdict, conditions }))
}
