use super::batch::{render, taken};
use super::*;
use crate::cli::error::InputError;
use crate::cli::output::OutputStyle;
use crate::domain::article::{Article, Page, Source};
use crate::domain::text::clean_line;
use crate::domain::thread::{Comment, Discussion};
use crate::format::{Format, Unreadable};
use crate::site::SiteBases;
use crate::store::{ArticleId, Saved, SavedFile, Store};

fn parsed() -> Parsed {
    let source = Source { key: clean_line("phys.org"), title: clean_line("phys.org") };
    let discussion = Discussion { comments: vec![Comment::default(); 3], ..Discussion::default() };
    let page = Page { article: Article::default(), source, discussions: vec![discussion] };
    Parsed {
        format: Format::Saved { site: crate::domain::site::SiteId::new("phys.org"), label: "phys.org text dump" },
        pages: vec![page],
        subscriptions: Vec::new(),
        searches: Vec::new(),
        notes: vec![clean_line("line 7 is cut off")],
    }
}

fn line(new_article: bool, new_comments: u32, changed_ranks: u32, edited_article: bool) -> String {
    let saved = Saved { new_article, edited_article, new_comments, changed_ranks, ..Saved::unchanged(ArticleId(4)) };
    let saved = SavedFile { pages: vec![saved], ..SavedFile::default() };
    let mut out = Vec::new();
    render(&taken("page.txt".to_owned(), &parsed(), &saved, 0), OutputStyle::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_file_gets_a_line_and_its_notes() {
    let skipped = skipped("empty.txt".to_owned(), Unreadable::Empty.to_string());
    let mut out = Vec::new();
    render(&skipped, OutputStyle::default(), &mut out).unwrap();
    let lines = [line(true, 3, 0, false), line(false, 2, 5, false), line(false, 0, 1, true), line(false, 0, 0, false)];
    insta::assert_snapshot!(format!("{}{}", lines.concat(), String::from_utf8(out).unwrap()), @r#"
    imported  page.txt: phys.org text dump, 1 article, 3 comments
              · line 7 is cut off
    updated   page.txt: 2 new comments, 5 ranks
              · line 7 is cut off
    updated   page.txt: 1 rank, 1 edit
              · line 7 is cut off
    unchanged page.txt: phys.org text dump
              · line 7 is cut off
    skipped   empty.txt: it is empty
    "#);
}

#[test]
fn json_has_the_promised_names() {
    let saved = Saved { new_article: true, new_comments: 3, ..Saved::unchanged(ArticleId(4)) };
    let saved = SavedFile { pages: vec![saved], ..SavedFile::default() };
    let taken = taken("page.txt".to_owned(), &parsed(), &saved, 0);
    insta::assert_snapshot!(serde_json::to_string(&taken).unwrap(), @r#"{"path":"page.txt","outcome":"imported","format":"phys.org text dump","articles":[4],"subscriptions":0,"comments":3,"new_comments":3,"changed_ranks":0,"edits":0,"joined":0,"repeated":0,"merged":0,"split":0,"reason":null,"notes":["line 7 is cut off"],"stored":1}"#);
}

#[test]
fn a_file_that_cannot_be_stored_is_named_and_the_others_are_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let store = Store::open(&path("store.db")).unwrap();
    let other = rusqlite::Connection::open(path("store.db")).unwrap();
    let trigger = "CREATE TRIGGER no BEFORE INSERT ON articles WHEN NEW.title = 'b' BEGIN SELECT RAISE(ABORT, 'not b'); END";
    other.execute_batch(trigger).unwrap();
    std::fs::create_dir(path("pages")).unwrap();
    for name in ["a", "b", "c"] {
        std::fs::write(path("pages").join(name), format!("{name}\n\nJune 4, 2011\n\nBody.")).unwrap();
    }
    let (look, since) = (OutputStyle::default(), Instant::now());
    let tally = OutcomeTally::default();
    let mut import = Import {
        store,
        out: Vec::new(),
        look,
        json: false,
        batch: Vec::new(),
        since,
        tally,
        reasons: Vec::new(),
        places: SiteBases::default(),
        allowed: super::Allowed::default(),
        config: std::path::PathBuf::from("config.toml"),
        interrupt: Interrupt::default(),
    };
    import.take_all(&|_| unreachable!("there are no addresses"), &[path("pages").into()]).unwrap();
    import.sum_up().unwrap();
    let told = String::from_utf8(import.out).unwrap().replace(folder.path().to_str().unwrap(), "");
    let told: Vec<&str> = told.lines().filter(|line| !line.starts_with("  ")).collect();
    assert_eq!(
        told,
        [
            "imported  /pages/a: phys.org text dump, 1 article, 0 comments",
            "skipped   /pages/b: it could not be stored: the store /store.db: saving articles: not b",
            "imported  /pages/c: phys.org text dump, 1 article, 0 comments",
            "3 files: 2 imported, 1 skipped",
        ]
    );
    assert_eq!(import.reasons.len(), 1);
}

#[test]
fn it_fails_only_if_nothing_could_be_read() {
    let empty = |name: &str| InputError::Unreadable { name: name.to_owned(), source: Unreadable::Empty }.into();
    assert_eq!(OutcomeTally([1, 0, 0, 1]).exit(vec![empty("a")]).unwrap(), Exit::Done);
    assert_eq!(OutcomeTally([1, 0, 0, 2]).summary(), "3 files: 1 imported, 2 skipped");
    assert_eq!(OutcomeTally([0, 0, 0, 1]).exit(vec![empty("a")]).unwrap_err().to_string(), "a: it is empty");
    let error = OutcomeTally([0, 0, 0, 2]).exit(vec![empty("a"), empty("b")]).unwrap_err();
    assert_eq!(format!("{error:#}"), "none of the 2 files could be read: b: it is empty: it is empty");
    assert_eq!(OutcomeTally::default().exit(Vec::new()).unwrap_err().to_string(), "there is no file to import");
}
