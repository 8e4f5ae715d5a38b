use super::*;
use crate::domain::rank::Hundredths;
pub(super) use crate::store::lists::{key_statements, list_statements};

fn listed(rows: &[Headline]) -> String {
    rows.iter().map(|row| row.title.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn lists_are_paged_by_key_in_both_directions() {
    let mut store = store();
    // b, c and d at the same second: there the later one stands first.
    let pages: Vec<Page> =
        [("a", 0), ("b", 5), ("c", 5), ("d", 5), ("e", 9)].iter().map(|(title, after)| page(title, *after)).collect();
    store.save_all(&pages, NOW).unwrap();
    let list = |stretch| store.headlines(&Section::All, &everything(), stretch, 2).unwrap();
    let first = list(Stretch::First);
    assert_eq!(listed(&first), "e d");
    let second = list(Stretch::After(first[1].key()));
    assert_eq!(listed(&second), "c b");
    assert_eq!(listed(&list(Stretch::From(second[1].key()))), "b a");
    assert_eq!(listed(&list(Stretch::Before(second[1].key()))), "d c");
    assert_eq!(listed(&list(Stretch::After(ListKey { sort_at: Timestamp(i64::MIN), id: ArticleId(0) }))), "");
    assert_eq!(listed(&list(Stretch::Last)), "b a");
    assert_eq!(listed(&store.headlines(&Section::All, &everything(), Stretch::First, 0).unwrap()), "");
}

#[test]
fn sections_hold_what_they_say() {
    let mut store = store();
    let of = |key: &str, title: &str, after| Page { source: source(key), ..page(title, after) };
    let saved = store.save_all(&[of("zeta", "a", 3), of("alpha", "b", 2), of("zeta", "c", 1)], NOW).unwrap();
    let ids: Vec<ArticleId> = saved.iter().map(|saved| saved.id).collect();
    store.set_read(&ids[..1], true, NOW).unwrap();
    store.set_starred(&ids[..2], true, NOW).unwrap();
    store.set_watched(&ids[2..], true, NOW).unwrap();
    let told: Vec<String> = store
        .sections()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}/{}: {}", row.title, row.unread, row.total, titles(&store, &row.section, "").join(" ")))
        .collect();
    assert_eq!(
        told,
        [
            "All 2/3: a b c",
            "Unread 2/2: b c",
            "Starred 1/2: a b",
            "Watched 1/1: c",
            "Recommended 0/0: ",
            "ALPHA 1/1: b",
            "ZETA 1/2: a c"
        ]
    );
}

#[test]
fn every_term_of_a_filter_is_asked() {
    let mut store = store();
    let mut cyber = page("Cyber threats", 3);
    cyber.article.byline = Some(clean("Émile Lim"));
    cyber.article.published = crate::domain::time::Date::new(2011, 6, 4).map(When::Day);
    let mut stars = discussion(
        true,
        vec![
            comment("good", Parent::Root, Rank::Stars { mean: Hundredths(450), votes: 8 }),
            comment("bad", Parent::Root, Rank::Stars { mean: Hundredths(100), votes: 2 }),
        ],
    );
    stars.comments[0].author = Some(clean("Nik_2213"));
    cyber.discussions = vec![stars];
    let drones = Page {
        source: source("physics"),
        ..with_discussion("Drones", discussion(true, vec![comment("up", Parent::Root, points(12))]))
    };
    let mut rich = page("量子计算", 1);
    rich.article.body.blocks.push(crate::domain::text::Block::Quote(vec![crate::domain::text::Block::Paragraph(vec![
        crate::domain::text::Span::plain("quo"),
        crate::domain::text::Span::plain("ted \"words\""),
    ])]));
    let ids: Vec<ArticleId> = store.save_all(&[cyber, drones, rich], NOW).unwrap().iter().map(|saved| saved.id).collect();
    store.set_read(&ids[..1], true, NOW).unwrap();
    store.set_starred(&ids[1..2], true, NOW).unwrap();
    store.set_watched(&ids[2..], true, NOW).unwrap();
    store.index_all().unwrap();
    let (cyber, drones, rich) = ("Cyber threats", "Drones", "量子计算");
    for (filter, wanted) in [
        ("", vec![rich, drones, cyber]),
        ("CYBER", vec![cyber]),
        ("yber", vec![]),
        ("yber*", vec![]),
        ("thr*", vec![cyber]),
        ("\"text of drones\"", vec![drones]),
        ("émile", vec![cyber]),
        ("emile", vec![cyber]),
        ("cyber -threats OR drones", vec![drones]),
        ("cyber is:read OR drones is:read", vec![cyber]),
        ("physics", vec![]),
        ("子计", vec![rich]),
        ("quoted", vec![rich]),
        ("'\"", vec![]),
        ("\"quoted words\"", vec![rich]),
        ("text -drones", vec![rich, cyber]),
        ("drones OR cyber", vec![drones, cyber]),
        ("title:text", vec![]),
        ("title:dron", vec![]),
        ("title:dron*", vec![drones]),
        ("author:lim", vec![cyber]),
        ("author:li*", vec![cyber]),
        ("-author:lim", vec![rich, drones]),
        ("source:phys", vec![drones]),
        ("from:SRC", vec![rich, cyber]),
        ("is:unread", vec![rich, drones]),
        ("is:read", vec![cyber]),
        ("is:starred OR is:watched", vec![rich, drones]),
        ("-is:read -is:starred", vec![rich]),
        ("has:comments", vec![drones, cyber]),
        ("comments:>1", vec![cyber]),
        ("comments:0", vec![rich]),
        ("rank:>=4.5", vec![drones, cyber]),
        ("rank:>4.5", vec![drones]),
        ("rank:1", vec![cyber]),
        ("-rank:>0", vec![rich]),
        ("after:2012-01-01", vec![rich, drones]),
        ("after:2011-06-04 before:2011-06-05", vec![cyber]),
        ("before:2011-06-04", vec![]),
        ("in:comments \"words of\"", vec![drones, cyber]),
        ("in:comments words rank:>4", vec![drones, cyber]),
        ("in:comments good rank:<2", vec![]),
        ("in:comments author:nik", vec![cyber]),
        ("in:comments words -good", vec![drones, cyber]),
        ("in:comments cyber", vec![]),
        ("in:articles good", vec![]),
        ("-in:articles good", vec![cyber]),
    ] {
        assert_eq!(titles(&store, &Section::All, filter), wanted, "{filter}");
    }
    assert_eq!(titles(&store, &Section::Unread, "is:starred"), [drones]);
    assert_eq!(titles(&store, &Section::Starred, "is:unread comments:1"), [drones]);
}

#[test]
fn a_section_is_marked_read_under_its_filter_and_back() {
    let mut store = store();
    store.save_all(&[page("apple", 0), page("pear", 1), page("plum", 2)], NOW).unwrap();
    store.index_all().unwrap();
    let filter = query::parse("p* -plum").unwrap();
    let ids = mark_all(&mut store, &Section::All, &filter);
    assert_eq!(titles(&store, &Section::Unread, ""), ["plum", "apple"]);
    assert_eq!(mark_all(&mut store, &Section::Unread, &everything()).len(), 2);
    assert_eq!(store.set_read(&ids, false, LATER).unwrap(), 1);
    assert_eq!(store.set_read(&ids, false, LATER).unwrap(), 0);
    assert_eq!(titles(&store, &Section::Unread, ""), ["pear"]);
}

#[test]
fn a_range_is_marked_read_as_far_as_its_end_and_no_farther() {
    let mut store = store();
    let total = 2 * MARKED_AT_ONCE as i64 + 30;
    store.save_all(&(0..total).map(|n| page(&n.to_string(), -n)).collect::<Vec<_>>(), NOW).unwrap();
    let rows = store.headlines(&Section::All, &everything(), Stretch::First, total as usize).unwrap();
    let newest = store.newest_id().unwrap();
    let mut mark = |from: Option<usize>, until: Option<usize>| {
        let key = |at: usize| rows[at].key();
        let marking = Marking { section: &Section::All, filter: &everything(), newest, until: until.map(key) };
        let ids = store.mark_all_read(&marking, from.map(key), NOW).unwrap();
        store.set_read(&ids, false, LATER).unwrap();
        (ids.first().map(|id| *id == rows[from.map_or(0, |from| from + 1)].id), ids.len())
    };
    assert_eq!(mark(None, Some(10)), (Some(true), 10));
    assert_eq!(mark(None, Some(MARKED_AT_ONCE)), (Some(true), MARKED_AT_ONCE));
    assert_eq!(mark(None, Some(MARKED_AT_ONCE + 1)), (Some(true), MARKED_AT_ONCE + 1));
    assert_eq!(mark(Some(4), Some(MARKED_AT_ONCE + 40)), (Some(true), MARKED_AT_ONCE + 35));
    assert_eq!(mark(Some(9), None), (Some(true), total as usize - 10));
    assert_eq!(mark(None, Some(0)), (None, 0));
}

#[test]
fn lists_go_along_an_index_and_never_sort() {
    let store = store();
    let key = ListKey { sort_at: NOW, id: ArticleId(1) };
    let sections = [Section::All, Section::Unread, Section::Starred, Section::Watched, Section::Source(SourceId(1))];
    let stretches = [Stretch::First, Stretch::Last, Stretch::After(key), Stretch::Before(key), Stretch::From(key)];
    let filters = [
        "",
        "is:unread",
        "is:starred OR is:watched",
        "cyber",
        "source:x",
        "rank:>4",
        "in:comments word",
        "after:2020-01-01",
        "cyber is:read OR drones",
        "cyber after:2020-01-01 -title:x",
    ];
    for section in &sections {
        for stretch in stretches {
            for filter in filters {
                let filter = &query::parse(filter).unwrap();
                let lists = list_statements(section, filter, stretch).into_iter();
                for (sql, _) in lists.chain(key_statements(section, filter, stretch)) {
                    let plan = plan(&store, &sql);
                    assert!(!plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
                    let lines = plan.lines().take_while(|line| !line.contains("SUBQUERY"));
                    for line in lines.filter(|line| line.starts_with("SCAN")) {
                        let is_along = line.starts_with("SCAN a USING INDEX") || line.starts_with("SEARCH e USING INDEX");
                        assert!(is_along, "{sql}\n{plan}");
                    }
                    assert!(!sql.contains("a.sort_at = ") || plan.contains("sort_at=? AND rowid"), "{sql}\n{plan}");
                }
            }
        }
    }
}

#[test]
fn what_else_is_asked_for_goes_along_an_index_too() {
    let store = store();
    for sql in [
        "SELECT 1 FROM discussions WHERE article_id = 1 AND place = ''",
        "SELECT 1 FROM comments WHERE discussion_id = 1 ORDER BY ordinal",
        "SELECT 1 FROM comments WHERE discussion_id = 1 AND key = ''",
        "SELECT 1 FROM comments WHERE discussion_id = 1 AND ordinal = 1 AND seen_at IS NULL",
        "SELECT 1 FROM articles WHERE source_id = 1",
        "SELECT 1 FROM entries WHERE source_id = 1 AND guid = 1",
        "SELECT 1 FROM entries WHERE host IN (0, ?3) AND address = ?2 AND source_id = ?1",
        "UPDATE entries SET host = ?2 WHERE host = 0 AND address = ?1",
        related::AT_ADDRESS,
        "SELECT 1 FROM entries WHERE source_id = 1 AND title = 1 AND address IS NULL",
        "SELECT 1 FROM entries WHERE article_id = 1 AND source_id = 1",
        "SELECT 1 FROM sources WHERE home = 1",
    ] {
        let plan = plan(&store, sql);
        assert!(plan.starts_with("SEARCH") && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}

pub(super) fn plan(store: &Store, sql: &str) -> String {
    let mut statement = store.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let total = statement.parameter_count();
    let lines = statement.query_map(rusqlite::params_from_iter(vec![0; total]), |row| row.get::<_, String>(3)).unwrap();
    lines.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n")
}
