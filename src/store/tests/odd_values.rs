//! Any values in any columns, keys among them, several at once: nothing stops, and mending leaves a store that is whole.

use proptest::prelude::*;

use super::odd_rows::{full_store, read_everything};
use super::*;

/// A column of an ordinary table, the index of words aside.
fn columns(store: &Store) -> Vec<(String, String)> {
    let sql = "SELECT m.name, p.name FROM pragma_table_list m JOIN pragma_table_info(m.name) p
               WHERE m.strict AND m.name NOT LIKE 'word_%' AND m.name NOT LIKE 'stale_%' AND p.name <> 'doc'";
    let mut statement = store.conn.prepare(sql).unwrap();
    let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    columns.map(Result::unwrap).collect()
}

/// A literal of SQL.
fn value() -> impl Strategy<Value = String> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    prop_oneof![
        Just("NULL".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        (-3..9_i64).prop_map(|number| number.to_string()),
        prop::sample::select(vec![i64::MIN, i64::MIN + 1, -1, 1 << 31, 1 << 32, 1 << 53, i64::MAX]).prop_map(|n| n.to_string()),
        any::<f64>().prop_filter("a number", |number| number.is_finite()).prop_map(|number| format!("{number:e}")),
        "[a-z0-9 ]{0,12}".prop_map(|text| format!("'{text}'")),
        (1..40_000_usize).prop_map(|length| format!("'{}'", "long ".repeat(length / 5))),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(move |bytes| format!("CAST(x'{}' AS TEXT)", hex(&bytes))),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(move |bytes| format!("x'{}'", hex(&bytes))),
    ]
}

/// Writes values of any type, as a program without the tables' rules does.
fn damage(store: &Store, changes: &[(prop::sample::Index, bool, String)]) -> Vec<String> {
    let columns = columns(store);
    let strict = "PRAGMA writable_schema = ON; CREATE TEMP TABLE own AS SELECT rowid AS of, sql FROM sqlite_schema;
                  UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT, WITHOUT ROWID', ') WITHOUT ROWID'), ') STRICT', ')')
                  WHERE type = 'table'; PRAGMA writable_schema = RESET; PRAGMA ignore_check_constraints = ON;
                  PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = OFF;";
    store.conn.execute_batch(strict).unwrap();
    let mut written = Vec::new();
    for (at, is_all, value) in changes {
        let (table, column) = at.get(&columns);
        let which =
            if *is_all { String::new() } else { format!(" WHERE \"{column}\" IS (SELECT max(\"{column}\") FROM {table})") };
        let sql = format!("UPDATE OR IGNORE {table} SET \"{column}\" = {value}{which}");
        if store.conn.execute(&sql, []).is_ok_and(|rows| rows > 0) {
            written.push(format!("{table}.{column} = {value:.80}"));
        }
    }
    store
        .conn
        .execute_batch(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = (SELECT sql FROM temp.own WHERE of = sqlite_schema.rowid);
             PRAGMA writable_schema = RESET; DROP TABLE temp.own; PRAGMA ignore_check_constraints = OFF; PRAGMA foreign_keys = ON;",
        )
        .unwrap();
    written
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("GLEANER_SOAK").is_some() { 2000 } else { 24 }))]

    #[test]
    fn any_values_in_any_columns_stop_nothing_and_are_mended(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), value()), 1..6),
    ) {
        let mut store = full_store();
        let texts = |store: &Store| -> i64 {
            store.conn.query_row("SELECT count(*) FROM article_bodies", [], |row| row.get(0)).unwrap()
        };
        let written = damage(&store, &changes);
        let before = texts(&store);
        prop_assert!(read_everything(&store).is_ok(), "{:?}: {:?}", written, read_everything(&store));
        let mended = store.mend();
        prop_assert!(mended.is_ok(), "{:?}: {:?}", written, mended);
        prop_assert!(texts(&store) >= before, "{:?}: a text is gone", written);
        let bad: Vec<Finding> = store.check().unwrap().into_iter().filter(|finding| !finding.ok).collect();
        prop_assert_eq!(bad, vec![], "{:?}", written);
        prop_assert!(read_everything(&store).is_ok(), "{:?}: {:?}", written, read_everything(&store));
        for id in store.ids_after(ArticleId(i64::MIN), 10).unwrap() {
            prop_assert!(store.article(id).unwrap().is_some(), "{:?}: {:?} has no page", written, id);
        }
    }
}
