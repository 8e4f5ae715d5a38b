//! Real discussions, where the corpus is there: each file is read or named, and no comment of it is lost.

use std::collections::{BTreeMap, BTreeSet};

use super::{Path, PathBuf, corpus, files_under, is_harmful, texts};
use crate::domain::rank::Rank;
use crate::domain::text::CleanText;
use crate::domain::thread::{Comment, Parent};
use crate::domain::time::Timestamp;
use crate::format::{Format, Origin, Parsed, Unreadable};
use crate::site::read;

fn parsed(path: &Path) -> Result<Parsed, Unreadable> {
    let name = path.file_name().unwrap().to_string_lossy();
    read(&std::fs::read(path).unwrap(), &Origin { name: &name, now: Timestamp(1_574_208_000) })
}

fn comments(parsed: &Parsed) -> impl Iterator<Item = &Comment> {
    parsed.pages.iter().flat_map(|page| &page.discussions).flat_map(|discussion| &discussion.comments)
}

/// The number at the beginning of the notes that end in `what`.
fn noted(parsed: &Parsed, what: &str) -> usize {
    let notes = parsed.notes.iter().filter(|note| note.contains(what));
    notes.filter_map(|note| note.split_whitespace().next()?.parse::<usize>().ok()).sum()
}

/// The comments of a file as its raw text shows them, without reading its structure.
fn counted(parsed: &Parsed, text: &str) -> Option<usize> {
    let text = text.replace("\": ", "\":");
    let number = |needle: &str| text.matches(needle).count();
    let is_page = text.trim_start().starts_with('<');
    let Format::Saved { site, .. } = parsed.format else { return None };
    Some(match site.key() {
        "reddit" if number("\"kind\":\"t1\"") > 0 => number("\"kind\":\"t1\""),
        "reddit" if number("\"kind\":") > 0 => 0,
        "reddit" => number("\"replies\":"),
        "hacker news" if is_page => number("class=\"default\""),
        "hacker news" => number("\"parent\":"),
        "lobsters" => number("id=\"comment_folder_"),
        "discourse" => number("\"post_number\":") - number("\"post_number\":1,") - number("\"post_type\":3"),
        "remark42" => number("\"pid\":").max(number("\"commentHex\":")),
        _ => return None,
    })
}

#[derive(Default)]
struct ThreadScore {
    files: usize,
    comments: usize,
    counted: usize,
    missing: usize,
}

#[test]
fn saved_discussions_are_read_whole() {
    let Some(folder) = corpus("discussions") else { return };
    let mut scores: BTreeMap<&str, ThreadScore> = BTreeMap::new();
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for path in files_under(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let parsed = match parsed(&path) {
            Ok(parsed) => parsed,
            Err(error) => {
                println!("{name}: {error}");
                *refused.entry(error.to_string()).or_default() += 1;
                continue;
            }
        };
        let here = comments(&parsed).count();
        let score = scores.entry(parsed.format.label()).or_default();
        score.files += 1;
        score.comments += here;
        score.missing += noted(&parsed, "more, not in this file");
        for page in &parsed.pages {
            assert_eq!(texts(page).chars().find(|c| is_harmful(*c)), None, "{name}");
            for discussion in &page.discussions {
                let ids: BTreeSet<&str> = discussion.comments.iter().map(|comment| &*comment.id).collect();
                assert_eq!(ids.len(), discussion.comments.len(), "{name}");
            }
        }
        let text = crate::format::encoding::decode(&std::fs::read(&path).unwrap(), None).text;
        if let Some(expected) = counted(&parsed, &text) {
            let notes: Vec<&str> = parsed.notes.iter().map(CleanText::as_str).collect();
            println!("{name}: {}, {} pages, {here} comments; {}", parsed.format.label(), parsed.pages.len(), notes.join("; "));
            assert_eq!(here + noted(&parsed, "stood there twice"), expected, "{name}");
            score.counted += expected;
        }
    }
    for (place, ThreadScore { files, comments, counted, missing }) in scores {
        println!("{place}: {files} files, {comments} comments of {counted} counted, {missing} named as missing");
    }
    for (reason, files) in refused {
        println!("{files} refused: {reason}");
        assert!(reason.contains('('), "it is not said what the file is: {reason}");
    }
}

/// The comments of all files of one thread: by id, each with the parent it has or awaits.
struct Union {
    threads: BTreeSet<String>,
    parents: BTreeMap<String, Option<String>>,
    ranks: BTreeMap<String, Rank>,
}

impl Union {
    fn of(pieces: &[Parsed]) -> Union {
        let mut union = Union { threads: BTreeSet::new(), parents: BTreeMap::new(), ranks: BTreeMap::new() };
        for piece in pieces.iter().flat_map(|piece| &piece.pages) {
            let discussion = &piece.discussions[0];
            union.threads.insert(discussion.url.as_deref().unwrap_or("").to_owned());
            for comment in &discussion.comments {
                let parent = match comment.parent {
                    Parent::Of(parent) => Some(discussion.comments[parent.index()].id.to_string()),
                    _ => comment.awaits.as_deref().map(str::to_owned),
                };
                let id = comment.id.to_string();
                union.ranks.entry(id.clone()).or_insert(comment.rank);
                let known = union.parents.entry(id).or_insert_with(|| parent.clone());
                assert_eq!(*known, parent, "two files disagree on the parent of {}", comment.id);
            }
        }
        union
    }

    /// How many name a parent that no file has.
    fn homeless(&self) -> usize {
        self.parents.values().flatten().filter(|parent| !self.parents.contains_key(*parent)).count()
    }
}

fn pieces(files: &[PathBuf]) -> Vec<Parsed> {
    files.iter().map(|path| parsed(path).unwrap()).collect()
}

#[test]
fn recorded_answers_fill_the_gaps_of_their_thread() {
    for (thread, unique) in [("test_replace__all", 541), ("test_replace__all_with_comment_sort", 536)] {
        let Some(folder) = corpus(&format!("discussions/praw/TestCommentForest.{thread}")) else { return };
        let files = files_under(&folder);
        let texts: Vec<String> = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let joined = read(texts.join("\n").as_bytes(), &Origin { name: thread, now: Timestamp(0) }).unwrap();
        let mut raw: BTreeSet<&str> = BTreeSet::new();
        for text in &texts {
            // The name of a stub is its first child's; what stands behind a name tells which it is.
            let names =
                text.match_indices("\"name\": \"t1_").map(|(at, lead)| text[at + lead.len()..].split_once('"').unwrap());
            raw.extend(
                names
                    .filter(|(_, rest)| [", \"score_hidden\"", ", \"created\""].iter().any(|next| rest.starts_with(next)))
                    .map(|(id, _)| id),
            );
        }
        let apart = Union::of(&pieces(&files));
        let whole = Union::of(std::slice::from_ref(&joined));
        println!("{thread}: {} files, {} comments; {:?}", files.len(), apart.parents.len(), joined.notes);
        assert_eq!((joined.pages.len(), apart.threads.len(), apart.parents.len(), apart.homeless()), (1, 1, unique, 0));
        assert!(apart.parents.keys().map(String::as_str).eq(raw));
        assert_eq!(apart.parents, whole.parents);
        assert_eq!(apart.ranks, whole.ranks);
    }
}

#[test]
fn files_of_one_thread_share_its_address() {
    let cases: &[(&str, &[&str], &str)] = &[
        (
            "HackerNewsAPI/tests/presets",
            &["7324236-2.html", "7324236-3.html", "7324236-4.html", "7324236-5.html"],
            "https://news.ycombinator.com/item?id=7324236",
        ),
        (
            "discourse-rss-auto-archive-linked-content/api-examples",
            &[
                "t_2108_posts.json",
                "t_2108_posts_pn_5.json",
                "t_2108_posts_pn_41.json",
                "t_2108_posts_pn_81.json",
                "t_2108_post_452.json",
            ],
            "/t/2108",
        ),
    ];
    for (part, names, address) in cases {
        let Some(folder) = corpus(&format!("discussions/{part}")) else { return };
        let files: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
        let union = Union::of(&pieces(&files));
        println!(
            "{part}: {:?}, {} comments, {} answer to what no file has",
            union.threads,
            union.parents.len(),
            union.homeless()
        );
        assert!(union.threads.len() == 1 && union.threads.iter().all(|thread| thread.contains(address)), "{:?}", union.threads);
    }
}
