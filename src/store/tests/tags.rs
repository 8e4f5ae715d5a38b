//! Tags, "read later" and notes.

use super::*;
use crate::domain::tag::{Tag, parse_tags, shown_tags};
use crate::store::clean::{CleanRequest, Keeping};

fn tag(name: &str) -> Tag {
    name.parse().unwrap()
}

fn tagged(store: &mut Store, title: &str, tags: &str) -> ArticleId {
    let id = store.save(&page(title, 0), NOW).unwrap().id;
    store.set_tags(id, &parse_tags(tags).unwrap(), NOW).unwrap();
    id
}

#[test]
fn tags_are_sections_and_queries() {
    let mut store = store();
    let owls = tagged(&mut store, "Owls", "rust later");
    let yaks = tagged(&mut store, "Yaks", "rust linux");
    store.save(&page("Ants", 0), NOW).unwrap();
    store.set_read(&[yaks], true, NOW).unwrap();
    store.set_note(owls, Some("check\nthe  FIGURES"), NOW).unwrap();
    let sections = store.sections().unwrap();
    let of_tags = sections.iter().filter(|row| matches!(row.section, Section::Tag(_)));
    let told: Vec<String> = of_tags.map(|row| format!("{} {}/{}", row.title, row.unread, row.total)).collect();
    assert_eq!(told, ["Read later 1/1", "#linux 0/1", "#rust 1/2"]);
    assert_eq!(titles(&store, &Section::Tag(tag("rust")), ""), ["Yaks", "Owls"]);
    assert_eq!(titles(&store, &Section::Tag(tag("rust")), "is:unread"), ["Owls"]);
    for (query, wanted) in [
        ("tag:rust -tag:linux", &["Owls"][..]),
        ("tag:li*", &["Yaks"]),
        ("tag:li", &[]),
        ("is:later", &["Owls"]),
        ("later:", &["Owls"]),
        ("has:tags", &["Yaks", "Owls"]),
        ("note:figures", &["Owls"]),
        ("has:note", &["Owls"]),
        ("-has:note", &["Ants", "Yaks"]),
    ] {
        assert_eq!(titles(&store, &Section::All, query), wanted, "{query}");
    }
    let stored = store.article(owls).unwrap().unwrap();
    assert_eq!((shown_tags(&stored.tags).as_str(), stored.note.as_deref()), ("#later #rust", Some("check the FIGURES")));
    store.set_tags(owls, &[tag("new")], NOW).unwrap();
    store.set_note(owls, None, NOW).unwrap();
    let row = store.headline(owls).unwrap().unwrap();
    assert_eq!((shown_tags(&row.tags).as_str(), row.note), ("#new", None));
}

#[test]
fn what_is_tagged_or_noted_is_kept() {
    let mut store = store();
    let (owls, yaks) = (tagged(&mut store, "Owls", "rust"), tagged(&mut store, "Yaks", ""));
    store.save(&page("Ants", 0), NOW).unwrap();
    store.set_note(yaks, Some("a note"), NOW).unwrap();
    let source = store.sections().unwrap().iter().find_map(|row| match row.section {
        Section::Source(id) => Some(id),
        _ => None,
    });
    let wishes = vec![CleanRequest { source: source.unwrap(), days: Some(1), newest: None }];
    let keeping = Keeping { now: Timestamp(NOW.0 + 30 * 86_400), wishes, spared: None };
    store.clean_some(&keeping, SourceId(0), 100).unwrap();
    let removed = store.remove_source("src", false, LATER).unwrap().unwrap();
    assert_eq!((removed.articles, removed.kept), (0, 2));
    assert!(store.headline(owls).unwrap().is_some() && store.headline(yaks).unwrap().is_some());
}

#[test]
fn tags_and_notes_go_out_and_come_back() {
    let mut one = store();
    let id = tagged(&mut one, "Owls", "rust later");
    one.set_note(id, Some("a \"note\""), LATER).unwrap();
    let line = one.archived(id).unwrap().unwrap();
    let mut other = store();
    other.take_back(std::slice::from_ref(&line)).unwrap();
    let back = other.ids_after(ArticleId(0), 1).unwrap()[0];
    assert_eq!(other.archived(back).unwrap().unwrap(), line);
    // Into a store that has the article: tags are added, and the later note stays.
    other.set_tags(back, &[tag("mine")], NOW).unwrap();
    other.set_note(back, Some("later"), Timestamp(LATER.0 + 1)).unwrap();
    assert_eq!(other.take_back(std::slice::from_ref(&line)).unwrap().marked, 1);
    let row = other.headline(back).unwrap().unwrap();
    assert_eq!((shown_tags(&row.tags).as_str(), row.note.as_deref()), ("#later #mine #rust", Some("later")));
    assert_eq!(other.take_back(std::slice::from_ref(&line)).unwrap().marked, 0);
    for (wrong, why) in [
        (line.replace(r#"["later","#, r#"["two words","#), "tags[0]: `two words` is not a tag"),
        (line.replace(r#""note":"a \"note\"""#, r#""note":7"#), "note: 7 is not text"),
    ] {
        let taken = other.take_back(&[wrong]).unwrap();
        assert!(taken.wrong[0].1.starts_with(why), "{:?}", taken.wrong);
    }
}
