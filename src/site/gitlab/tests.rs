use super::*;
use crate::domain::time::Timestamp;
use crate::site::tests::live::{facts, fetched_facts};
use crate::site::{read, thread_at};

const ISSUE: &str = r#"{"id": 900, "iid": 12, "project_id": 4, "title": "Owls are late", "description": "Every *night*", "author": {"username": "ann"},
  "created_at": "2024-01-02T03:04:05.000Z", "web_url": "https://git.example/birds/night/owls/-/issues/12", "labels": ["bug"], "user_notes_count": 4}"#;

fn note(id: u32, system: bool) -> String {
    format!(
        r#"{{"id": {id}, "body": "Text {id}", "author": {{"username": "bob"}}, "created_at": "2024-01-02T04:00:{id:02}.000Z", "updated_at": "2024-01-02T04:00:{id:02}.000Z",
        "system": {system}, "noteable_id": 900, "noteable_type": "Issue", "noteable_iid": 12}}"#
    )
}

fn discussions() -> String {
    let alone = |note: String| format!(r#"{{"id": "a", "individual_note": true, "notes": [{note}]}}"#);
    let thread = format!(r#"{{"id": "b", "individual_note": false, "notes": [{}, {}]}}"#, note(3, false), note(5, false));
    format!("[{}, {thread}, {}]", alone(note(1, false)), alone(note(2, true)))
}

fn server(address: &str) -> Option<String> {
    let path = address.strip_prefix("https://git.example/api/v4/projects/birds%2Fnight%2Fowls/issues/12")?;
    match path {
        "" => Some(ISSUE.to_owned()),
        "/discussions?per_page=100&page=1" => Some(discussions()),
        _ => None,
    }
}

#[test]
fn a_thread_is_fetched_with_its_discussions() {
    let address = "https://git.example/birds/night/owls/-/issues/12";
    assert_eq!(fetched_facts(address, &server), "lacks 1: 1<Root Unrated, 3<Root Unrated, 5<3 Unrated");
}

#[test]
fn saved_answers_are_read_in_any_order() {
    for text in [format!("{ISSUE}\n{}", discussions()), format!("{}\n{ISSUE}", discussions())] {
        let parsed = read(text.as_bytes(), &Origin { name: "issue.json", now: Timestamp(0) }).unwrap();
        let page = &parsed.pages[0];
        assert_eq!((&*page.article.title, &*page.source.key), ("Owls are late", "gitlab:git.example/birds/night/owls"));
        assert_eq!(facts(&page.discussions[0]), "lacks 1: 1<Root Unrated, 3<Root Unrated, 5<3 Unrated");
        assert_eq!(parsed.notes, ["1 more, not in this file", "1 note of the place itself left out"]);
    }
    let notes = format!("[{}, {}]", note(5, false), note(3, false));
    let parsed = read(notes.as_bytes(), &Origin { name: "notes.json", now: Timestamp(0) }).unwrap();
    assert_eq!(parsed.pages[0].discussions[0].comments.iter().map(|c| &*c.id).collect::<Vec<_>>(), ["3", "5"]);
}

#[test]
fn threads_are_known_by_their_addresses_on_any_server() {
    let bases = SiteBases::default();
    for (address, id) in [
        ("https://gitlab.com/a/b/-/issues/7", Some("a/b/-/issues/7")),
        ("https://gitlab.com/a/b/-/work_items/7#note_9", Some("a/b/-/issues/7")),
        ("https://git.example/a/b/c/-/merge_requests/8/diffs", Some("a/b/c/-/merge_requests/8")),
        ("https://gitlab.com/a/b/-/issues", None),
        ("https://gitlab.com/a/-/issues/7", None),
    ] {
        assert_eq!(thread_at(address, &bases).map(|thread| thread.id).as_deref(), id, "{address}");
    }
}
