//! Whatever stands in the columns: nothing stops, and mending leaves a store that is whole.

use super::*;

/// A value of each type that SQLite has, the odd ones of each.
const VALUES: [&str; 13] = [
    "NULL",
    "-9223372036854775808",
    "-1",
    "2",
    "99",
    "4294967296",
    "9223372036854775807",
    "1.5",
    "9e300",
    "'words'",
    "x'00ff'",
    "CAST(x'c328' AS TEXT)",
    "''",
];

pub(super) fn full_store() -> Store {
    let mut store = store();
    let comments = vec![
        comment("a", Parent::Root, points(3)),
        comment("b", Parent::Of(crate::domain::thread::CommentIdx(0)), Rank::Likes(2)),
        comment("c", Parent::Missing, Rank::Stars { mean: crate::domain::rank::Hundredths(250), votes: 4 }),
    ];
    let pages = [with_discussion("One", discussion(true, comments)), page("Two", 60)];
    for page in &pages {
        store.save(page, NOW).unwrap();
    }
    let ids = store.ids_after(ArticleId(0), 10).unwrap();
    store.set_position(ids[0], "{}").unwrap();
    store
}

/// Columns that are no key of their own row or another.
fn plain_columns(store: &Store) -> Vec<(String, String)> {
    let sql = "SELECT m.name, p.name FROM pragma_table_list m JOIN pragma_table_info(m.name) p
               WHERE m.strict AND m.name NOT LIKE 'word_%' AND m.name NOT LIKE 'stale_%' AND p.pk = 0
                   AND p.name NOT IN ('source_id', 'article_id', 'discussion_id', 'entry_id', 'doc')";
    let mut statement = store.conn.prepare(sql).unwrap();
    let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    columns.map(Result::unwrap).collect()
}

pub(super) fn read_everything(store: &Store) -> std::result::Result<(), StoreError> {
    let checks = store.row_checks()?;
    store.sections()?;
    for section in [Section::All, Section::Unread, Section::Starred, Section::Watched] {
        store.headlines(&section, &everything(), Stretch::First, 100)?;
    }
    store.subscriptions()?;
    for id in store.ids_after(ArticleId(0), 10)? {
        let article = store.article(id)?.expect("an article that has an id");
        for head in &article.discussions {
            store.discussion(head.id)?;
        }
        let line = store.archived(id)?.expect("a line of each article");
        let mut other = Store::in_memory()?;
        let taken = other.take_back(&[line])?;
        assert_eq!(taken.wrong, [], "what is exported can be taken back");
        store.odd_columns(&checks, id)?;
    }
    Ok(())
}

#[test]
fn a_value_of_any_type_in_any_column_stops_nothing_and_is_mended() {
    let mut store = full_store();
    let mut accepted = 0;
    let step = if std::env::var_os("GLEANER_SOAK").is_some() { 1 } else { 4 };
    for (n, (table, column)) in plain_columns(&store).into_iter().enumerate() {
        for value in VALUES.into_iter().skip(n % step).step_by(step) {
            store.conn.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
            let one = format!("UPDATE {table} SET \"{column}\" = {value} WHERE rowid = (SELECT max(rowid) FROM {table})");
            let all = format!("UPDATE {table} SET \"{column}\" = {value}");
            let changed = store.conn.execute(&one, []).or_else(|_| store.conn.execute(&all, []));
            store.conn.execute_batch("PRAGMA ignore_check_constraints = OFF").unwrap();
            if !changed.is_ok_and(|rows| rows > 0) {
                continue;
            }
            accepted += 1;
            let at = format!("{table}.{column} = {value}");
            if let Err(error) = read_everything(&store) {
                panic!("{at}: {error:?}");
            }
            let mended = store.mend().unwrap_or_else(|error| panic!("{at}: {error:?}"));
            let is_text_lost = column == "body" || column == "encoding";
            assert!(mended.left.is_empty() || is_text_lost, "{at}: {:?}", mended.left);
            let bad: Vec<Finding> = store.check().unwrap().into_iter().filter(|finding| !finding.ok).collect();
            assert_eq!(bad, [], "{at}");
            if !mended.left.is_empty() {
                store = full_store();
            }
        }
    }
    assert!(accepted > 300 / step, "{accepted}");
}

#[test]
fn a_line_with_a_number_out_of_range_is_refused_with_the_name_of_its_field() {
    let mut store = full_store();
    let id = store.ids_after(ArticleId(0), 1).unwrap()[0];
    let line: serde_json::Value = serde_json::from_str(&store.archived(id).unwrap().unwrap()).unwrap();
    let table = [
        (
            "/discussions/0/comments/1/parent_kind",
            serde_json::json!(4_294_967_296_i64),
            "discussions[0].comments[1].parent_kind",
        ),
        ("/discussions/0/comments/0/rank_value", serde_json::json!("many"), "rank_value: \"many\" is not a number"),
        ("/discussions/0/comments/0/key", serde_json::json!(7), "key: 7 is not text"),
        ("/title", serde_json::json!(["x"]), "title: a list is not text"),
        ("/title", serde_json::json!("x".repeat(20_000)), "title: longer than 16 KiB"),
        ("/sort_at", serde_json::json!(1e300), "sort_at"),
        ("/first_seen", serde_json::json!(i64::MAX), "first_seen"),
        ("/discussions", serde_json::json!({}), "discussions: an object is not a list"),
        ("/entries/0/print", serde_json::json!(1.5), "entries[0].print"),
    ];
    for (at, value, told) in table {
        let mut wrong = line.clone();
        let (parent, name) = at.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[name] = value;
        let taken = Store::in_memory().unwrap().take_back(&[wrong.to_string()]).unwrap();
        assert_eq!((taken.new, taken.wrong.len()), (0, 1), "{at}");
        assert!(taken.wrong[0].1.contains(told), "{at}: {}", taken.wrong[0].1);
    }
    store.take_back(&[line.to_string()]).unwrap();
}

#[test]
fn a_reply_to_the_first_comment_and_a_rank_of_zero_come_back_from_a_line() {
    let mut store = store();
    let reply = comment("b", Parent::Of(crate::domain::thread::CommentIdx(0)), Rank::Likes(0));
    store.save(&with_discussion("One", discussion(true, vec![comment("a", Parent::Root, points(0)), reply])), NOW).unwrap();
    let line = store.archived(store.ids_after(ArticleId(0), 1).unwrap()[0]).unwrap().unwrap();
    let mut other = Store::in_memory().unwrap();
    assert_eq!(other.take_back(&[line]).unwrap().wrong, []);
    let id = other.ids_after(ArticleId(0), 1).unwrap()[0];
    let comments = only_discussion(&other, id).discussion.comments;
    assert_eq!((comments[1].parent, comments[1].rank), (Parent::Of(crate::domain::thread::CommentIdx(0)), Rank::Likes(0)));
    assert_eq!(comments[0].rank, points(0));
}
