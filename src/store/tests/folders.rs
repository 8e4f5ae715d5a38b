//! Folders in the sections, and their lists.

use super::*;
use crate::domain::text::clean_line;
use crate::store::subscriptions::NewSubscription;

fn folder(names: &str) -> Vec<CleanText> {
    names.split('/').filter(|name| !name.is_empty()).map(clean_line).collect()
}

/// Sources in folders, their articles by turns: `articles` of each, some at the same second.
fn filled(folders: &[&str], articles: i64) -> Store {
    let mut store = store();
    for (n, names) in folders.iter().enumerate() {
        let address = format!("https://{n}.example/feed");
        let new = NewSubscription { address: address.clone(), folder: folder(names), ..NewSubscription::default() };
        store.subscribe(&new, NOW).unwrap();
        for article in 0..articles {
            let at = (article * 7 + n as i64 * 3) / 5 * 60;
            let key = crate::site::identity::canonical_address(&address).unwrap();
            store
                .save(
                    &Page {
                        source: Source { key: clean(&key), title: clean(&format!("S{n}")) },
                        ..page(&format!("{n}-{article}"), at)
                    },
                    NOW,
                )
                .unwrap();
        }
    }
    store
}

#[test]
fn sections_show_folders_with_what_is_in_them() {
    let store = filled(&["", "Science", "Science/Physics", "arts"], 2);
    let rows = store.sections().unwrap();
    let told: Vec<String> =
        rows[4..].iter().map(|row| format!("{}{} {}/{}", "  ".repeat(row.depth), row.title, row.unread, row.total)).collect();
    assert_eq!(told, ["Science 4/4", "  Physics 2/2", "    S2 2/2", "  S1 2/2", "arts 2/2", "  S3 2/2", "S0 2/2"]);
}

#[test]
fn a_folders_list_is_that_of_its_sources_merged() {
    let mut store = filled(&["a", "b", "a/x", "ab", "a", "a/x/y"], 60);
    store.index_all().unwrap();
    let wanted: Vec<ArticleId> = {
        let all = store.headlines(&Section::All, &everything(), Stretch::First, 1000).unwrap();
        all.iter().filter(|row| ["S0", "S2", "S4", "S5"].contains(&row.source.as_str())).map(|row| row.id).collect()
    };
    let section = Section::Folder(folder("a"));
    let list = |stretch, limit| store.headlines(&section, &everything(), stretch, limit).unwrap();
    let ids = |rows: &[Headline]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(&list(Stretch::First, 1000)), wanted);
    assert_eq!(ids(&list(Stretch::Last, 50)), wanted[wanted.len() - 50..]);
    for at in [0, 17, 100] {
        let key = list(Stretch::First, 1000)[at].key();
        assert_eq!(ids(&list(Stretch::From(key), 40)), wanted[at..at + 40]);
        assert_eq!(ids(&list(Stretch::After(key), 40)), wanted[at + 1..at + 41]);
        assert_eq!(ids(&list(Stretch::Before(key), 40)), wanted[at.saturating_sub(40)..at]);
    }
    assert_eq!(
        titles(&store, &section, "title:0-3* source:s0"),
        ["0-39", "0-38", "0-37", "0-36", "0-35", "0-34", "0-33", "0-32", "0-31", "0-30", "0-3"]
    );
}

#[test]
fn a_folder_is_marked_read() {
    let mut store = filled(&["a", "b", "a/x"], 3);
    assert_eq!(mark_all(&mut store, &Section::Folder(folder("a")), &everything()).len(), 6);
    assert_eq!(titles(&store, &Section::Unread, "").len(), 3);
}
