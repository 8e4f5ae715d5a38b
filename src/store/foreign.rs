//! A store's file may come from anybody. What is in it beside Gleaner's own tables must not act: triggers and views run
//! statements of whoever wrote them, and generated columns and checks their expressions.

use std::collections::BTreeMap;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Result};

use super::columns::ReadColumn as _;
use super::{index, schema};

/// A schema's entries: kind and name, with the statement that made each, without its spaces.
type Schema = BTreeMap<(String, String), String>;

/// Has SQLite trust nothing in the file: no functions with side effects in its schema, no writes to its inner tables, and
/// each page looked over as it is read.
pub(super) fn harden(conn: &Connection) -> Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.execute_batch("PRAGMA cell_size_check = ON")
}

/// Parts of the file that a Gleaner store of its version does not have: "trigger evil", "table articles (changed)".
/// Missing comments count too.
pub(super) fn extras(conn: &Connection, version: i64) -> Result<Vec<String>> {
    let mut fresh = Connection::open_in_memory()?;
    schema::make(&mut fresh, version)?;
    if version >= schema::PARTITIONED {
        index::expect(&fresh, conn)?;
    }
    let (expected, mut found) = (schema(&fresh)?, schema(conn)?);
    let mut extras = Vec::new();
    for ((kind, name), sql) in expected {
        match found.remove(&(kind.clone(), name.clone())) {
            None => extras.push(format!("{kind} {name} (missing)")),
            Some(other) if other != sql => extras.push(format!("{kind} {name} (changed)")),
            Some(_) => {}
        }
    }
    extras.extend(found.into_keys().map(|(kind, name)| format!("{kind} {name}")));
    Ok(extras)
}

/// The triggers and views that no version of Gleaner made. Quick enough for every start.
pub(super) fn active(conn: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = conn.prepare("SELECT type, name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')")?;
    let rows = statement.query_map([], |row| Ok((row.read(0)?, row.read(1)?, row.read::<Option<String>>(2)?)))?;
    let mut active = Vec::new();
    for row in rows {
        let (kind, name, sql) = row?;
        if !sql.is_some_and(|sql| schema::statements().any(|step| step.contains(&sql))) {
            active.push((kind, name));
        }
    }
    Ok(active)
}

/// Takes triggers and views out of the file; gives them in words.
pub(super) fn drop_active(conn: &Connection, active: &[(String, String)]) -> Result<Vec<String>> {
    let mut dropped = Vec::new();
    for (kind, name) in active {
        let quoted = name.replace('"', "\"\"");
        conn.execute_batch(&format!("DROP {kind} IF EXISTS \"{quoted}\""))?;
        dropped.push(format!("{kind} {name}"));
    }
    Ok(dropped)
}

fn schema(conn: &Connection) -> Result<Schema> {
    let mut statement =
        conn.prepare("SELECT type, name, ifnull(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let rows = statement.query_map([], |row| {
        let sql: String = row.read(2)?;
        Ok(((row.read(0)?, row.read(1)?), sql.split_whitespace().collect()))
    })?;
    rows.collect()
}
